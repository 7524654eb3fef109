"""T9 as a whole: 100,000 customers through the workflow on a real server, and against an activity per customer.

On SQLite. The book is loaded by a process of its own, so that what loading holds is not taken for idle.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from composition.deciding import Deciding
from models.ids import new_id
from models.sweep import SweepInput
from persistence.store import SqlStore
from tests.benchmarks import resident, worker_main
from tests.benchmarks.one_by_one import OneByOne, OneByOneActivities
from tests.benchmarks.report import Figure, Report
from tests.benchmarks.sweep_book import NOW, chunks, ids, load
from workflows.sweep import PortfolioSweep

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7200)]

CUSTOMERS = 100_000
ALONE = 300
DAY = timedelta(days=1)


def fill(url: str, customers: int) -> None:
    """The whole book, in a process of its own."""

    async def filled() -> None:
        store = SqlStore.open(url)
        for rows in chunks(customers):
            async with store.begin() as tx:
                await load(tx.connection, rows)
        await store.close()

    asyncio.run(filled())


async def swept(client: Client, queue: str, day: datetime) -> tuple[float, float, int]:
    """Seconds, MiB held at most, and events of the history."""
    began = time.perf_counter()
    with resident.watched() as peak:
        handle = await client.start_workflow(
            PortfolioSweep.run,
            SweepInput(day=day.date(), as_of=day, again=True),
            id=new_id("sweep"),
            task_queue=queue,
        )
        summary = await handle.result()
    took = time.perf_counter() - began
    assert summary.counts["customers"] == CUSTOMERS
    return took, peak.held, len([event async for event in handle.fetch_history_events()])


async def alone(client: Client, queue: str, some: Sequence[str]) -> tuple[float, int]:
    """Seconds, and events of the history."""
    began = time.perf_counter()
    handle = await client.start_workflow(OneByOne.run, list(some), id=new_id("alone"), task_queue=queue)
    await handle.result()
    return time.perf_counter() - began, len([event async for event in handle.fetch_history_events()])


async def test_a_hundred_thousand_and_an_activity_for_each(dev_client: Client, sqlite_url: str, report: Report) -> None:
    loader = multiprocessing.get_context("spawn").Process(target=fill, args=(sqlite_url, CUSTOMERS))
    loader.start()
    await asyncio.to_thread(loader.join)
    assert loader.exitcode == 0
    store, deciding, queue = SqlStore.open(sqlite_url), Deciding.of(), new_id("bench")
    sweeps, one = deciding.sweep(store), OneByOneActivities(store, deciding.evaluator(), NOW + DAY + DAY / 2)
    async with Worker(
        dev_client,
        task_queue=queue,
        workflows=[PortfolioSweep, OneByOne],
        activities=[sweeps.begin_sweep, sweeps.sweep_pages, sweeps.end_sweep, one.evaluate_one],
        workflow_runner=worker_main.runner(),
    ):
        idle = resident.now()
        days = {name: await swept(dev_client, queue, day) for name, day in (("first", NOW), ("next", NOW + DAY))}
        took, events = await alone(dev_client, queue, ids(ALONE))
    await store.close()
    each = ALONE / took
    for name, (seconds, held, history) in days.items():
        rate = CUSTOMERS / seconds
        figures = {"customers/s": rate, "alone customers/s": each, "alone events a customer": events / ALONE}
        what = f"100,000 customers, {name} day, sqlite"
        report.add(Figure("T9", f"{what}: by an activity each", (rate / each,), (), 100, "at least", figures))
        report.add(Figure("T9", f"{what}: history events", (float(history),), (), 250, "at most"))
        report.add(Figure("T9", f"{what}: MiB over idle", (held - idle,), (), 300, "at most"))
