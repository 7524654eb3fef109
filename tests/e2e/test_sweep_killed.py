"""The worker that sweeps is killed hard in the middle of the book: its successor goes on after the last page."""

import asyncio
import multiprocessing
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from models.sweep import SweepInput
from persistence import migrate
from persistence.store import SqlStore
from tests.activities.sweep_books import dump, sizes, sweep
from tests.e2e import killing
from tests.e2e.conftest import make_site
from tests.e2e.site import Site, clean, until
from tests.persistence.fact_histories import keep
from workflows.sweep import PortfolioSweep

pytestmark = pytest.mark.timeout(300)

CUSTOMERS, PAGE = 20, 5
DAY = timedelta(days=1)
_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload([killing.__name__])


async def _book(store: SqlStore, now: datetime) -> None:
    """Half of them have not logged in for long."""
    rows: dict[str, list[dict[str, Any]]] = {"customer": [], "login": []}
    for number in range(CUSTOMERS):
        name = f"C-{number:02}"
        rows["customer"].append({
            "id": name, "cycle": 1, "outreach_held": False, "plan": "starter", "stamps": {}, "base": {},
            "stage": "growing", "stage_since": now - 200 * DAY, "subscription_status": "active",
        })  # fmt: skip
        rows["login"].append({"customer": name, "key": f"k-{name}", "at": now - (3 + 20 * (number % 2)) * DAY})
    async with store.begin() as tx:
        await keep(tx.connection, rows)


async def _swept(site: Site, point: str, page_done: int, day: date, client: Client) -> dict[str, list[Any]]:
    """Start a sweep by hand, kill its worker on the second page, start another; what is left of it all."""
    log = str(site.home / "worker.log")
    store, file = site.store(), site.home / "steadfast.db"
    started = []

    def begin(point: str) -> None:
        given = (clean(site.settings()), log, point, 2, PAGE)
        started.append(_FORKED.Process(target=killing.run, args=given, daemon=True))
        started[-1].start()

    try:
        begin(point)
        asked = SweepInput(day=day, as_of=datetime.combine(day, time.max, UTC), again=True)
        running = await client.start_workflow(
            PortfolioSweep.run, asked, id=f"sweep:{site.task_queue}", task_queue=site.task_queue
        )

        async def killed() -> bool:
            return started[0].exitcode is not None

        await until(killed, "the kill", seconds=150)
        assert started[0].exitcode == -9, site.log("worker")
        with closing(sqlite3.connect(file, timeout=5)) as connection:
            [(last, ended)] = connection.execute("SELECT last_customer, ended FROM sweep").fetchall()
        assert (last, ended) == (f"C-{page_done * PAGE - 1:02}", None)
        begin("")
        assert (await running.result()).swept
        async with store.read() as tx:
            row = await tx.sweeps.last_ended()
        assert row is not None
        # Added up page by page: one done twice would be counted twice.
        assert row.counts["customers"] == CUSTOMERS
        assert row.counts["changed:signal_opened"] == CUSTOMERS // 2
        return await dump(store, without=_OF_THE_RUN)
    finally:
        await store.close()
        for one in started:
            one.kill()
            one.join()


_OF_THE_RUN = ("number", "run", "received_at")


async def test_a_killed_sweep_goes_on_after_its_last_page_and_leaves_nothing_twice(
    temporal_address: str, namespace: str, dev_client: Client, tmp_path: Path
) -> None:
    migrated, now = tmp_path / "steadfast.db", datetime.now(UTC)
    migrate.upgrade(f"sqlite:///{migrated}")
    store = SqlStore.open(f"sqlite+aiosqlite:///{migrated}")
    await _book(store, now)
    await store.close()
    days = [(now - DAY).date(), (now - 2 * DAY).date()]
    left = await asyncio.gather(
        _swept(
            _site(migrated, tmp_path / "one", temporal_address, namespace),
            "after sweeps.advance",
            2,
            days[0],
            dev_client,
        ),
        _swept(
            _site(migrated, tmp_path / "two", temporal_address, namespace),
            "before sweeps.advance",
            1,
            days[1],
            dev_client,
        ),
    )
    for number, (day, found) in enumerate(zip(days, left, strict=True)):
        quiet = SqlStore.open(_copy(migrated, tmp_path / f"quiet{number}.db"))
        await sweep(quiet, datetime.combine(day, time.max, UTC), page=PAGE, day=day)
        undisturbed = await dump(quiet, without=_OF_THE_RUN)
        await quiet.close()
        assert sizes(undisturbed)["churn_signal"] == CUSTOMERS // 2
        assert found == undisturbed


def _site(migrated: Path, home: Path, temporal: str, namespace: str) -> Site:
    home.mkdir()
    return make_site(home, _copy(migrated, home / "steadfast.db"), temporal, namespace, day=86_400.0)


def _copy(migrated: Path, to: Path) -> str:
    with closing(sqlite3.connect(migrated)) as whole, closing(sqlite3.connect(to)) as copy:
        whole.backup(copy)
    return f"sqlite+aiosqlite:///{to}"
