"""Timings are run by ``make bench`` only; what they find goes to a table and to ``build/benchmarks.json``."""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from temporalio.client import Client

from models.ids import new_id
from tests.benchmarks.processes import WorkerProcess, worker_process
from tests.benchmarks.report import Report

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without ``-m`` timings are left out; exact counts stay."""
    if config.option.markexpr:
        return
    timings = [item for item in items if item.get_closest_marker("bench") and HERE in item.path.parents]
    if timings:
        config.hook.pytest_deselected(items=timings)
        items[:] = [item for item in items if item not in timings]


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    """The run's figures; printed and written at the end."""
    kept = Report()
    yield kept
    kept.finish()


@pytest.fixture
async def bench_worker(dev_client: Client, temporal_address: str) -> AsyncIterator[WorkerProcess]:
    """A worker process with the real workflows, the hand-written one, and activities that answer at once."""
    arguments: Sequence[str] = (temporal_address, dev_client.namespace, new_id("bench"))
    async with worker_process(*arguments) as process:
        yield process
