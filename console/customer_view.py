"""One customer as the page and the API show it, read in one transaction: everything in it is of one moment."""

from datetime import datetime

from pydantic import Field

from activities.explain import explain
from activities.ports import Playbooks, Transaction
from models.base import Carried
from models.enums import RunStatus
from models.explanation import Explanation
from models.play import OnboardingRecord, StepRecord
from models.records import (
    Blocker,
    Communication,
    Csm,
    CsmTask,
    Customer,
    InAppNotice,
    MeetingProposal,
    Notice,
    RunRow,
    Transition,
    WebhookDelivery,
)


class RunView(Carried):
    """A run with its steps."""

    run: RunRow
    steps: tuple[StepRecord, ...]

    @property
    def open(self) -> bool:
        """It has not ended."""
        return self.run.status == RunStatus.RUNNING.value

    @property
    def next(self) -> StepRecord | None:
        """The step that is due next, of those whose time is known."""
        waiting = [step for step in self.steps if step.ended is None and step.due is not None]
        return waiting[0] if self.open and waiting else None


class CustomerView(Carried):
    """What there is to see. Lists of what happened are newest first; tasks are by due time."""

    customer: Customer
    csm: Csm | None
    history: tuple[Transition, ...]
    onboarding: OnboardingRecord | None
    onboarding_steps: tuple[StepRecord, ...] = Field(description="Of the present onboarding's run.")
    blockers: tuple[Blocker, ...]
    runs: tuple[RunView, ...]
    communications: tuple[Communication, ...]
    suppressed: str | None = Field(description="Why nothing may be sent to the address, if so.")
    tasks: tuple[CsmTask, ...]
    proposals: tuple[MeetingProposal, ...]
    notices: tuple[Notice, ...]
    in_app: tuple[InAppNotice, ...]
    deliveries: tuple[WebhookDelivery, ...]
    explained: Explanation | None = Field(description="Why it stands where it stands; None without the playbooks.")


async def gather(
    transaction: Transaction, customer_id: str, now: datetime, playbooks: Playbooks | None
) -> CustomerView | None:
    """Everything of a customer, or None where there is none."""
    customer = await transaction.customers.get(customer_id)
    if customer is None:
        return None
    runs = [
        RunView(run=run, steps=tuple(await transaction.runs.steps(run.workflow_id)))
        for run in await transaction.runs.of(customer_id)
    ]
    onboarding_run = next((each for each in runs if each.run.process == "onboarding"), None)
    return CustomerView(
        customer=customer,
        csm=await transaction.customers.csm(customer.csm_id) if customer.csm_id else None,
        history=tuple(reversed(await transaction.lifecycles.history(customer_id))),
        onboarding=await transaction.onboardings.latest(customer_id),
        onboarding_steps=onboarding_run.steps if onboarding_run else (),
        blockers=tuple(await transaction.work.blockers(customer_id)),
        runs=tuple(runs),
        communications=tuple(reversed(await transaction.communications.of(customer_id))),
        suppressed=await transaction.communications.suppressed(customer.email) if customer.email else None,
        tasks=tuple(await transaction.work.tasks(customer_id)),
        proposals=tuple(reversed(await transaction.work.proposals(customer_id))),
        notices=tuple(reversed(await transaction.work.notices(customer_id))),
        in_app=tuple(reversed(await transaction.work.in_app(customer_id))),
        deliveries=tuple(reversed(await transaction.outbox.of(customer_id))),
        explained=None if playbooks is None else await explain(transaction, customer_id, now, playbooks),
    )
