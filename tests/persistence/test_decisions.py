"""Decisions as they are kept, on both databases: what comes back is what went in, and goes with its customer."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select

from models.decisions import EngagementScore, Evaluation, Memory
from models.engagement import EngagementLevel
from models.enums import Severity
from models.errors import NotFound
from models.events import Event, EventCustomer, EventType
from models.expansion import ExpansionType, Opportunity, OpportunityStatus, Timing
from models.health import HealthGrade, HealthTrend
from models.health_alerts import AlertState, HealthAlert, HealthAlertType
from models.signals import ChurnSignal
from persistence.store import SqlStore
from persistence.tables import METADATA
from persistence.tables.customers import customer
from rules import churn, health
from tests.rules.health_making import CONFIG

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


async def _customer(store: SqlStore, name: str = "C-1") -> str:
    event = Event(
        event_id=f"e-{name}", type=EventType.TRIAL_STARTED, occurred_at=NOW - DAY, customer=EventCustomer(id=name)
    )
    async with store.begin() as tx:
        await tx.customers.apply(event, currency="EUR")
    return name


def _opportunity(name: str, at: datetime) -> Opportunity:
    return Opportunity(
        customer=name,
        type=ExpansionType.UPSELL,
        product="pro",
        estimated_value=Decimal("24.50"),
        currency="EUR",
        probability=Decimal("0.20"),
        signals=("uses more than 80% of a plan limit",),
        recommended_action="present an upgrade",
        timing=Timing.NOW,
        detected_at=at,
        updated_at=at,
    )


async def test_a_score_comes_back_whole_and_the_first_of_a_moment_stays(store: SqlStore) -> None:
    name = await _customer(store)
    earlier = health.score(CONFIG, {"nps_score": 8, "open_tickets": 4.0}, None, NOW - DAY)
    later = health.score(CONFIG, {"nps_score": 3}, earlier.as_previous(), NOW)
    async with store.begin() as tx:
        await tx.scores.add(name, earlier)
        await tx.scores.add(name, later, backfill=True)
        await tx.scores.add(name, later.model_copy(update={"score": 1}))
    async with store.read() as tx:
        assert await tx.scores.latest(name) == later
        assert await tx.scores.latest(name, by=NOW - DAY) == earlier
        assert await tx.scores.history(name) == [earlier, later]
        assert await tx.scores.history(name, since=NOW) == [later]
        assert await tx.scores.latest("C-2") is None


async def test_a_signal_opens_clears_and_opens_again_beside_its_backfilled_twin(store: SqlStore) -> None:
    name = await _customer(store)
    facts = {"days_since_last_login": 9, "cancellation_requested": True}
    first = churn.fold((), facts, NOW - DAY)
    cleared = churn.fold(first.open, {"days_since_last_login": 0}, NOW)
    again = churn.fold(cleared.open, facts, NOW + DAY)
    async with store.begin() as tx:
        await tx.signals.put(name, first.opened)
        await tx.signals.put(name, first.opened, backfill=True)
        await tx.signals.put(name, (*cleared.opened, *cleared.cleared))
        await tx.signals.put(name, (*again.opened, *again.cleared))
    async with store.read() as tx:
        assert sorted(one.type for one in await tx.signals.open(name)) == ["cancellation_request", "no_login_7_days"]
        past: list[ChurnSignal] = await tx.signals.of(name)
        assert [(one.type, one.value, one.threshold) for one in past] == [
            ("cancellation_request", True, True),
            ("no_login_7_days", 9, 7),
            ("no_login_7_days", 9, 7),
        ]
        assert past[1].cleared_at == NOW
        assert await tx.signals.open(name, backfill=True) == sorted(first.opened, key=lambda one: one.type)


async def test_an_opportunity_is_refreshed_won_and_no_longer_open(store: SqlStore) -> None:
    name = await _customer(store)
    one = _opportunity(name, NOW)
    newer = one.model_copy(update={"updated_at": NOW + DAY, "estimated_value": None})
    async with store.begin() as tx:
        await tx.opportunities.put([one])
        await tx.opportunities.put([newer])
        assert await tx.opportunities.of(name) == [newer]
        closed = await tx.opportunities.close(name, "upsell", OpportunityStatus.WON, NOW + 2 * DAY)
        assert (closed.status, closed.closed_at) == (OpportunityStatus.WON, NOW + 2 * DAY)
        with pytest.raises(NotFound, match="upsell"):
            await tx.opportunities.close(name, "upsell", OpportunityStatus.WON, NOW)
        await tx.opportunities.put([_opportunity(name, NOW + 100 * DAY), closed])
        assert len(await tx.opportunities.of(name)) == 2


async def test_everything_decided_goes_with_its_customer(store: SqlStore) -> None:
    name = await _customer(store)
    alert = HealthAlert(
        type=HealthAlertType.DROP,
        severity=Severity.HIGH,
        at=NOW,
        score=40,
        grade=HealthGrade.C,
        previous=60,
        message="x",
    )
    engaged = EngagementScore(
        customer=name,
        at=NOW,
        score=75,
        level=EngagementLevel.HIGH,
        coverage=1,
        terms={"logins": 3, "active_users": None},
    )
    known = Evaluation(
        customer=name, at=NOW, score=40, grade=HealthGrade.C, provisional=False, trend=HealthTrend.DECLINING,
        memory=Memory(alerts=AlertState(drop_fired=40, seen=NOW), recorded={"health_score": 40}, told={"qbr": "Q1"}),
    )  # fmt: skip
    async with store.begin() as tx:
        await tx.scores.add(name, health.score(CONFIG, {"nps_score": 8}, None, NOW))
        await tx.signals.put(name, churn.fold((), {"nps_score": 2}, NOW).opened)
        await tx.opportunities.put([_opportunity(name, NOW)])
        await tx.alerts.add(name, [alert, alert])
        await tx.engagements.add(engaged)
        await tx.evaluations.put(known.model_copy(update={"score": 1}))
        await tx.evaluations.put(known)
    async with store.begin() as tx:
        assert await tx.alerts.of(name) == [alert]
        assert await tx.engagements.latest(name) == engaged
        assert await tx.engagements.history(name, since=NOW + DAY) == []
        assert await tx.evaluations.get(name) == known
        assert await tx.evaluations.get(name, backfill=True) is None
        await tx.connection.execute(delete(customer).where(customer.c.id == name))
        for table in (
            "health_score",
            "churn_signal",
            "expansion_opportunity",
            "alert",
            "engagement_score",
            "evaluation",
        ):
            count = select(func.count()).select_from(METADATA.tables[table])
            assert (await tx.connection.execute(count)).scalar_one() == 0, table
