"""Small plays written for tests, and what starts them without a lifecycle."""

from typing import Any

from temporalio.client import WorkflowHandle

from models.calendar import Calendar
from models.clock import REAL, Clock
from models.enums import RunStatus, SubscriptionStatus
from models.ids import new_id, sequence_id
from models.play import PlayInput, PlayStart, RunRecord
from models.playbook import Playbook
from models.records import Customer
from tests.harness import Company
from workflows.attributes import play_attributes, play_summary
from workflows.sequence import Sequence

SAY = {"do": "notify_csm", "with": {"message": "said"}}


def playbook(*steps: dict[str, Any], **fields: Any) -> Playbook:
    """A sequence of these steps."""
    given: dict[str, Any] = {
        "id": "test.play",
        "version": 1,
        "title": "Test play",
        "process": "sequence",
        "trigger": "tested",
        "steps": list(steps),
    }
    return Playbook.model_validate(given | fields)


def save_play() -> Playbook:
    """Somebody asks a customer that wants to leave; every way out of the wait leads to a step of its own."""
    return playbook(
        {
            "id": "ask",
            "kind": "await",
            "outcomes": ["saved", "lost"],
            "events": ["onboarding_step_completed"],
            "timeout": "10 days",
        },
        {"id": "thank", "kind": "act", "after": "ask", "on": ["saved"], "delay": "1 day", **SAY},
        {"id": "learn", "kind": "escalate", "after": "ask", "on": ["lost"], "role": "product", "reason": "lost"},
        {
            "id": "choose",
            "kind": "branch",
            "after": "ask",
            "on": ["timeout", "onboarding_step_completed"],
            "cases": [{"if": 'plan == "starter"', "then": "small"}],
            "otherwise": "big",
        },
        {"id": "small", "kind": "act", "after": "choose", "on": ["small"], **SAY},
        {"id": "big", "kind": "act", "after": "choose", "on": ["big"], **SAY},
        id="test.save",
        title="Save play",
        goals=[{"event": "user_logged_in", "reason": "they came back"}],
        exits=[{"event": "subscription_cancelled", "reason": "they left"}],
        escalation={"path": ["csm", "cs_manager", "executive"], "timeline": "3 days"},
    )


async def start(
    here: Company,
    made: Playbook,
    *,
    clock: Clock = REAL,
    plan: str = "starter",
    customer: str = "",
    calendar: Calendar | None = None,
) -> WorkflowHandle[Any, RunStatus]:
    """Start it for a made-up customer of its own, now."""
    customer = customer or new_id("c")
    workflow_id = sequence_id(customer, made.id, 1)
    now = clock.virtual(await here.now())
    begun = PlayStart(
        workflow_id=workflow_id,
        customer=customer,
        playbook=made,
        fingerprint=made.fingerprint(),
        started=now,
        clock=clock,
        plan=plan,
        values={"plan": plan},
        calendar=calendar,
    )
    async with here.store.begin() as tx:
        await tx.customers.put(Customer(id=customer, name="Taller Luna", subscription_status=SubscriptionStatus.ACTIVE))
        await tx.runs.open(
            RunRecord(
                workflow_id=workflow_id,
                customer=customer,
                process=made.process,
                playbook=made.id,
                version=made.version,
                fingerprint=begun.fingerprint,
                status=RunStatus.RUNNING,
                started=now,
                wants=begun.wants,
            )
        )
    return await here.client.start_workflow(
        Sequence.run,
        PlayInput(start=begun),
        id=workflow_id,
        task_queue=here.task_queue,
        search_attributes=play_attributes(begun),
        static_summary=play_summary(begun),
    )
