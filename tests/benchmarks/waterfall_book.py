"""A made book of 100,000 accounts over four years, and the waterfall as somebody would write it in SQL alone."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.book import BookAccount
from models.enums import SubscriptionStatus
from persistence.book import BookLoader
from persistence.engine import Database
from persistence.tables.book import subscription

ACCOUNTS = 100_000
FIRST, LAST = date(2024, 1, 1), date(2025, 12, 1)
CHUNK = 10_000

# The same figures as analysis.mrr by running_sum, and nothing else: no unknown amounts, no events, no checks.
SQL = """
WITH RECURSIVE numbers(m) AS (SELECT 0 UNION ALL SELECT m + 1 FROM numbers WHERE m < 24),
months AS (SELECT m, {month_end} AS day FROM numbers),
balance AS (
    SELECT n.m, s.customer, SUM({cents}) AS mrr
    FROM months n
    JOIN subscription s ON s.started <= n.day AND (s.ended IS NULL OR s.ended > n.day)
    WHERE s.is_trial = FALSE
    GROUP BY n.m, s.customer
    HAVING SUM({cents}) > 0
),
began AS (
    SELECT customer, MIN(started) AS started FROM subscription
    WHERE is_trial = FALSE AND {cents} > 0 GROUP BY customer
),
kept AS (
    SELECT a.m + 1 AS m, SUM(a.mrr) AS starting, COUNT(*) AS customers,
           SUM(CASE WHEN b.mrr > a.mrr THEN b.mrr - a.mrr ELSE 0 END) AS expansion,
           SUM(CASE WHEN b.mrr < a.mrr THEN a.mrr - b.mrr ELSE 0 END) AS contraction,
           SUM(CASE WHEN b.mrr IS NULL THEN a.mrr ELSE 0 END) AS churned,
           SUM(CASE WHEN b.mrr IS NULL THEN 1 ELSE 0 END) AS lost
    FROM balance a LEFT JOIN balance b ON b.customer = a.customer AND b.m = a.m + 1
    WHERE a.m < 24
    GROUP BY a.m
),
came AS (
    SELECT b.m, SUM(b.mrr) AS new, COUNT(*) AS joined,
           SUM(CASE WHEN g.started <= p.day THEN b.mrr ELSE 0 END) AS again
    FROM balance b
    JOIN months p ON p.m = b.m - 1
    JOIN began g ON g.customer = b.customer
    LEFT JOIN balance a ON a.customer = b.customer AND a.m = b.m - 1
    WHERE a.customer IS NULL
    GROUP BY b.m
)
SELECT k.m, k.starting, c.new, c.again, k.expansion, k.contraction, k.churned, k.customers, c.joined, k.lost
FROM kept k LEFT JOIN came c ON c.m = k.m
ORDER BY k.m
"""
_DIALECT = {
    "sqlite": {
        "month_end": "date('2024-01-01', '+' || m || ' months', '-1 day')",
        "cents": "CAST(ROUND(s.mrr * 100) AS INTEGER)",
    },
    "postgresql": {
        "month_end": "(date '2024-01-01' + make_interval(months => m) - interval '1 day')::date",
        "cents": "(s.mrr * 100)::bigint",
    },
}


def bare_sql(dialect: str) -> str:
    """For SQLite or PostgreSQL."""
    parts = _DIALECT[dialect]
    made = SQL.replace("{month_end}", parts["month_end"])
    began = parts["cents"].replace("s.mrr", "mrr")
    head, _, tail = made.partition("began AS (")
    inner, _, rest = tail.partition("),\nkept")
    return head.replace("{cents}", parts["cents"]) + "began AS (" + inner.replace("{cents}", began) + "),\nkept" + rest


async def fill(database: Database) -> None:
    """The accounts and their subscriptions: one to four each, some over, some trials, some back after a gap."""
    chance = random.Random(20260302)  # a made book, no secret
    loader = BookLoader(database)
    as_of = datetime(2025, 12, 31, 12, tzinfo=UTC)
    number = 0
    for begin in range(0, ACCOUNTS, CHUNK):
        ids = [f"A-{each:06d}" for each in range(begin, begin + CHUNK)]
        rows: list[dict[str, Any]] = []
        for each in ids:
            for row in _spans(chance):
                rows.append({"id": f"S-{number:07d}", "customer": each, **row})
                number += 1
        await loader.accounts(
            [
                BookAccount(
                    id=each, status=SubscriptionStatus.CANCELLED, subscribed_at=datetime(2022, 1, 1, tzinfo=UTC)
                )
                for each in ids
            ],
            as_of=as_of,
        )
        async with database.write() as connection:
            await connection.execute(insert(subscription), rows)
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("ANALYZE"))


def _spans(chance: random.Random) -> list[dict[str, Any]]:
    day = date(2022, 1, 1) + timedelta(days=chance.randrange(1300))
    found = []
    for _ in range(chance.choice((1, 1, 2, 2, 3, 4))):
        length = chance.choice((None, 30, 90, 200, 365, 500))
        ended = None if length is None else day + timedelta(days=length)
        found.append(
            {
                "started": day, "ended": ended, "mrr": Decimal(chance.randrange(0, 50_000)) / 100,
                "is_trial": chance.random() < 0.1,
            }
        )  # fmt: skip
        day += timedelta(days=chance.choice((0, 31, 120, 400)))
    return found


async def waterfall_by_sql(connection: AsyncConnection, dialect: str) -> list[tuple[Any, ...]]:
    """Its rows."""
    return [tuple(row) for row in (await connection.execute(text(bare_sql(dialect)))).all()]
