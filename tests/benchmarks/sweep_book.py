"""A book for the sweep's timing: every kind of row that facts are computed from, the same in every run."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.tables import METADATA

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
DAY = timedelta(days=1)
PLANS = ("starter", "growth", "pro", "enterprise")
STAGES = ("adopting", "growing", "growing", "growing", "expanding", "advocating", "at_risk")
CHUNK = 2_000

Rows = dict[str, list[dict[str, Any]]]


def chunks(customers: int) -> Iterator[Rows]:
    """About 35 rows a customer, that many customers at a time."""
    draw = Random(20260302)
    for start in range(0, customers, CHUNK):
        rows: Rows = {}
        for number in range(start, min(start + CHUNK, customers)):
            _customer(draw, rows, f"C-{number:07}")
        yield rows


async def load(connection: AsyncConnection, rows: Rows) -> None:
    """Insert a chunk."""
    for table in METADATA.sorted_tables:
        if found := rows.get(table.name):
            await connection.execute(table.insert(), found)


def _customer(draw: Random, rows: Rows, owner: str) -> None:
    def add(table: str, **values: object) -> None:
        columns = METADATA.tables[table].c
        number = len(rows.setdefault(table, []))
        own = {name: f"{owner}-{number}" for name in ("id", "key") if name in columns and name not in values}
        rows[table].append({**({} if table == "customer" else {"customer": owner}), **own, **values})

    idle = draw.choice((0, 0, 0, 1, 2, 5, 10, 20))
    add("customer", id=owner, cycle=1, outreach_held=False, plan=draw.choice(PLANS), mrr=None, stamps={},
        base={"status": "active", "subscribed_at": (NOW - 300 * DAY).isoformat(), "cycle": 1},
        subscription_status="active", subscribed_at=NOW - 300 * DAY, stage=draw.choice(STAGES),
        stage_since=NOW - 10 * DAY, contract_length_months=12, renewal_date=NOW.date() + draw.randint(5, 300) * DAY,
        csm_id=f"csm-{draw.randint(0, 40)}", seats=draw.randint(1, 50), currency="EUR")  # fmt: skip
    for number in range(8):
        add(
            "login", at=NOW - (idle + number * 2) * DAY - timedelta(hours=draw.randint(0, 20)), user_id=f"u{number % 3}"
        )
    add("subscription", started=NOW.date() - 300 * DAY, plan="pro", billing="annual", seats=5)
    span = rows["subscription"][-1]["id"]
    for number in range(12):
        add("usage_event", subscription=span, day=NOW.date() - (number * 4) * DAY, feature=f"f{number % 6}",
            count=draw.randint(1, 9))  # fmt: skip
    for number in range(4):
        add("conversation_day", day=NOW.date() - number * 6 * DAY, handled=draw.randint(0, 80),
            automated=draw.randint(0, 20), response_seconds=900)  # fmt: skip
    for number in range(2):
        opened = NOW - draw.randint(1, 80) * DAY
        add("ticket", opened=opened, closed=draw.choice((None, opened + DAY / 2)), severity="high",
            csat=draw.randint(1, 5), escalated=False)  # fmt: skip
        add("seat_count", at=NOW - (5 + 90 * number) * DAY, seats=draw.randint(4, 9))
        add("invoice", issued_at=NOW - (3 + 30 * number) * DAY, paid_at=draw.choice((None, NOW - DAY, NOW - DAY)))
    add("limit_usage", name="bots", at=NOW - DAY, used=draw.randint(1, 10), allowed=10)
    if draw.random() < 0.5:
        add("survey_response", kind="nps", score=draw.randint(0, 10), feedback="", submitted_at=NOW - 20 * DAY,
            themes=[], suspected_injection=False, followed_up=False, follow_up_notes="")  # fmt: skip
    add(
        "meeting",
        kind="qbr",
        booked_at=NOW - 30 * DAY,
        scheduled_at=NOW - 9 * DAY,
        attended=True,
        told_at=NOW - 8 * DAY,
    )
    add("outreach_message", channel="email", sent_at=NOW - 12 * DAY, answered_at=None)
    add("growth_potential", at=NOW - 40 * DAY, value=0.5, actor="csm-1")


def ids(customers: int) -> Sequence[str]:
    """Every id."""
    return [f"C-{number:07}" for number in range(customers)]
