"""A signup becomes a lifecycle, an onboarding and a welcome sequence."""

import asyncio
from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from models.enums import Segment
from models.events import Event, EventCustomer, EventType
from models.ids import new_id
from models.records import Csm
from tests.harness import Company, hire


async def test_a_self_serve_signup_is_welcomed_helped_and_celebrated(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    """The eight steps of the welcome sequence, at their delays from the trigger."""
    here = skipping_company
    await hire(here.store, Csm(id="csm-1", name="Marta", email="m@house.example", segments=(Segment.SELF_SERVE,)))
    customer = new_id("c")
    async with here.worker():
        now = await skipping.get_current_time()
        said = EventCustomer(
            id=customer, name="Panadería Sol", first_name="Ana", email="ana@sol.example", plan="starter"
        )
        await here.tell(
            Event(event_id=new_id("e"), type=EventType.SUBSCRIPTION_CREATED, occurred_at=now, customer=said), now
        )
        for _ in range(9):
            await skipping.sleep(timedelta(days=1))
            await asyncio.sleep(0.1)
        async with here.store.read() as tx:
            runs = {run.playbook: run for run in await tx.runs.of(customer)}
            steps = await tx.runs.steps(runs["onboarding.welcome_sequence"].workflow_id)
    assert [(step.step_id, step.status) for step in steps] == [
        ("send_welcome_email", "done"),
        ("assign_csm", "done"),
        ("create_success_plan", "done"),
        ("schedule_kickoff", "skipped"),
        ("send_onboarding_checklist", "done"),
        ("check_first_value", "done"),
        ("send_tips_email", "done"),
        ("schedule_30_day_review", "done"),
    ]
    assert runs["onboarding.welcome_sequence"].status == "completed"
