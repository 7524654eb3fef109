"""A run that outlives its calendar: it looks up the next one, and its history replays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

import worker
from integrations.calendars import LibraryCalendars
from models.calendar import HORIZON_DAYS
from models.run import RunState
from tests.harness import Company
from tests.workflows.life import SETTLE
from tests.workflows.plays import SAY, playbook, start
from workflows.play import Play

MADRID = "Europe/Madrid"


async def test_a_run_older_than_its_calendar_knows_the_clocks(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    here = skipping_company
    waits = playbook(
        {"id": "long", "kind": "wait", "delay": "390 days"},
        {"id": "on_time", "kind": "act", "after": "long", "delay": "130 days", "at": {"time": "09:00"}, **SAY},
        {"id": "later", "kind": "act", "after": "long", "delay": "240 days", "at": {"time": "09:00"}, **SAY},
    )
    began = await here.now()
    async with here.worker():
        handle = await start(here, waits, calendar=LibraryCalendars().of(MADRID, "ES", began))
        await skipping.sleep(timedelta(days=391))
        standing = await handle.query(Play.standing)
        await handle.result()
        await skipping.sleep(SETTLE)
        async with here.store.read() as tx:
            steps = {one.step_id: one for one in await tx.runs.steps(handle.id)}
        history = await handle.fetch_history()
    calendar = RunState.model_validate_json(standing.state_json).calendar
    assert calendar is not None
    assert calendar.until > (began + timedelta(days=HORIZON_DAYS + 300)).date()
    for name in ("on_time", "later"):
        due = steps[name].due
        assert due is not None
        assert due.astimezone(ZoneInfo(MADRID)).strftime("%H:%M") == "09:00", name
    assert _looked_up(history) == 1
    replayer = Replayer(
        workflows=worker.WORKFLOWS, workflow_runner=worker.runner(), data_converter=pydantic_data_converter
    )
    await replayer.replay_workflow(history)


def _looked_up(history: WorkflowHistory) -> int:
    """How often a calendar was looked up: every local activity but the one that closes the run."""
    markers = [event.marker_recorded_event_attributes.marker_name for event in history.events]
    return markers.count("core_local_activity") - 1


def test_a_calendar_ends_soon_when_less_than_120_days_are_left() -> None:
    began = date(2026, 3, 2)
    calendar = LibraryCalendars().of(MADRID, "ES", _noon(began))
    assert not calendar.ends_soon(_noon(began + timedelta(days=HORIZON_DAYS - 120)))
    assert calendar.ends_soon(_noon(began + timedelta(days=HORIZON_DAYS - 119)))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)
