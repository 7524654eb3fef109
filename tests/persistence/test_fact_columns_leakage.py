"""Whatever happens after a day, no fact as of that day changes."""

from copy import deepcopy
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete

from persistence.engine import Database
from persistence.fact_columns import COLUMNS, FactColumns, FactPage
from persistence.tables import METADATA
from tests.persistence.fact_histories import DAY, NOW, TICK, History, distinct, history, keep

BEGINS = {
    "source_report": "at", "login": "at", "usage_event": "day", "ticket": "opened", "conversation_day": "day",
    "limit_usage": "at", "seat_count": "at", "growth_potential": "at", "blocked_attempt": "at", "invoice": "issued_at",
    "cancellation_request": "requested_at", "competitor_mention": "at", "churn_event": "day",
    "survey_response": "submitted_at", "meeting": "booked_at", "outreach_message": "sent_at", "computed_metric": "at",
    "subscription": "started", "plan_feature": "since",
}  # fmt: skip
"""The column from which on a row is known."""

LATER = {
    "ticket": ("closed", "escalated_at"), "invoice": ("due_at", "paid_at", "failed_at", "voided_at"),
    "cancellation_request": ("closed_at",), "meeting": ("cancelled_at", "told_at"),
    "outreach_message": ("answered_at",),
    "subscription": ("ended",), "plan_feature": ("until",),
}  # fmt: skip
"""What may happen to a row afterwards."""

TOLD_LATER = {"ticket": ("closed", ("csat", "escalated")), "meeting": ("told_at", ("attended",))}
"""What is said of a row only when that happens."""


async def facts(database: Database, ids: list[str], as_of: datetime) -> FactPage:
    async with database.read() as connection:
        return await FactColumns(connection).read(ids, COLUMNS, as_of=as_of)


def is_after(value: datetime | date | None, as_of: datetime) -> bool:
    if value is None:
        return False
    return value > as_of if isinstance(value, datetime) else value > as_of.date()


def another_future(rows: History, as_of: datetime, seed: int) -> History:
    """The same past, and other things afterwards: rows gone, rows moved, rows added, endings undone or made up."""
    draw, changed = Random(seed), deepcopy(rows)
    for name, begins in BEGINS.items():
        kept: list[dict[str, Any]] = []
        for row in changed.get(name, []):
            if is_after(row[begins], as_of) and draw.random() < 0.5:
                continue
            kept.append(_afterwards(draw, name, row, as_of))
        changed[name] = kept + _added(draw, name, begins, kept, as_of)
    return changed


def _afterwards(draw: Random, name: str, row: dict[str, Any], as_of: datetime) -> dict[str, Any]:
    row = dict(row)
    # An escalation without a moment is told by the closing: of a closed ticket it is not told again.
    settled = ("escalated_at",) if name == "ticket" and row["closed"] and not is_after(row["closed"], as_of) else ()
    for field in LATER.get(name, ()):
        if field not in settled and (row[field] is None or is_after(row[field], as_of)):
            daily = isinstance(row[BEGINS[name]], date) and not isinstance(row[BEGINS[name]], datetime)
            moment = as_of + draw.choice((TICK, DAY, 50 * DAY))
            row[field] = draw.choice((None, as_of.date() + 3 * DAY if daily else moment))
    if name in TOLD_LATER:
        when, fields = TOLD_LATER[name]
        if row[when] is None or is_after(row[when], as_of):
            row |= {"csat": draw.randint(1, 5), "escalated": True} if fields[0] == "csat" else {"attended": True}
    return row


def _added(draw: Random, name: str, begins: str, rows: list[dict[str, Any]], as_of: datetime) -> list[dict[str, Any]]:
    more = []
    for number, row in enumerate(draw.sample(rows, min(10, len(rows)))):
        daily = not isinstance(row[begins], datetime)
        moment = as_of + timedelta(seconds=number) + draw.choice((TICK, DAY))
        copy = {**row, begins: as_of.date() + (1 + number) * DAY if daily else moment}
        copy |= {key: f"new-{number}-{name}" for key in ("id", "key") if key in copy and name != "usage_event"}
        copy |= dict.fromkeys(LATER.get(name, ()))
        if name == "meeting":
            copy["scheduled_at"] = as_of - DAY  # entered after the fact
        more.append(copy)
    return more


@pytest.mark.parametrize("seed", range(2))
async def test_another_future_changes_no_fact_of_the_past(database: Database, seed: int) -> None:
    rows = distinct(history(seed + 50))
    ids = [row["id"] for row in rows["customer"]]
    as_of = NOW - 20 * DAY
    async with database.write() as connection:
        await keep(connection, rows)
    before = await facts(database, ids, as_of)
    now = await facts(database, ids, NOW + 5 * DAY)
    async with database.write() as connection:
        for table in reversed(METADATA.sorted_tables):
            if table.name in rows:
                await connection.execute(delete(table))
        await keep(connection, another_future(rows, as_of, seed))
    after = await facts(database, ids, as_of)
    assert {name: column for name, column in after.facts.items() if column != before.facts[name]} == {}
    assert await facts(database, ids, NOW + 5 * DAY) != now
