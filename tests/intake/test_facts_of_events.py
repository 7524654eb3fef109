# ruff: noqa: E501 (tables read best with one case to a line)
"""What events tell is stored once and the same: in order on SQLite, shuffled and with repeats on PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from intake import facts
from intake.facts_reading import Reading
from intake.lexicon import supplied
from models.events import Event, EventCustomer
from models.facts import CATALOGUE, SINCE
from persistence.store import SqlStore, SqlTransaction
from persistence.tables import METADATA

START = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
NOW = START + timedelta(days=30)
READING = Reading(supplied(), NOW, "EUR")
TABLES = (
    "usage_event", "conversation_day", "limit_usage", "blocked_attempt", "seat_count", "growth_potential", "source_report",
    "login", "ticket", "ticket_severity", "competitor_mention", "invoice", "cancellation_request", "renewal_word",
    "meeting", "outreach_message", "response", "churn_event",
)  # fmt: skip


class Story:
    """Random events of one customer within thirty days."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.events = [self.event(number) for number in range(60)]

    def event(self, number: int) -> Event:
        draw = self.random
        at = START + timedelta(minutes=draw.randrange(60 * 24 * 30))
        one = str(draw.randrange(3))
        day = (START + timedelta(days=draw.randrange(5))).date().isoformat()
        kinds: list[tuple[str, dict[str, Any]]] = [
            ("usage_reported", {"day": day, "feature": draw.choice("ab"), "count": draw.randrange(50)}),
            ("conversations_reported", {"day": day, "handled": draw.randrange(50)}),
            ("limit_reported", {"name": "bots", "used": draw.randrange(9), "allowed": draw.choice((None, 10))}),
            ("feature_blocked", {"feature": draw.choice("xy")}),
            ("seats_reported", {"seats": draw.randrange(9)}),
            ("growth_potential_set", {"value": draw.random(), "by": "lena"}),
            ("user_logged_in", {"user_id": one}),
            ("ticket_opened", {"ticket_id": f"T-{one}", "severity": draw.choice(("low", "high")), "text": "La competencia"}),
            ("ticket_updated", {"ticket_id": f"T-{one}", "severity": draw.choice(("low", "high")), "escalated": draw.random() < 0.5}),
            ("ticket_closed", {"ticket_id": f"T-{one}", "csat": draw.randrange(1, 6)}),
            ("invoice_issued", {"invoice_id": f"I-{one}", "amount": f"{draw.randrange(99)}.00", "currency": "EUR"}),
            ("invoice_paid", {"invoice_id": f"I-{one}"}),
            ("payment_failed", {"invoice_id": f"I-{one}"}),
            ("invoice_voided", {"invoice_id": f"I-{one}"}),
            ("cancellation_requested", {"request_id": f"R-{one}", "reason": draw.choice(("price", "support"))}),
            ("cancellation_withdrawn", draw.choice(({}, {"request_id": f"R-{one}"}))),
            ("subscription_cancelled", {"reason": "too dear"}),
            ("renewal_decided", {"decision": "renewed", "term_end": "2026-06-30"}),
            ("meeting_booked", {"meeting_id": f"M-{one}", "kind": "kickoff", "scheduled_at": at.isoformat()}),
            ("meeting_held", {"meeting_id": f"M-{one}", "attended": draw.random() < 0.5}),
            ("meeting_cancelled", {"meeting_id": f"M-{one}"}),
            ("outreach_sent", {"message_id": f"O-{one}", "channel": "email"}),
            ("message_replied", {"message_id": f"O-{one}"}),
            ("unsubscribed", {"address": "ana@sol.example"}),
        ]  # fmt: skip
        kind, data = draw.choice(kinds)
        return Event(event_id=f"e-{number}", type=kind, occurred_at=at, customer=EventCustomer(id="C-1"), data=data)


async def tell(store: SqlStore, events: list[Event]) -> None:
    async with store.begin() as tx:
        for event in events:
            await tx.customers.apply(facts.of_customer(event), currency="EUR")
            await facts.store(tx, event, f"events:{event.event_id}", READING)


async def rows(tx: SqlTransaction) -> dict[str, list[Any]]:
    found = {}
    for name in TABLES:
        table = METADATA.tables[name]
        stored = await tx.connection.execute(select(table).order_by(*table.primary_key.columns))
        found[name] = [tuple(row) for row in stored]
    return found


async def state(store: SqlStore) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    async with store.read() as tx:
        names = [name for name in CATALOGUE if name not in SINCE]
        return await rows(tx), await tx.facts.read("C-1", names, as_of=NOW, since=START)


@pytest.fixture
async def stores(sqlite_url: str, postgres_url: str) -> AsyncIterator[tuple[SqlStore, SqlStore]]:
    opened = SqlStore.open(sqlite_url), SqlStore.open(postgres_url)
    yield opened
    for one in opened:
        await one.close()


@pytest.mark.parametrize("seed", range(4))
async def test_neither_the_order_nor_a_repeat_changes_what_is_stored(
    stores: tuple[SqlStore, SqlStore], seed: int
) -> None:
    story = Story(seed)
    shuffled = [*story.events, *story.events[::3]]
    story.random.shuffle(shuffled)
    one, other = stores
    await tell(one, sorted(story.events, key=lambda event: event.occurred_at))
    await tell(other, shuffled)
    told, again = await state(one), await state(other)
    for name, stored in told[0].items():
        assert again[0][name] == stored, name
    assert again[1] == told[1]
