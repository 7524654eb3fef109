"""The daily sweep of the whole book (section 20 of the domain): which pages when; what they decide, activities do.

Started by a Schedule at its nominal time, or by hand as ``sweep:<date>``. Its history grows with the activities, not
with the customers: about thirty events for 100,000.
"""

from datetime import datetime

from temporalio import workflow
from temporalio.common import SearchAttributeKey

from activities.sweep import SweepActivities
from models.sweep import SweepBegin, SweepEnd, SweepInput, SweepPages, SweepProgress, SweepSummary
from workflows import policies

_NOMINAL = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")


@workflow.defn
class PortfolioSweep:
    """One day of the book."""

    @workflow.run
    async def run(self, asked: SweepInput) -> SweepSummary:
        """Claim the day, sweep it page by page, say what came of it."""
        last = asked.last
        if last is None:
            claim = await workflow.execute_activity_method(
                SweepActivities.begin_sweep, self._begin(asked), summary="Claim the day", **policies.SWEEP
            )
            if not claim.mine:
                return SweepSummary(day=claim.day, as_of=claim.as_of, by=claim.by, swept=False)
            last = SweepProgress(by=claim.by, day=claim.day, as_of=claim.as_of)
        while not last.done:
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(asked.model_copy(update={"last": last}))
            workflow.set_current_details(f"Sweeps {last.day}: {last.counts.get('customers', 0)} customers so far")
            last = await workflow.execute_activity_method(
                SweepActivities.sweep_pages,
                SweepPages(by=last.by, day=last.day, as_of=last.as_of, now=self._now(asked)),
                summary=f"Pages of {last.day}",
                **policies.SWEEP,
            )
        await workflow.execute_activity_method(
            SweepActivities.end_sweep,
            SweepEnd(by=last.by, day=last.day, now=self._now(asked)),
            summary="The day is swept",
            **policies.SWEEP,
        )
        return SweepSummary(day=last.day, as_of=last.as_of, by=last.by, swept=True, counts=last.counts)

    def _begin(self, asked: SweepInput) -> SweepBegin:
        now = self._now(asked)
        nominal = workflow.info().typed_search_attributes.get(_NOMINAL)
        at = asked.as_of or (now if nominal is None else min(asked.clock.virtual(nominal), now))
        return SweepBegin(
            by=f"{workflow.info().workflow_id} {workflow.info().first_execution_run_id}",
            day=asked.day,
            at=at,
            now=now,
            again=asked.again,
        )

    def _now(self, asked: SweepInput) -> datetime:
        return asked.clock.virtual(workflow.now())
