"""The Schedule that starts the daily sweep: made or brought up to date whenever a worker starts (section 20).

Not loaded by any workflow. What was missed is made good once, if it is less than a day old: decisions are about how
customers stand now, so yesterday's sweep adds nothing to today's. A sweep still running is never overlapped.
"""

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from models.clock import Clock
from models.sweep import SweepInput
from workflows.sweep import PortfolioSweep

SCHEDULE = "portfolio-sweep"
HOUR = 5
"""Of the business calendar's zone: before anyone opens *Today*, after the night's exports."""

_DAY = timedelta(days=1)
_LEAST = timedelta(seconds=10)
"""Temporal accepts no shorter catch-up window."""


def daily(clock: Clock, zone: str, task_queue: str) -> Schedule:
    """Every day at 05:00 of the zone; with a compressed clock, every virtual day."""
    if clock.factor == 1:
        at_five = ScheduleCalendarSpec(hour=[ScheduleRange(HOUR)], comment="the daily sweep")
        spec, every = ScheduleSpec(calendars=[at_five], time_zone_name=zone), _DAY
    else:
        every = max(_DAY / clock.factor, timedelta(seconds=1))
        spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)])
    return Schedule(
        action=ScheduleActionStartWorkflow(
            PortfolioSweep.run,
            SweepInput(clock=clock),
            id="sweep",
            task_queue=task_queue,
            static_summary="The daily sweep of the book",
        ),
        spec=spec,
        policy=SchedulePolicy(
            overlap=ScheduleOverlapPolicy.SKIP, catchup_window=max(every - every / 24, _LEAST), pause_on_failure=False
        ),
        state=ScheduleState(note="Made by the worker; pause it here to stop the daily sweep."),
    )


async def ensure_schedule(client: Client, clock: Clock, *, zone: str, task_queue: str) -> None:
    """Make the Schedule, or bring the one there is up to date; one that an operator has paused stays paused."""
    await ensure(client, SCHEDULE, daily(clock, zone, task_queue))


async def ensure(client: Client, name: str, wanted: Schedule) -> None:
    """Make a Schedule of that name, or bring the one there is up to date but for its state."""
    try:
        await client.create_schedule(name, wanted)
    except ScheduleAlreadyRunningError:

        def brought_up_to_date(found: ScheduleUpdateInput) -> ScheduleUpdate:
            wanted.state = found.description.schedule.state
            return ScheduleUpdate(schedule=wanted)

        await client.get_schedule_handle(name).update(brought_up_to_date)
