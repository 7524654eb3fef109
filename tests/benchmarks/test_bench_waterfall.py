"""T13: 24 months of MRR for 100,000 accounts against bare SQL on the same rows; and a whole validation of that book."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from activities.validation import Judge
from analysis.mrr import balances, columns, waterfall
from analysis.mrr_definitions import MONTH_END_LATEST, RUNNING_SUM
from analysis.mrr_live import with_events
from composition.judging import judge
from models.mrr import MonthFlow, MrrDefinition
from persistence.engine import Database
from persistence.spans import SpanReader
from persistence.store import SqlStore
from tests.benchmarks.report import Figure, Report, paired
from tests.benchmarks.rounds import Measured, alternate
from tests.benchmarks.waterfall_book import FIRST, LAST, fill, waterfall_by_sql

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

ROUNDS = 3
ZONE = ZoneInfo("Europe/Madrid")
NOW = datetime(2025, 12, 31, 12, tzinfo=UTC)
LAST_DAY = LAST.replace(day=31)
GOAL, VALIDATE_GOAL = 1.5, 4.0


@pytest.fixture(params=["sqlite", "postgresql"])
async def book(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """The made book, on each database."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    opened = Database.open(str(request.getfixturevalue(name)))
    await fill(opened)
    yield opened
    await opened.close()


async def ours(database: Database, rule: MrrDefinition) -> list[MonthFlow]:
    """As ``starter.py metrics`` does: read, carry on by events, balances, flows with their identities checked."""
    async with database.read() as connection:
        reader = SpanReader(connection)
        rows = with_events(await reader.spans(), await reader.statements(), ZONE)
    return waterfall(balances(columns(rows), rule, LAST_DAY), FIRST, LAST)


async def _ours(database: Database, rule: MrrDefinition) -> Measured:
    began = time.perf_counter()
    await ours(database, rule)
    return {"seconds": time.perf_counter() - began}


async def _sql(database: Database) -> Measured:
    began = time.perf_counter()
    async with database.read() as connection:
        await waterfall_by_sql(connection, database.dialect)
    return {"seconds": time.perf_counter() - began}


async def _validate(database: Database, by: Judge) -> Measured:
    began = time.perf_counter()
    window = by.window(NOW)
    async with SqlStore(database).read() as tx:
        rows = await tx.metrics.validation(
            window.period, first=window.first, last=window.last, as_of=NOW, predicted_at=window.predicted_at
        )
    by.judge("bench", "by_hand", rows, window)
    return {"seconds": time.perf_counter() - began}


async def test_waterfall_of_a_hundred_thousand_accounts(book: Database, report: Report) -> None:
    async with book.read() as connection:
        by_sql = await waterfall_by_sql(connection, book.dialect)
    by_us = await ours(book, RUNNING_SUM)
    assert [
        (
            int(flow.starting_mrr * 100), int((flow.new_mrr + flow.reactivation_mrr) * 100),
            int(flow.expansion_mrr * 100), int(flow.contraction_mrr * 100), int(flow.churned_mrr * 100),
            flow.customers_start, flow.new_customers + flow.reactivated_customers, flow.churned_customers,
        )
        for flow in by_us
    ] == [(row[1], row[2] or 0, *row[4:8], row[8] or 0, row[9]) for row in by_sql]  # fmt: skip
    found = await alternate(
        {
            "sql": partial(_sql, book),
            "copy": partial(_sql, book),
            "running_sum": partial(_ours, book, RUNNING_SUM),
            "month_end_latest": partial(_ours, book, MONTH_END_LATEST),
            "validate": partial(_validate, book, judge()),
        },
        ROUNDS,
    )
    seconds = {name: measured["seconds"] for name, measured in found.items()}
    control = paired(seconds["copy"], seconds["sql"])
    medians = {f"{name} s": sorted(values)[len(values) // 2] for name, values in seconds.items()}
    for name, goal in (("running_sum", GOAL), ("month_end_latest", GOAL), ("validate", VALIDATE_GOAL)):
        what = f"24 months, 100,000 accounts, {book.dialect}: {name} by SQL"
        report.add(Figure("T13", what, paired(seconds[name], seconds["sql"]), control, goal, "at most", medians))
