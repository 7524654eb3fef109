"""A level of the escalation path says in plain words what nobody has answered."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

from activities.ports import Transaction
from activities.unanswered import unanswered
from models.enums import Language, Priority, Role
from models.play import EscalationInput
from models.records import CsmTask

RUN = "save:C-1:no_login_14_days:1"
NOON = datetime(2027, 2, 24, 12, tzinfo=UTC)
ASKED = EscalationInput(
    key="k", workflow_id=RUN, customer="C-1", playbook="save.no_login_14_days", role=Role.EXECUTIVE, level=2,
    reason="no outcome since 2027-02-24", now=NOON + timedelta(days=2), since=NOON,
)  # fmt: skip


def _task(key: str, title: str, *, run: str = RUN, status: str = "open") -> CsmTask:
    return CsmTask.model_validate(
        {
            "key": key,
            "customer": "C-1",
            "workflow_id": run,
            "type": "call",
            "title": title,
            "priority": Priority.HIGH,
            "assignee": "marta",
            "due": NOON,
            "created_at": NOON,
            "status": status,
        }
    )


def _tx(*tasks: CsmTask) -> Transaction:
    async def of(_customer: str) -> list[CsmTask]:
        return list(tasks)

    return cast("Transaction", SimpleNamespace(work=SimpleNamespace(tasks=of)))


async def test_it_names_the_open_task_of_the_run() -> None:
    tx = _tx(
        _task("a", "Otra cosa", run="save:C-1:other:1"), _task("b", "Hecho", status="done"), _task("c", "Llamar hoy")
    )
    told = await unanswered(tx, ASKED)
    assert told[Language.ES] == "Sin respuesta desde el 24/02/2027: Llamar hoy (aviso 2)"
    assert told[Language.EN] == "No answer since 2027-02-24: Llamar hoy (notice 2)"


async def test_without_an_open_task_it_names_the_playbook() -> None:
    told = await unanswered(_tx(), ASKED.model_copy(update={"since": None}))
    assert told[Language.EN] == "No answer: save.no_login_14_days"
