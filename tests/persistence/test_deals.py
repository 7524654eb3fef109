"""Deals and drafts: one for each customer, kind and subject, whoever asks first."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from models.deals import Deal, DealKind, DealStatus, Draft, DraftKind
from models.records import Customer
from persistence.store import SqlStore

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _deal(key: str, **changed: object) -> Deal:
    given: dict[str, object] = {
        "key": key, "customer": "C-1", "kind": DealKind.RENEWAL, "subject": "2026-06-01", "workflow_id": "renewal:C-1",
        "amount": Decimal("149.00"), "currency": "EUR", "opened_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    return Deal.model_validate(given | changed)


def _draft(key: str, **changed: object) -> Draft:
    given: dict[str, object] = {
        "key": key, "customer": "C-1", "kind": DraftKind.PROPOSAL, "subject": "upsell", "content": {"options": ["Pro"]},
        "workflow_id": "sequence:C-1:x:1", "at": NOW,
    }  # fmt: skip
    return Draft.model_validate(given | changed)


async def test_a_deal_is_opened_once_and_settled_once(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.customers.put(Customer(id="C-1"))
        assert await tx.deals.open(_deal("a"))
        assert await tx.deals.open(_deal("a"))
        assert not await tx.deals.open(_deal("b"))
        assert await tx.deals.open(_deal("c", subject="2027-06-01", opened_at=NOW + timedelta(days=365)))
        await tx.deals.classed("C-1", DealKind.RENEWAL, "2026-06-01", "red", NOW)
    async with store.begin() as tx:
        later = NOW + timedelta(days=3)
        assert await tx.deals.settle("C-1", DealKind.RENEWAL, "2026-06-01", DealStatus.COMPLETED, later)
        assert not await tx.deals.settle("C-1", DealKind.RENEWAL, "2026-06-01", DealStatus.DECLINED, later)
        await tx.deals.classed("C-1", DealKind.RENEWAL, "2026-06-01", "green", later)
        assert not await tx.deals.settle("C-1", DealKind.EXPANSION, "2026-06-01", DealStatus.WON, later)
    async with store.read() as tx:
        first, second = await tx.deals.of("C-1")
        assert (first.key, first.status, first.likelihood) == ("a", DealStatus.COMPLETED, "red")
        assert (first.amount, first.updated_at) == (Decimal("149.00"), later)
        assert (second.key, second.status) == ("c", DealStatus.PENDING)
        assert await tx.deals.get("C-1", DealKind.EXPANSION, "2026-06-01") is None


async def test_two_plays_that_draft_the_same_make_one_draft(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.customers.put(Customer(id="C-1"))
        assert await tx.drafts.add(_draft("a"))
        assert await tx.drafts.add(_draft("a"))
        assert not await tx.drafts.add(_draft("b"))
        assert await tx.drafts.add(_draft("d", kind=DraftKind.QBR, subject="2026-Q1"))
    async with store.read() as tx:
        assert [one.key for one in await tx.drafts.of("C-1")] == ["a", "d"]
        found = await tx.drafts.get("C-1", DraftKind.PROPOSAL, "upsell")
        assert found is not None
        assert found.content == {"options": ["Pro"]}
