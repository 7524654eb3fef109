"""The verbs of a renewal: its class, its record in the CRM, its decision (section 14.2)."""

from hashlib import sha256

from temporalio import activity

from activities.frame import Frame, done, skipped
from activities.ports import Store, Transaction
from models.actions_business import RecordRenewal
from models.deals import Deal, DealKind
from models.enums import Severity
from models.event_making import STEADFAST
from models.events import Event, EventCustomer, EventType
from models.ids import Process, parse_workflow_id
from models.play import StepInput
from models.records import Customer
from models.run import StepResult
from rules.renewal import likelihood

_FACTS = ("health_score", "cancellation_requested")


class RenewalActivities:
    """One method per verb."""

    def __init__(self, store: Store) -> None:
        """``store``: where transactions come from."""
        self._frame = Frame(store)

    @activity.defn
    async def calculate_renewal_health(self, step: StepInput) -> StepResult:
        """Green, amber or red; skipped while health is unknown."""
        return await self._frame.run(step, self._class)

    @activity.defn
    async def create_renewal_opp(self, step: StepInput) -> StepResult:
        """The term's renewal, status pending; one that is open already stays."""
        return await self._frame.run(step, self._open)

    @activity.defn
    async def record_renewal(self, step: StepInput) -> StepResult:
        """What the customer decided becomes the event that everybody else would have told us of."""
        return await self._frame.run(step, self._record)

    async def _class(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        facts = await tx.facts.read(customer.id, _FACTS, as_of=step.now, since=step.started, cycle=step.cycle)
        health, cancels = facts["health_score"], facts["cancellation_requested"]
        high = any(one.severity is Severity.HIGH for one in await tx.signals.open(customer.id))
        found = likelihood(
            health if isinstance(health, int) else None,
            high_signal_open=high,
            cancellation_requested=cancels if isinstance(cancels, bool) else None,
        )
        if found is None:
            return skipped("health unknown: no class can be told")
        await tx.deals.classed(customer.id, DealKind.RENEWAL, term_of(step, customer), found, step.now)
        said = done(f"{found}: health {health}, high signal open: {high}", renewal_class=found)
        return said.model_copy(update={"facts": facts})

    async def _open(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        facts = await tx.facts.read(customer.id, _FACTS, as_of=step.now, since=step.started, cycle=step.cycle)
        health, cancels = facts["health_score"], facts["cancellation_requested"]
        high = any(one.severity is Severity.HIGH for one in await tx.signals.open(customer.id))
        deal = Deal(
            key=step.key,
            customer=customer.id,
            kind=DealKind.RENEWAL,
            subject=term_of(step, customer),
            product=customer.plan.value if customer.plan else None,
            amount=customer.mrr,
            currency=customer.currency,
            likelihood=likelihood(
                health if isinstance(health, int) else None,
                high_signal_open=high,
                cancellation_requested=cancels if isinstance(cancels, bool) else None,
            ),
            workflow_id=step.workflow_id,
            opened_at=step.now,
            updated_at=step.now,
        )
        if not await tx.deals.open(deal):
            return skipped("the term's renewal is open already")
        return done(f"renewal of the term to {deal.subject} opened, pending")

    async def _record(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        asked = RecordRenewal.model_validate(step.params, extra="ignore")
        term = term_of(step, customer)
        event = Event(
            event_id=f"renewal_decided:{sha256(step.key.encode()).hexdigest()[:40]}",
            type=EventType.RENEWAL_DECIDED,
            occurred_at=step.now,
            customer=EventCustomer(id=customer.id),
            data={"decision": asked.decision, **({"term_end": term} if term else {})},
        )
        await tx.inbox.add(STEADFAST, event, step.now)
        return done(f"recorded as {asked.decision}")


def term_of(step: StepInput, customer: Customer) -> str:
    """The end of the term: the run's own, ``renewal:<customer>:<term>``, else the customer's next renewal."""
    run = parse_workflow_id(step.workflow_id)
    if run.process is Process.RENEWAL and run.parts:
        return run.parts[0]
    return customer.renewal_date.isoformat() if customer.renewal_date else ""
