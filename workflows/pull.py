"""Reading a source that sends no events: page after page until it is read; started by a Schedule for each source.

Where a reading stands is in the database, not here: a run that is killed, or a new one, goes on from the last page that
was stored.
"""

from temporalio import workflow

from activities.pull import PullActivities
from models.pull import PulledPage, PullInput, Source
from workflows import policies


@workflow.defn
class SourcePull:
    """``pull:<source>``."""

    @workflow.run
    async def run(self, asked: PullInput) -> PulledPage:
        """Read it; how many records there were, and how many were new."""
        if asked.source is Source.STRIPE_BOOKS:
            return await workflow.execute_activity_method(
                PullActivities.compare_books, asked, summary="Compare billing with our books", **policies.PULL
            )
        records, new = asked.records, asked.new
        while True:
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(asked.model_copy(update={"records": records, "new": new}))
            workflow.set_current_details(f"Reads {asked.source}: {records} records so far, {new} new")
            page = await workflow.execute_activity_method(
                PullActivities.pull_page, asked, summary=f"A page of {asked.source}", **policies.PULL
            )
            records, new = records + page.records, new + page.new
            if not page.more:
                return PulledPage(records=records, new=new)
