"""The Schedule of the weekly validation: made or brought up to date whenever a worker starts (section 20)."""

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
)

from models.clock import Clock
from models.validating import ValidationInput
from workflows.metrics_validation import MetricsValidation
from workflows.schedule import ensure

SCHEDULE = "metrics-validation"
MONDAY, HOUR = 1, 6
"""An hour after the sweep, whose scores it looks at."""

_WEEK = timedelta(weeks=1)
_LEAST = timedelta(seconds=10)


def weekly(clock: Clock, zone: str, task_queue: str) -> Schedule:
    """Every Monday at 06:00 of the zone; with a compressed clock, every seventh virtual day."""
    if clock.factor == 1:
        monday = ScheduleCalendarSpec(
            day_of_week=[ScheduleRange(MONDAY)], hour=[ScheduleRange(HOUR)], comment="the weekly validation"
        )
        spec, every = ScheduleSpec(calendars=[monday], time_zone_name=zone), _WEEK
    else:
        every = max(_WEEK / clock.factor, timedelta(seconds=1))
        spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)])
    return Schedule(
        action=ScheduleActionStartWorkflow(
            MetricsValidation.run,
            ValidationInput(clock=clock),
            id="validation",
            task_queue=task_queue,
            static_summary="The weekly validation of the figures",
        ),
        spec=spec,
        policy=SchedulePolicy(
            overlap=ScheduleOverlapPolicy.SKIP, catchup_window=max(every - every / 24, _LEAST), pause_on_failure=False
        ),
        state=ScheduleState(note="Made by the worker; pause it here to stop the weekly validation."),
    )


async def ensure_weekly_validation(client: Client, clock: Clock, *, zone: str, task_queue: str) -> None:
    """Make the Schedule, or bring the one there is up to date; one that an operator has paused stays paused."""
    await ensure(client, SCHEDULE, weekly(clock, zone, task_queue))
