"""Timings are run by ``make bench`` only; what they find goes to a table and to ``build/benchmarks.json``."""

from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from temporalio.client import Client

from models.ids import new_id
from tests.benchmarks.processes import WorkerProcess, worker_process
from tests.benchmarks.report import Report


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
