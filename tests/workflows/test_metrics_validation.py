"""The weekly validation: one a day of its Schedule, kept whole, whoever runs it again."""

from datetime import UTC, datetime

from temporalio.client import Client

from models.clock import REAL, Clock
from models.ids import new_id
from models.validating import ValidationInput
from settings import load
from tests.harness import Company
from workflows.metrics_validation import MetricsValidation
from workflows.schedule import ensure
from workflows.validation_schedule import weekly


async def test_a_validation_is_kept_once_a_day(dev_company: Company) -> None:
    company = dev_company
    now = await company.now()
    async with company.worker():
        first, second = [
            await company.client.execute_workflow(
                MetricsValidation.run, ValidationInput(), id=f"validation-{number}", task_queue=company.task_queue
            )
            for number in range(2)
        ]
    assert first == second
    assert first.id == f"weekly:{now:%Y-%m-%d}"
    assert (first.passed, first.publishable) == (True, False)
    assert any("NPS sample size" in reason for reason in first.blocking)
    async with company.store.read() as tx:
        kept = await tx.validations.get(first.id)
        [task], [notice] = await tx.tasks.open_of("team"), await tx.work.notices("")
    assert (task.key, task.type, task.customer) == (f"validation:{first.id}", "figures_not_publishable", "")
    assert "NPS sample size" in task.description
    assert "NPS sample size" in notice.message
    assert kept is not None
    assert kept.cause == "weekly"
    assert len(kept.checks) == 8


async def test_the_schedule_is_made_once_and_an_operators_pause_stays(dev_client: Client) -> None:
    # Under a name of its own: a worker that another test started may have left the real one.
    name, zone = new_id("validations"), load().business_zone
    await ensure(dev_client, name, weekly(REAL, zone, "nobody"))
    handle = dev_client.get_schedule_handle(name)
    try:
        coming = (await handle.describe()).info.next_action_times
        assert [(at.weekday(), at.minute) for at in coming[:3]] == [(0, 0)] * 3
        await handle.pause(note="not now")
        await ensure(dev_client, name, weekly(REAL, zone, "nobody"))
        assert (await handle.describe()).schedule.state.paused
    finally:
        await handle.delete()


def test_a_compressed_week_is_seven_virtual_days() -> None:
    clock = Clock(
        real_epoch=datetime(2026, 1, 1, tzinfo=UTC), virtual_epoch=datetime(2024, 1, 1, tzinfo=UTC), factor=43_200
    )
    made = weekly(clock, "Europe/Madrid", "q")
    assert made.spec.intervals[0].every.total_seconds() == 14
