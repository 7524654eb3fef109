"""A book is loaded in chunks, and can be loaded again."""

import csv
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest

from models.book import BookAccount, BookChurn, BookSubscription, BookTicket, BookUsage, LoadCount
from models.enums import LifecycleStage, Plan, Severity, SubscriptionStatus, TriggeredBy
from models.events import Event
from models.records import Customer, Transition
from persistence.book import BookLoader
from persistence.engine import Database
from persistence.imports import ImportLog, ImportRefusal
from persistence.store import SqlStore

AS_OF = datetime(2024, 12, 31, 12, tzinfo=UTC)
LATER = AS_OF + timedelta(days=30)
USAGE = Path(__file__).parents[3] / "shared" / "data" / "ravenstack" / "feature_usage.csv"


def account(name: str = "A-1", **changes: object) -> BookAccount:
    fields = {
        "id": name, "name": f"Company {name}", "industry": "EdTech", "country": "US", "plan": Plan.STARTER, "seats": 9,
        "mrr": Decimal("19.00"), "status": SubscriptionStatus.ACTIVE, "subscribed_at": AS_OF, "cycle": 1,
        "stage": LifecycleStage.ADOPTING,
    }  # fmt: skip
    return BookAccount(**{**fields, **changes})


def span(name: str = "S-1", customer: str = "A-1", **changes: object) -> BookSubscription:
    return BookSubscription(**{"id": name, "customer": customer, "started": date(2024, 1, 1), **changes})


def use(name: str = "U-1", subscription: str = "S-1", **changes: object) -> BookUsage:
    fields = {"id": name, "subscription": subscription, "day": date(2024, 5, 1), "feature": "f", "count": 3}
    return BookUsage(**{**fields, **changes})


async def customer(store: SqlStore, name: str = "A-1") -> Customer:
    async with store.read() as tx:
        stored = await tx.customers.get(name)
    assert stored is not None
    return stored


async def test_an_account_becomes_a_held_customer_once(store: SqlStore, database: Database) -> None:
    loader = BookLoader(database)
    assert await loader.accounts([account("A-1"), account("A-2")], as_of=AS_OF) == LoadCount(inserted=2)
    assert await loader.accounts([account("A-1"), account("A-2")], as_of=AS_OF) == LoadCount(unchanged=2)
    stored = await customer(store)
    assert (stored.name, stored.plan, stored.mrr, stored.country) == ("Company A-1", "starter", Decimal("19.00"), "US")
    assert (stored.subscription_status, stored.subscribed_at, stored.cycle) == ("active", AS_OF, 1)
    assert (stored.stage, stored.stage_since, stored.imported_at, stored.outreach_held) == (
        "adopting", AS_OF, AS_OF, True,
    )  # fmt: skip


async def test_a_correction_is_an_update(store: SqlStore, database: Database) -> None:
    loader = BookLoader(database)
    await loader.accounts([account("A-1"), account("A-2"), account("A-3")], as_of=AS_OF)
    corrected = [account("A-1", seats=10), account("A-2"), account("A-3", industry="FinTech")]
    assert await loader.accounts(corrected, as_of=AS_OF) == LoadCount(updated=2, unchanged=1)
    assert (await customer(store)).seats == 10


async def test_a_later_import_is_newer_and_an_older_one_changes_nothing(store: SqlStore, database: Database) -> None:
    loader = BookLoader(database)
    await loader.accounts([account()], as_of=AS_OF)
    changed = account(plan=Plan.PRO, status=SubscriptionStatus.CANCELLED, stage=LifecycleStage.CHURNED)
    assert await loader.accounts([changed], as_of=LATER) == LoadCount(updated=1)
    assert await loader.accounts([account(industry="Old")], as_of=AS_OF) == LoadCount(unchanged=1)
    stored = await customer(store)
    assert (stored.plan, stored.subscription_status, stored.stage) == ("pro", "cancelled", "churned")
    assert stored.imported_at == LATER


async def test_a_repeated_import_undoes_nothing_that_happened_since(store: SqlStore, database: Database) -> None:
    loader = BookLoader(database)
    await loader.accounts([account()], as_of=AS_OF)
    async with store.begin() as tx:
        await tx.customers.activate_outreach(LATER)
        await tx.customers.apply(
            Event(
                event_id="e", type="subscription_cancelled", occurred_at=LATER, customer={"id": "A-1", "name": "New"}
            ),
            currency="EUR",
        )
        change = Transition(
            customer="A-1", from_stage="adopting", to_stage="churned", at=LATER, rule="r", reason="r",
            triggered_by=TriggeredBy.AUTOMATIC, cause="c",
        )  # fmt: skip
        await tx.lifecycles.record(change)
    before = await customer(store)
    assert await loader.accounts([account()], as_of=AS_OF) == LoadCount(unchanged=1)
    assert await customer(store) == before
    assert (before.name, before.subscription_status, before.stage) == ("New", "cancelled", "churned")
    assert await loader.imported() == ["A-1"]


async def test_a_customer_that_signed_up_is_not_held_by_an_import(store: SqlStore, database: Database) -> None:
    loader = BookLoader(database)
    async with store.begin() as tx:
        signup = Event(event_id="e", type="trial_started", occurred_at=AS_OF, customer={"id": "A-1", "name": "Own"})
        await tx.customers.apply(signup, currency="EUR")
    assert await loader.live() == {"A-1"}
    await loader.accounts([account()], as_of=AS_OF - timedelta(days=1))
    stored = await customer(store)
    assert (stored.outreach_held, stored.subscription_status, stored.name, stored.country) == (
        False, "trialing", "Own", "US",
    )  # fmt: skip
    assert await loader.imported() == []


_Row = TypeVar("_Row")


async def recognised(load: Callable[[Sequence[_Row]], Awaitable[LoadCount]], first: _Row, second: _Row) -> None:
    assert await load([first]) == LoadCount(inserted=1)
    assert await load([first]) == LoadCount(unchanged=1)
    assert await load([second]) == LoadCount(updated=1)


async def test_rows_of_every_kind_are_recognised_by_their_keys(database: Database) -> None:
    loader = BookLoader(database)
    await loader.accounts([account()], as_of=AS_OF)
    opened = datetime(2024, 3, 1, tzinfo=UTC)
    await recognised(loader.subscriptions, span(mrr=Decimal("10.50"), billing="monthly"), span(mrr=Decimal("11.50")))
    await recognised(loader.usage, use(), use(count=4))
    await recognised(
        loader.tickets,
        BookTicket(id="T", customer="A-1", opened=opened, severity=Severity.HIGH, escalated=False),
        BookTicket(id="T", customer="A-1", opened=opened, severity=Severity.HIGH, escalated=False, csat=5),
    )
    await recognised(
        loader.churn,
        BookChurn(id="C", customer="A-1", day=date(2024, 6, 1), reason="pricing", refund=Decimal("-1.50")),
        BookChurn(id="C", customer="A-1", day=date(2024, 6, 1), reason="support", feedback="too <b>dear</b>"),
    )


async def test_rows_of_nobody_are_told_and_the_others_stored(database: Database) -> None:
    loader = BookLoader(database)
    await loader.accounts([account()], as_of=AS_OF)
    spans = [span("S-1"), span("S-2", "nobody")]
    assert await loader.subscriptions(spans) == LoadCount(inserted=1, orphans=("S-2",))
    uses = [use("U-1"), use("U-2", "S-2")]
    assert await loader.usage(uses) == LoadCount(inserted=1, orphans=("U-2",))


async def test_a_repeated_usage_id_is_another_row_unless_all_of_its_key_repeats(database: Database) -> None:
    loader = BookLoader(database)
    await loader.accounts([account()], as_of=AS_OF)
    await loader.subscriptions([span("S-1"), span("S-2")])
    rows = [use(), use(subscription="S-2"), use(feature="g"), use(day=date(2024, 5, 2)), use(count=9)]
    assert await loader.usage(rows) == LoadCount(inserted=4)
    assert await loader.usage([use(count=9)]) == LoadCount(unchanged=1)


async def test_an_import_keeps_what_it_refused_of_its_last_try(database: Database) -> None:
    log = ImportLog(database)
    await log.start("b1", as_of=AS_OF, at=AS_OF)
    await log.refuse("b1", [ImportRefusal(file="accounts.csv", line=3, reason="old")])
    await log.start("b1", as_of=AS_OF, at=LATER)
    refused = [ImportRefusal(file="accounts.csv", line=line, reason=f"seats: {line}") for line in (7, 5)]
    await log.refuse("b1", refused)
    await log.refuse("b1", [])
    assert [batch.ended for batch in await log.batches()] == [None]
    await log.finish("b1", {"accounts": 2}, LATER)
    [batch] = await log.batches()
    assert (batch.id, batch.ended, batch.counts) == ("b1", LATER, {"accounts": 2})
    assert await log.refusals("b1") == refused


async def test_a_whole_years_usage_is_loaded_and_repeated(database: Database) -> None:
    if not USAGE.exists():
        pytest.skip("the RavenStack figures are not beside the project")
    with USAGE.open(newline="") as file:
        rows = [
            BookUsage(
                id=row["usage_id"], subscription=row["subscription_id"], day=row["usage_date"],
                feature=row["feature_name"], count=row["usage_count"], duration_seconds=row["usage_duration_secs"],
                errors=row["error_count"], is_beta=row["is_beta_feature"],
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip
    loader = BookLoader(database)
    await loader.accounts([account()], as_of=AS_OF)
    await loader.subscriptions([span(name) for name in sorted({row.subscription for row in rows})])
    counts = LoadCount()
    for start in range(0, len(rows), 2000):
        counts += await loader.usage(rows[start : start + 2000])
    assert counts == LoadCount(inserted=25_000)
    assert await loader.usage(rows[:2000]) == LoadCount(unchanged=2000)
