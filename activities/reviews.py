"""The verb of quarterly reviews: the draft of a quarter's deck (section 12)."""

from temporalio import activity

from activities.frame import Frame, done, skipped
from activities.house import House
from activities.ports import Store, Transaction
from activities.review_maker import ReviewMaker
from models.deals import Draft, DraftKind
from models.ids import Process, parse_workflow_id
from models.play import StepInput
from models.qbr import QbrStatus
from models.records import Customer
from models.run import StepResult
from rules.qbr import parse_quarter, previous
from rules.quarters import quarter_of


class ReviewActivities:
    """One method per verb."""

    def __init__(self, store: Store, house: House, maker: ReviewMaker) -> None:
        """``store``: where transactions come from; ``house``: the business calendar; ``maker``: drafts the deck."""
        self._house = house
        self._frame = Frame(store)
        self._maker = maker

    @activity.defn
    async def prepare_qbr(self, step: StepInput) -> StepResult:
        """One draft for each quarter, whichever play asks for it; its deck is about the quarter that is over."""
        return await self._frame.run(step, self._draft)

    async def _draft(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        run = parse_workflow_id(step.workflow_id)
        quarter = run.parts[0] if run.process is Process.QBR else quarter_of(step.now, self._house.default_zone)
        measured = previous(parse_quarter(quarter))
        draft = Draft(
            key=step.key,
            customer=customer.id,
            kind=DraftKind.QBR,
            subject=quarter,
            content={"quarter": quarter, "asked_by": step.playbook, "of": str(measured)},
            workflow_id=step.workflow_id,
            at=step.now,
        )
        if not await tx.drafts.add(draft):
            return skipped(f"the review of {quarter} is drafted already")
        known = await tx.reviews.of_quarter(customer.id, str(measured))
        if known is None or known.status is QbrStatus.DRAFT:
            known = await self._maker.draft_in(tx, customer, measured, meeting=step.now.date(), now=step.now)
        return done(f"review {known.id} of {measured} drafted", quarter=quarter, review=known.id)
