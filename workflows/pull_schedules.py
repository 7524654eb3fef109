"""A Schedule for each source that is asked: made or brought up to date whenever a worker starts. No workflow loads it.

A reading that is still going on is never overlapped; what was missed is made good by the next one, which begins where
the last one ended.
"""

from collections.abc import Collection
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from models.clock import Clock
from models.pull import PullInput, Source
from workflows.pull import SourcePull

EVERY: dict[Source, timedelta] = {
    Source.STRIPE_EVENTS: timedelta(hours=1),
    Source.STRIPE_BOOKS: timedelta(days=1),
    Source.ZENDESK: timedelta(minutes=15),
    Source.FRESHDESK: timedelta(minutes=15),
    Source.INTERCOM: timedelta(minutes=15),
    Source.MIXPANEL: timedelta(days=1),
    Source.TYPEFORM: timedelta(hours=1),
}
"""Real time between two readings. Mixpanel allows 60 calls an hour for everybody, so its days are read once."""

_OFFSET: dict[Source, timedelta] = {Source.STRIPE_BOOKS: timedelta(hours=2), Source.MIXPANEL: timedelta(hours=3)}
"""After midnight UTC: before the daily sweep, with the day before complete."""


def schedule_id(source: Source) -> str:
    """``pull-zendesk``."""
    return f"pull-{source}"


def schedule(source: Source, clock: Clock, task_queue: str) -> Schedule:
    """The Schedule of a source."""
    every = ScheduleIntervalSpec(every=EVERY[source], offset=_OFFSET.get(source))
    return Schedule(
        action=ScheduleActionStartWorkflow(
            SourcePull.run,
            PullInput(source=source, clock=clock),
            id=f"pull:{source}",
            task_queue=task_queue,
            static_summary=f"Reads {source}",
        ),
        spec=ScheduleSpec(intervals=[every]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=1)),
        state=ScheduleState(note="Made by the worker; pause it here to stop reading this source."),
    )


async def ensure_pulls(client: Client, clock: Clock, sources: Collection[Source], *, task_queue: str) -> None:
    """A Schedule for each of these and for no other source; one that an operator has paused stays paused."""
    for source in Source:
        if source in sources:
            await _ensure(client, source, schedule(source, clock, task_queue))
        else:
            await _remove(client, source)


async def _ensure(client: Client, source: Source, wanted: Schedule) -> None:
    try:
        await client.create_schedule(schedule_id(source), wanted, trigger_immediately=True)
    except ScheduleAlreadyRunningError:

        def brought_up_to_date(found: ScheduleUpdateInput) -> ScheduleUpdate:
            wanted.state = found.description.schedule.state
            return ScheduleUpdate(schedule=wanted)

        await client.get_schedule_handle(schedule_id(source)).update(brought_up_to_date)


async def _remove(client: Client, source: Source) -> None:
    try:
        await client.get_schedule_handle(schedule_id(source)).delete()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
