"""What a day's sweep makes due in the programs, told once; and a decided renewal ends its deal."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from activities import plans, programs_due
from intake import facts
from intake.facts_reading import Reading
from intake.lexicon import supplied
from models.deals import Deal, DealKind, DealStatus
from models.enums import Plan
from models.event_kinds import EventType
from models.events import Event, EventCustomer
from models.records import Customer
from models.referral import Referral, ReferralStatus
from models.success_plan import Cadence, PlanStatus, SuccessPlan
from persistence.store import SqlStore

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
async def store(plain_url: str) -> AsyncIterator[SqlStore]:
    opened = SqlStore.open(plain_url)
    async with opened.begin() as tx:
        await tx.customers.put(Customer(id="C-1", plan=Plan.PRO, renewal_date=date(2026, 6, 1)))
    yield opened
    await opened.close()


async def _told(store: SqlStore) -> list[str]:
    async with store.read() as tx:
        return [row.type for row in await tx.inbox.undelivered(before=NOW + timedelta(days=999), limit=99)]


def _plan(**fields: object) -> SuccessPlan:
    given: dict[str, object] = {
        "customer": "C-1", "created_at": NOW, "updated_at": NOW, "status": PlanStatus.ACTIVE,
        "review_cadence": Cadence.BIWEEKLY, "next_review": TODAY,
    }  # fmt: skip
    return SuccessPlan.model_validate(given | fields)


async def test_a_plan_is_told_once_for_each_day_its_review_is_due(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.plans.put(_plan(next_review=TODAY + timedelta(days=1)))
        await programs_due.tell(tx, TODAY, NOW)
    assert await _told(store) == []
    for day in (1, 2, 3):
        async with store.begin() as tx:
            await programs_due.tell(tx, TODAY + timedelta(days=day), NOW + timedelta(days=day))
    assert await _told(store) == ["plan_review_due"]
    async with store.begin() as tx:
        held = NOW + timedelta(days=3)
        reviewed = await plans.review(tx, "C-1", "marta", "on track", held.date(), held)
        assert reviewed.next_review == TODAY + timedelta(days=15)
        await programs_due.tell(tx, TODAY + timedelta(days=14), NOW + timedelta(days=14))
    assert await _told(store) == ["plan_review_due"]
    async with store.begin() as tx:
        await programs_due.tell(tx, TODAY + timedelta(days=15), NOW + timedelta(days=15))
    assert await _told(store) == ["plan_review_due", "plan_review_due"]


async def test_a_draft_is_not_reviewed(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.plans.put(_plan(status=PlanStatus.DRAFT))
        await programs_due.tell(tx, TODAY, NOW)
    assert await _told(store) == []


async def test_a_referral_is_over_after_180_days(store: SqlStore) -> None:
    made = Referral(id="r-1", code="0123456789", referrer="C-1", referred_email="e@x.example", created_at=NOW)
    async with store.begin() as tx:
        await tx.referrals.put(made)
        await programs_due.tell(tx, TODAY, NOW + timedelta(days=179))
        assert (await tx.referrals.get("r-1")) == made
        await programs_due.tell(tx, TODAY, NOW + timedelta(days=180))
        closed = await tx.referrals.get("r-1")
    assert closed is not None
    assert closed.status is ReferralStatus.EXPIRED


@pytest.mark.parametrize(("decision", "status"), [("renewed", DealStatus.COMPLETED), ("declined", DealStatus.DECLINED)])
async def test_a_decided_renewal_ends_the_deal_of_its_term(store: SqlStore, decision: str, status: DealStatus) -> None:
    deal = Deal(
        key="d", customer="C-1", kind=DealKind.RENEWAL, subject="2026-06-01", workflow_id="renewal:C-1:2026-06-01",
        opened_at=NOW, updated_at=NOW,
    )  # fmt: skip
    event = Event(
        event_id="e-1",
        type=EventType.RENEWAL_DECIDED,
        occurred_at=NOW,
        customer=EventCustomer(id="C-1"),
        data={"decision": decision},
    )
    async with store.begin() as tx:
        await tx.deals.open(deal)
        await facts.store(tx, event, "k-1", Reading(supplied(), NOW, "EUR"))
        found = await tx.deals.get("C-1", DealKind.RENEWAL, "2026-06-01")
    assert found is not None
    assert found.status is status
