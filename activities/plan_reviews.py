"""The verb of a success plan's review: it was held, and the next one is dated by the cadence (section 10.1)."""

from zoneinfo import ZoneInfo

from temporalio import activity

from activities import plans
from activities.colleagues import TEAM
from activities.frame import Frame, done, skipped
from activities.house import House
from activities.outcome_notes import last_outcome
from activities.ports import Store, Transaction
from models.errors import NotFound, Refused
from models.play import StepInput
from models.records import Customer
from models.run import StepResult


class PlanReviewActivities:
    """One verb."""

    def __init__(self, store: Store, house: House) -> None:
        """``store``: where transactions come from; ``house``: the business calendar."""
        self._zone = ZoneInfo(house.default_zone)
        self._frame = Frame(store)

    @activity.defn
    async def record_plan_review(self, step: StepInput) -> StepResult:
        """By whoever said so, with the notes of the answer."""
        return await self._frame.run(step, self._record)

    async def _record(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        said = await last_outcome(tx, step.customer, step.workflow_id)
        by, notes = (said.by, said.note) if said is not None else (customer.csm_id or TEAM, "")
        try:
            plan = await plans.review(tx, customer.id, by, notes, step.now.astimezone(self._zone).date(), step.now)
        except (NotFound, Refused) as error:
            return skipped(str(error))
        return done(f"next review on {plan.next_review}")
