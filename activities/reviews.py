"""The verb of quarterly reviews: the draft of a quarter's deck (section 12)."""

from temporalio import activity

from activities.frame import Frame, done, skipped
from activities.house import House
from activities.ports import Store, Transaction
from models.deals import Draft, DraftKind
from models.ids import Process, parse_workflow_id
from models.play import StepInput
from models.records import Customer
from models.run import StepResult
from rules.quarters import quarter_of


class ReviewActivities:
    """One method per verb."""

    def __init__(self, store: Store, house: House) -> None:
        """``store``: where transactions come from; ``house``: the business calendar."""
        self._house = house
        self._frame = Frame(store)

    @activity.defn
    async def prepare_qbr(self, step: StepInput) -> StepResult:
        """One draft for each quarter, whichever play asks for it; the deck is made from it (``starter.py qbr``)."""
        return await self._frame.run(step, self._draft)

    async def _draft(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        run = parse_workflow_id(step.workflow_id)
        quarter = run.parts[0] if run.process is Process.QBR else quarter_of(step.now, self._house.default_zone)
        draft = Draft(
            key=step.key,
            customer=customer.id,
            kind=DraftKind.QBR,
            subject=quarter,
            content={"quarter": quarter, "asked_by": step.playbook},
            workflow_id=step.workflow_id,
            at=step.now,
        )
        if not await tx.drafts.add(draft):
            return skipped(f"the review of {quarter} is drafted already")
        return done(f"review of {quarter} drafted", quarter=quarter)
