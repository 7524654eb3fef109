"""The sweep on a real server: who changed is woken and nobody else, a failure goes on after its page."""

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from temporalio.client import Client, ScheduleActionExecutionStartWorkflow, ScheduleHandle, WorkflowHandle

from activities.sweep import PAGE, SweepActivities
from analysis.evaluation_page import PageDecider, PageDecisions
from composition.deciding import Deciding
from intake.deliver import Deliverer
from models.clock import REAL, Clock
from models.ids import lifecycle_id, new_id, sweep_id
from models.standing import Calendar, Standing
from models.sweep import SweepInput, SweepSummary
from persistence.store import SqlStore
from persistence.tables.operations import inbox
from tests.harness import Company
from tests.persistence.fact_histories import DAY, keep
from workflows.schedule import daily, ensure
from workflows.sweep import PortfolioSweep


async def people(store: SqlStore, now: datetime, **last_login: int) -> None:
    """Customers in ``growing``; each logged in that many days ago."""
    rows: dict[str, list[dict[str, Any]]] = {"customer": [], "login": []}
    for name, days in last_login.items():
        rows["customer"].append({
            "id": name, "cycle": 1, "outreach_held": False, "plan": "starter", "stamps": {}, "base": {},
            "stage": "growing", "stage_since": now - 200 * DAY, "subscription_status": "active",
        })  # fmt: skip
        rows["login"].append({"customer": name, "key": f"k-{name}", "at": now - days * DAY})
    async with store.begin() as tx:
        await keep(tx.connection, rows)


async def start(one: Company, at: datetime, client: Client | None = None) -> WorkflowHandle[Any, SweepSummary]:
    return await (client or one.client).start_workflow(
        PortfolioSweep.run,
        SweepInput(day=at.date(), as_of=at, again=True),
        id=f"{sweep_id(at.date())}-{new_id('t')}",
        task_queue=one.task_queue,
    )


async def test_a_sweep_wakes_only_whom_a_decision_changed(dev_company: Company) -> None:
    one, now = dev_company, await dev_company.now()
    await people(one.store, now, quiet=1, gone=20)
    async with one.worker():
        summary = await (await start(one, now)).result()
        assert summary.swept
        assert summary.counts["customers"] == 2
        assert summary.counts["changed:signal_opened"] == summary.counts["changed:stage"] == 1
        async with one.store.read() as tx:
            woken = (await tx.connection.execute(select(inbox.c.customer, inbox.c.type))).all()
        assert {row.type for row in woken if row.customer == "gone"} >= {"signal_opened", "stage_review"}
        assert {row.type for row in woken if row.customer == "quiet"} <= {"survey_due"}
        deliverer = Deliverer(one.store, one.client, REAL, "EUR", one.task_queue, wall=lambda: now + DAY)
        while await deliverer.sweep(grace=timedelta(0)):
            pass
        await _eventually(one.store, "gone", 2)
        async with one.store.read() as tx:
            [change] = await tx.lifecycles.history("gone")
            sent = {row.workflow: row.response for row in await tx.outbox.of("gone")}
        assert (change.rule, change.at) == ("at_risk_signal", now)
        assert change.facts["at_risk_causes"] == ["no_login_over_14_days"]
        assert set(sent) >= {"at_risk_intervention", "executive_escalation"}
        assert "held" in sent["executive_escalation"]
        again = await (await start(one, now)).result()
        assert again.swept
        assert not [name for name in again.counts if name.startswith("changed:")]
        await one.client.get_workflow_handle(lifecycle_id("gone")).terminate()


async def _eventually(store: SqlStore, customer: str, webhooks: int) -> None:
    for _ in range(100):
        async with store.read() as tx:
            if len(await tx.outbox.of(customer)) >= webhooks:
                return
        await asyncio.sleep(0.1)
    pytest.fail("its process did not act on the stage change")


class Flaky(PageDecider):
    """Fails on its third page, once."""

    pages = 0

    def decide(
        self, standings: Sequence[Standing], facts: Mapping[str, Sequence[Any]], at: datetime, when: Calendar
    ) -> PageDecisions:
        """Or raises."""
        self.pages += 1
        if self.pages == 3:
            raise MemoryError
        return super().decide(standings, facts, at, when)


@dataclasses.dataclass(frozen=True)
class FlakyDeciding(Deciding):
    """Of one customer a page."""

    def sweep(self, store: Any, *, page: int = PAGE) -> SweepActivities:
        """With the flaky one."""
        made = super().sweep(store, page=1)
        made._decider = Flaky(self.configs, self.book)
        return made


async def test_what_fails_goes_on_after_its_page_and_the_history_is_short(dev_company: Company) -> None:
    one, now = dev_company, await dev_company.now()
    await people(one.store, now, a=1, b=20, c=2, d=9, e=30)
    one.given = dataclasses.replace(one.given, deciding=FlakyDeciding(**vars(Deciding.of())))
    async with one.worker():
        handle = await start(one, now)
        summary = await handle.result()
        assert summary.counts["customers"] == 5
        assert summary.counts["changed:signal_opened"] == 3
        events = [event async for event in handle.fetch_history_events()]
        assert len(events) < 40
        attempts = [e.activity_task_started_event_attributes.attempt for e in events]
        assert 2 in attempts


async def _triggered(one: Company, schedule: ScheduleHandle, actions: int) -> SweepSummary:
    """The result of the sweep that it starts now, its n-th."""
    await schedule.trigger()
    for _ in range(100):
        started = (await schedule.describe()).info.recent_actions
        if len(started) == actions:
            break
        await asyncio.sleep(0.1)
    action = started[-1].action
    assert isinstance(action, ScheduleActionExecutionStartWorkflow)
    summary: SweepSummary = await one.client.get_workflow_handle(action.workflow_id, result_type=SweepSummary).result()
    return summary


async def test_the_schedule_is_made_once_kept_paused_and_sweeps_its_nominal_day(dev_company: Company) -> None:
    one, now = dev_company, await dev_company.now()
    await people(one.store, now, a=20)
    async with one.worker():
        # Under a name of its own: a worker that another test started may have left the real one, with its actions.
        name = new_id("sweeps")
        await ensure(one.client, name, daily(REAL, "Europe/Madrid", one.task_queue))
        handle = one.client.get_schedule_handle(name)
        await handle.pause(note="by an operator")
        await ensure(one.client, name, daily(REAL, "Europe/Madrid", one.task_queue))
        found = await handle.describe()
        assert found.schedule.state.paused
        summary = await _triggered(one, handle, 1)
        assert summary.swept
        assert summary.counts["customers"] == 1
        second = await _triggered(one, handle, 2)
        assert (second.swept, second.day) == (False, summary.day)
        await handle.delete()


def test_a_compressed_clock_sweeps_every_virtual_day_and_a_real_one_at_five() -> None:
    real = daily(REAL, "Europe/Madrid", "q")
    assert [each.hour[0].start for each in real.spec.calendars] == [5]
    assert real.spec.time_zone_name == "Europe/Madrid"
    assert real.policy.catchup_window is not None
    assert real.policy.catchup_window < timedelta(days=1)
    fast = daily(Clock(real_epoch=datetime(2026, 1, 1, tzinfo=UTC), factor=43_200), "Europe/Madrid", "q")
    assert [each.every for each in fast.spec.intervals] == [timedelta(seconds=2)]
