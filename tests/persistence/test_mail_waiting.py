"""How much mail waits: of plays that go on, to customers and to our own people, since the first of them."""

from datetime import UTC, datetime, timedelta

import pytest

from models.enums import Channel, CommunicationStatus, Language, MessageClass, Role, RunStatus
from models.people import InternalMail, InternalMailStatus
from models.play import RunRecord
from models.records import Communication
from persistence.mail_waiting import mail_waiting
from persistence.store import SqlStore

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


def run(number: int, status: RunStatus = RunStatus.RUNNING) -> RunRecord:
    return RunRecord(
        workflow_id=f"sequence:C-1:x:{number}",
        customer="C-1",
        process="sequence",
        playbook="x",
        version=1,
        fingerprint="f",
        status=RunStatus.RUNNING,
        started=NOON,
    ).model_copy(update={"status": status, "ended": None if status is RunStatus.RUNNING else NOON})


def message(number: int, minutes: int, status: CommunicationStatus = CommunicationStatus.QUEUED) -> Communication:
    return Communication(
        key=f"sequence:C-1:x:{number}|0|mail{minutes}",
        customer="C-1",
        workflow_id=f"sequence:C-1:x:{number}",
        template="tips",
        channel=Channel.EMAIL,
        message_class=MessageClass.RELATIONSHIP,
        language=Language.ES,
        recipient="ana@sol.example",
        subject="s",
        text="t",
        html="h",
        message_id=f"<{number}.{minutes}@us.example>",
        status=status,
        created_at=NOON + timedelta(minutes=minutes),
    )


def ours(number: int, minutes: int, status: InternalMailStatus = InternalMailStatus.QUEUED) -> InternalMail:
    return InternalMail(
        key=f"sequence:C-1:x:{number}|0|tell{minutes}",
        customer="C-1",
        workflow_id=f"sequence:C-1:x:{number}",
        role=Role.CSM,
        recipient="marta",
        address="marta@us.example",
        name="Marta",
        subject="s",
        text="t",
        html="h",
        message_id=f"<our.{number}.{minutes}@us.example>",
        status=status,
        created_at=NOON + timedelta(minutes=minutes),
    )


@pytest.mark.parametrize("ended", [False, True])
async def test_what_is_written_and_not_handed_over_counts_while_its_play_goes_on(store: SqlStore, ended: bool) -> None:
    async with store.begin() as tx:
        assert await mail_waiting(tx.connection) == (0, None)
        await tx.runs.open(run(1))
        await tx.runs.open(run(2))
        for mail in (message(1, 5), message(2, 3), message(1, 0, CommunicationStatus.SENT)):
            await tx.communications.reserve(mail)
        for one in (ours(1, 4), ours(2, 1, InternalMailStatus.SENT)):
            await tx.internal_mails.add(one)
        if ended:
            await tx.runs.close(run(2, RunStatus.EXITED))
        assert await mail_waiting(tx.connection) == (
            (2, NOON + timedelta(minutes=4)) if ended else (3, NOON + timedelta(minutes=3))
        )
