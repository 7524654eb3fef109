"""What a page of a sweep reads and writes without the checks is what the checked way gives, on both databases."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from pydantic import JsonValue
from sqlalchemy import select, update

from models.event_kinds import EventType
from models.event_making import made, made_body
from models.events import Event, EventCustomer
from models.json_text import JsonText
from models.signals import ChurnSignal
from persistence import bulk, decision_rows
from persistence.rows import value_of
from persistence.store import SqlStore
from persistence.tables import decisions as tables
from persistence.tables.customers import customer
from persistence.tables.operations import inbox
from tests.activities.sweep_books import DAY_OF_NOW, book, sweep
from tests.persistence.fact_histories import DAY, NOW


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("signal_opened", {"type": "usage_drop_50", "severity": "high"}),
        ("health_dropped", {"drop": 21, "from": 80, "to": 59}),
        ("customer_at_risk", {"grade": "F"}),
        ("renewal_due", {"days": 30, "term": "2026-05-01"}),
        ("limit_near", {"used": 0.8123}),
        ("recap_due", {"month": "2026-05"}),
        ("opportunity_detected", {"type": "upsell", "key": "ñ|\U0001f642", "value": None, "timing": "now"}),
    ],
)
def test_an_event_of_ours_is_written_as_the_checked_one_is(kind: str, data: dict[str, JsonValue]) -> None:
    at = datetime(2026, 3, 1, 9, 30, 1, 250, tzinfo=UTC)
    event = made(EventType(kind), "C-ñ", at, "ident", **data)
    assert made_body(kind, event.event_id, "C-ñ", at, data) == event.model_dump_json(exclude_unset=True)


@pytest.mark.parametrize(
    "value", [{"a": 1.0, "b": None, "c": "ñ\u0000"}, [0.1, 1e300, -0.0], "half of a pair: \ud83d", {"\ud83d": 1}]
)
def test_a_document_is_what_json_says(value: JsonValue) -> None:
    assert json.loads(bulk.document_of(value)) == value
    bulk.document_of(value).encode()


async def test_a_document_that_is_text_already_is_stored_as_the_value_it_is(store: SqlStore) -> None:
    await book(store, 11, customers=2)
    table = tables.engagement_score
    document: JsonValue = {"a": 1.5, "b": None, "c": 'ñ "quoted" \\ \'', "d": [1, {"e": True}]}
    async with store.begin() as tx:
        [one, other] = (await tx.connection.execute(select(customer.c.id).limit(2))).scalars()
        for owner, terms in ((one, document), (other, JsonText(json.dumps(document)))):
            row = {"customer": owner, "at": NOW, "coverage": 1.0, "terms": terms, "backfill": False}
            for replace in (False, True):
                await bulk.write(tx.connection, table, [row], ["customer", "at"], replace=replace)
        stored = await tx.connection.execute(select(table.c.terms, table.c.terms["a"].as_float()))
        assert [tuple(row) for row in stored] == [(document, 1.5), (document, 1.5)]


async def test_an_evaluation_is_read_as_it_was_written_and_an_older_one_with_every_check(store: SqlStore) -> None:
    await book(store, 11)
    await sweep(store)
    table = tables.evaluation
    async with store.begin() as tx:
        rows = (await tx.connection.execute(select(table))).all()
        for row in rows:
            assert decision_rows.evaluation_seen(row) == decision_rows.evaluation_of(row._mapping)
        signals = (await tx.connection.execute(select(tables.churn_signal))).all()
        assert signals
        for row in signals:
            assert decision_rows.signal_seen(row) == value_of(ChurnSignal, row._mapping)
        assert rows
        await tx.connection.execute(table.update().values(memory={"health": "older"}))
        [row, *_] = (await tx.connection.execute(select(table))).all()
        assert decision_rows.evaluation_seen(row).memory.health == "older"


async def test_what_a_sweep_tells_is_an_event(store: SqlStore) -> None:
    await book(store, 12)
    await sweep(store)
    async with store.read() as tx:
        rows = (await tx.connection.execute(select(inbox.c.event_id, inbox.c.type, inbox.c.body))).all()
    assert rows
    for row in rows:
        event = Event.model_validate_json(row.body)
        assert (event.event_id, event.type.value) == (row.event_id, row.type)


async def test_a_trial_is_activated_by_what_its_product_told(store: SqlStore) -> None:
    async def told(kind: EventType, name: str, at: datetime, **data: JsonValue) -> None:
        async with store.begin() as tx:
            event = Event(
                event_id=f"{name}-{kind}-{len(data)}-{at:%d}",
                type=kind,
                occurred_at=at,
                customer=EventCustomer(id=name),
                data=data,
            )
            if kind is EventType.TRIAL_STARTED:
                await tx.customers.apply(event, currency="EUR")
            await tx.inbox.add("events", event, at)

    for name in ("none", "some"):
        await told(EventType.TRIAL_STARTED, name, NOW - 5 * DAY)
    await told(EventType.ONBOARDING_STEP_COMPLETED, "some", NOW - 4 * DAY, criterion="chatbot_created")
    await told(EventType.ONBOARDING_STEP_COMPLETED, "some", NOW - 3 * DAY, criterion="widget_installed")
    await told(EventType.ONBOARDING_STEP_COMPLETED, "some", NOW + 1 * DAY, criterion="first_conversation_completed")
    async with store.begin() as tx:
        await tx.connection.execute(update(customer).values(stage="trial", stage_since=NOW - 5 * DAY))
    await sweep(store, NOW, day=DAY_OF_NOW)
    async with store.read() as tx:
        for name, expected in (("none", 0.0), ("some", 2 / 3)):
            facts = await tx.facts.read(name, ["activation_rate"], as_of=NOW + timedelta(minutes=1), since=NOW)
            assert facts["activation_rate"] == pytest.approx(expected), name


async def test_values_that_many_rows_share_are_written_as_each_would_be(store: SqlStore) -> None:
    madrid = ZoneInfo("Europe/Madrid")
    await book(store, 13, customers=3)
    table = tables.expansion_opportunity
    async with store.begin() as tx:
        owners = list((await tx.connection.execute(select(customer.c.id))).scalars())[:3]
        moments = (NOW, NOW.astimezone(madrid), NOW + timedelta(microseconds=1))
        amounts = (Decimal("1.0"), Decimal("1.00"), Decimal("1"))
        rows = [
            {
                "customer": owner, "type": "upsell", "detected_at": moment, "backfill": number == 0, "product": None,
                "estimated_value": amount, "currency": "EUR", "probability": amount, "signals": [str(number)],
                "recommended_action": "", "timing": "now", "updated_at": moment, "status": "open",
                "closed_at": None if number else moment, "seats": None,
            }
            for number, (owner, moment, amount) in enumerate(zip(owners, moments, amounts, strict=True))
        ]  # fmt: skip
        await bulk.write(tx.connection, table, rows, [each.name for each in table.primary_key.columns], replace=True)
        stored = {row.customer: row for row in await tx.connection.execute(select(table))}
    for row in rows:
        found = stored[str(row["customer"])]
        assert {name: getattr(found, name) for name in row} == row
        assert str(found.probability) == str(row["probability"])
