"""One customer with something in every table, told in words that try to break a page."""

from datetime import timedelta
from email.message import EmailMessage

from models.enums import (
    Channel,
    CommunicationStatus,
    DeliveryStatus,
    Language,
    LifecycleStage,
    MessageClass,
    Priority,
    Role,
    Severity,
    TriggeredBy,
)
from models.events import Event
from models.play import OnboardingRecord, RunRecord, StepRecord
from models.records import (
    Blocker,
    Communication,
    CsmTask,
    InAppNotice,
    MeetingProposal,
    Notice,
    Transition,
    WebhookDelivery,
)
from persistence.caught_mail import CaughtMailStore
from persistence.store import SqlStore, SqlTransaction
from tests.console.kit import VIRTUAL, WALL, signup

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"
DAY = timedelta(days=1)
RUN = "onboarding:C-1:1"
SEQUENCE = "sequence:C-1:onboarding.welcome_sequence:1"


async def seed(store: SqlStore, *, name: str = "Panadería La Espiga de Oro", words: str = HOSTILE) -> None:
    """Write it. ``words`` go wherever a text from outside can."""
    said = {
        "id": "C-1", "name": name, "first_name": "Ana", "email": "ana@espiga.example", "plan": "growth",
        "mrr": "149.00", "currency": "EUR", "seats": 8, "locale": "es-ES", "timezone": "Europe/Madrid",
        "csm_id": "Marta Ibáñez",
    }  # fmt: skip
    async with store.begin() as tx:
        await tx.customers.apply(
            Event.model_validate(signup(customer=said, occurred_at=(VIRTUAL - 6 * DAY).isoformat())), currency="EUR"
        )
        stages = [(None, LifecycleStage.TRIAL), (LifecycleStage.TRIAL, LifecycleStage.ONBOARDING)]
        for number, (before, after) in enumerate(stages):
            await tx.lifecycles.record(
                Transition(
                    customer="C-1", from_stage=before, to_stage=after, at=VIRTUAL - (9 - 3 * number) * DAY,
                    rule=f"L{number + 1}", reason="The first paid subscription began" if number else words,
                    triggered_by=TriggeredBy.AUTOMATIC, cause=f"events:e-{number}",
                    facts={"subscription_status": "active", "days_as_customer": None},
                )
            )  # fmt: skip
        await _plays(tx, words)
        await _work(tx, words)


async def _plays(tx: SqlTransaction, words: str) -> None:
    steps = [
        StepRecord(step_id="complete_profile", status="done", ended=VIRTUAL - 5 * DAY, due=VIRTUAL - 6 * DAY),
        StepRecord(step_id="create_first_bot", status="done", ended=VIRTUAL - 4 * DAY, due=VIRTUAL - 5 * DAY),
        StepRecord(step_id="connect_channel", status="skipped", reason=words, ended=VIRTUAL - DAY),
        StepRecord(step_id="first_conversation", status="pending", due=VIRTUAL + DAY),
        StepRecord(step_id="invite_team", status="pending"),
    ]
    for workflow_id, process, playbook, status, kept in (
        (RUN, "onboarding", "self-serve-v1", "running", steps),
        (SEQUENCE, "sequence", "onboarding.welcome_sequence", "goal_met", steps[:2]),
    ):
        await tx.runs.open(
            RunRecord(
                workflow_id=workflow_id, customer="C-1", process=process, playbook=playbook, version=1,
                fingerprint="3fe1", status=status, reason="" if status == "running" else "first value reached",
                started=VIRTUAL - 6 * DAY, ended=None if status == "running" else VIRTUAL - DAY, steps=tuple(kept),
            )
        )  # fmt: skip
    await tx.onboardings.save(
        OnboardingRecord(
            customer="C-1", cycle=1, program="self-serve-v1", version=1, status="in_progress",
            started=VIRTUAL - 6 * DAY, completed_steps=("complete_profile", "create_first_bot"),
            current_step="connect_channel", progress=40,
            milestones={"setup_complete": VIRTUAL - 4 * DAY}, late=("first_value",), blockers=(),
            last_progress=VIRTUAL - 4 * DAY,
        )
    )  # fmt: skip


async def _work(tx: SqlTransaction, words: str) -> None:
    for number, status in enumerate((CommunicationStatus.SENT, CommunicationStatus.QUEUED)):
        await tx.communications.reserve(
            Communication(
                key=f"k{number}", customer="C-1", workflow_id=SEQUENCE, template="welcome_day_0", channel=Channel.EMAIL,
                message_class=MessageClass.RELATIONSHIP, language=Language.ES, recipient="ana@espiga.example",
                subject="Ana, tu primer bot en diez minutos" if number else words, text=f"Hola, Ana:\n\n{words}",
                message_id=f"<{number}@x.example>", status=status, created_at=VIRTUAL - (2 - number) * DAY,
                sent_at=None if number else VIRTUAL - 2 * DAY, provider_response="250 OK" if not number else "",
            )
        )  # fmt: skip
    await tx.work.add_task(
        CsmTask(
            key="t", customer="C-1", workflow_id=RUN, type="call", title="Call Ana about the channel", assignee="team",
            description=words, priority=Priority.HIGH, due=VIRTUAL + DAY, created_at=VIRTUAL - DAY,
        )
    )  # fmt: skip
    await tx.work.add_notice(
        Notice(
            key="n", customer="C-1", workflow_id=RUN, role=Role.CSM, recipient="Marta Ibáñez", message=words,
            severity=Severity.HIGH, at=VIRTUAL - DAY,
        )
    )  # fmt: skip
    await tx.work.add_in_app(
        InAppNotice(key="i", customer="C-1", type="milestone", title="¡Bot listo!", message=words, at=VIRTUAL - DAY)
    )
    await tx.work.add_proposal(
        MeetingProposal(
            key="p", customer="C-1", workflow_id=RUN, meeting="kickoff", calendar_link="https://x.example", at=VIRTUAL
        )
    )
    await tx.work.add_blocker(Blocker(key="b", customer="C-1", name="no_channel_connected", at=VIRTUAL - DAY))
    for key, went in (("d1", DeliveryStatus.DELIVERED), ("d2", DeliveryStatus.FAILED)):
        await tx.outbox.add(
            WebhookDelivery(
                key=key, customer="C-1", workflow="onboarding_started", target="cs_events", payload={"a": 1},
                status=went, created_at=VIRTUAL - 6 * DAY, response=words,
            )
        )  # fmt: skip


def mail(subject: str, text: str, html: str) -> bytes:
    """A mail with both parts."""
    made = EmailMessage()
    made["Subject"] = subject
    made["From"] = '"Equipo de Customer Success" <cs@example.com>'
    made["To"] = "ana@espiga.example"
    made.set_content(text)
    made.add_alternative(html, subtype="html")
    return made.as_bytes()


async def catch(store: SqlStore, raw: bytes, subject: str) -> int:
    """Put a mail into the mailbox; gives its id."""
    mailbox = CaughtMailStore(store.database)
    await mailbox.add(
        received_at=WALL, envelope_from="cs@example.com", envelope_to=["ana@espiga.example"], message_id="<m@x>",
        subject=subject, raw=raw,
    )  # fmt: skip
    return (await mailbox.page(1))[0].id
