"""The queries behind figures: registered, versioned, runnable on both databases, and fed by live events."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.mrr import balances, columns, waterfall
from analysis.mrr_definitions import RUNNING_SUM
from analysis.mrr_live import plain, with_events
from models.book import BookAccount, BookSubscription
from models.enums import Plan
from models.events import Event, EventCustomer, EventType
from models.mrr import SpanRow
from persistence.book import BookLoader
from persistence.metric_sources import freshness
from persistence.queries import queries
from persistence.spans import SpanReader
from persistence.store import SqlStore

ZONE = ZoneInfo("Europe/Madrid")

RELEASED = {
    ("active_days", 1): "f9fc0f17403b2ade",
    ("churn_told", 1): "d6c1d10c92baab35",
    ("csat_scores", 2): "1457c1191c7ad2ec",
    ("customer_groups", 1): "ffa49e1f609be738",
    ("customers", 2): "74629bdc178fc434",
    ("engagement_scores", 2): "efcbf2d4adf434ad",
    ("health_scores", 2): "ee081de4bde2ebc8",
    ("judged_since", 1): "5dfcae49ceb693bf",
    ("logins", 1): "54a6e3a2e4675e6f",
    ("meetings_scheduled", 1): "db4fbbc3c4910276",
    ("mrr_statements", 1): "7d0db83982572685",
    ("nps_answers", 2): "bb8b9fbe0226314d",
    ("nps_sends", 1): "0f1e1d12b630a5ca",
    ("onboardings_started", 1): "0490db2ac3f0f73f",
    ("open_discrepancies", 1): "eb50aecbd5d5afd2",
    ("outreach", 1): "f5fc428419846844",
    ("predicted_to_leave", 1): "7e5a4c8f2baf3767",
    ("save_actions_due", 1): "2c39a78fd8f69208",
    ("saves_closed", 1): "d5ea832c5fb649e0",
    ("subscription_spans", 1): "5c841deb63facb0e",
    ("tickets_opened", 1): "3c30e52718d0e66c",
}


def test_a_query_never_changes_under_its_version() -> None:
    found = {(one.name, one.version): one.ref.sha256[:16] for one in queries().values()}
    assert found == RELEASED, "a changed query needs a new version, and its hash here"


def event(kind: EventType, day: int, mrr: str | None = None) -> Event:
    return Event(
        event_id=f"{kind}-{day}",
        type=kind,
        occurred_at=datetime(2024, 3, day, 12, tzinfo=UTC),
        customer=EventCustomer(id="C-1", plan=Plan.PRO, mrr=None if mrr is None else Decimal(mrr)),
    )


async def test_live_events_are_months_too(store: SqlStore) -> None:
    told = [event(EventType.SUBSCRIPTION_CANCELLED, 25), event(EventType.SUBSCRIPTION_CREATED, 3, "49.50")]
    async with store.begin() as tx:
        for one in (*told, *told):
            await tx.customers.apply(one, currency="EUR")
    async with store.read() as tx:
        reader = SpanReader(tx.connection)
        rows = with_events(await reader.spans(), await reader.statements(), ZONE)
        billing = (await freshness(tx.connection, datetime(2024, 4, 1, tzinfo=UTC)))[0]
    assert rows == [SpanRow("C-1", date(2024, 3, 3), date(2024, 3, 25), Decimal("49.50"))]
    assert (billing.source, billing.reported_at) == ("billing", told[0].occurred_at)


async def test_a_changed_amount_is_a_month_of_its_own_whatever_arrives_first(store: SqlStore) -> None:
    told = [
        event(EventType.SUBSCRIPTION_CHANGED, 20, "80"),
        event(EventType.SUBSCRIPTION_CREATED, 3, "49.50"),
        event(EventType.USER_LOGGED_IN, 21, "1"),
    ]
    async with store.begin() as tx:
        for one in told:
            await tx.customers.apply(one, currency="EUR")
    async with store.read() as tx:
        rows = with_events([], await SpanReader(tx.connection).statements(), ZONE)
    assert rows == [
        SpanRow("C-1", date(2024, 3, 3), date(2024, 3, 20), Decimal("49.50")),
        SpanRow("C-1", date(2024, 3, 20), None, Decimal(80)),
    ]


async def test_imported_subscriptions_are_read_exactly(store: SqlStore) -> None:
    loader = BookLoader(store.database)
    await loader.accounts([BookAccount(id="C-1")], as_of=datetime(2024, 3, 31, tzinfo=UTC))
    held = [("S-1", date(2024, 1, 5), date(2024, 3, 1), "10.10"), ("S-2", date(2024, 2, 5), None, None)]
    await loader.subscriptions(
        [
            BookSubscription(
                id=key, customer="C-1", started=start, ended=end, mrr=None if mrr is None else Decimal(mrr),
                is_trial=mrr is None,
            )
            for key, start, end, mrr in held
        ]
    )  # fmt: skip
    async with store.read() as tx:
        rows = await SpanReader(tx.connection).spans()
    assert sorted(plain(row) for row in rows) == [
        SpanRow("C-1", date(2024, 1, 5), date(2024, 3, 1), Decimal("10.10"), False),
        SpanRow("C-1", date(2024, 2, 5), None, None, True),
    ]
    flow = waterfall(balances(columns(rows), RUNNING_SUM, date(2024, 2, 29)), date(2024, 2, 1), date(2024, 2, 1))[0]
    assert flow.ending_mrr == Decimal("10.10")
    assert flow.reactivated_customers == 0
