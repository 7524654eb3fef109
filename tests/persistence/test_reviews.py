"""Reviews are kept once a quarter, approved as they are, and made from what was measured."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from activities.review_maker import ReviewMaker
from analysis.review import agenda
from models.agreed_input import AgreedInput, AgreedInputName
from models.errors import NotFound, Refused
from models.exception_list import Quarter
from models.nps_figures import Period
from models.qbr import QbrStatus
from models.records import Customer
from persistence.store import SqlStore
from persistence.tables.measures import conversation_day
from persistence.tables.reviews import lead_day
from settings import Settings
from worker import house

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 7, 2, 9, tzinfo=UTC)
Q2 = Quarter(2026, 2)


@pytest.fixture
async def told(store: SqlStore) -> SqlStore:
    """A customer with rows at the edges of a quarter."""
    async with store.begin() as tx:
        await tx.customers.put(Customer(id="C-1", name="Sol", subscribed_at=datetime(2026, 1, 15, tzinfo=UTC)))
        run = tx.connection.execute
        for day, handled in ((date(2026, 3, 31), 1), (date(2026, 4, 1), 10), (date(2026, 6, 30), 20)):
            await run(
                conversation_day.insert().values(customer="C-1", day=day, handled=handled, automated=handled // 2)
            )
        await run(conversation_day.insert().values(customer="C-1", day=date(2026, 7, 1), handled=500))
        await run(lead_day.insert().values(customer="C-1", day=date(2026, 5, 1), captured=4))
    return store


async def test_days_at_the_edges_belong_to_the_quarter_of_the_business_calendar(told: SqlStore) -> None:
    period = Period(start=datetime(2026, 4, 1, tzinfo=MADRID), end=datetime(2026, 7, 1, tzinfo=MADRID))
    async with told.read() as tx:
        found = await tx.periods.read("C-1", period)
    assert (found.conversations, found.automated, found.automated_of) == (30, 15, 30)
    assert found.leads == 4
    assert found.tickets_opened is None, "nobody told of tickets: unknown, not none"
    assert found.plan_features is None


async def test_a_review_is_drafted_again_until_it_is_approved(told: SqlStore, maker: ReviewMaker) -> None:
    first = await maker.draft("C-1", Q2, meeting=date(2026, 7, 8), now=NOW)
    second = await maker.draft("C-1", Q2, meeting=date(2026, 7, 9), now=NOW)
    assert second.id == first.id
    assert second.agenda.date == date(2026, 7, 9)
    async with told.begin() as tx:
        with pytest.raises(Refused, match="approved first"):
            await tx.reviews.held(first.id, on=date(2026, 7, 9), notes="")
        done = await tx.reviews.approve(first.id, by="Eva", at=NOW)
        again = await tx.reviews.approve(first.id, by="Otto", at=NOW)
    assert (done.status, again.approved_by) == (QbrStatus.APPROVED, "Eva")
    with pytest.raises(Refused, match="already approved by Eva"):
        await maker.draft("C-1", Q2, meeting=date(2026, 7, 10), now=NOW)
    async with told.begin() as tx:
        held = await tx.reviews.held(first.id, on=date(2026, 7, 9), notes="more seats")
    assert (held.status, held.held_on, held.notes) == (QbrStatus.HELD, date(2026, 7, 9), "more seats")
    assert held.agenda == done.agenda


async def test_a_quarter_that_is_not_over_is_refused(told: SqlStore, maker: ReviewMaker) -> None:
    with pytest.raises(Refused, match="not over yet"):
        await maker.draft("C-1", Quarter(2026, 3), meeting=date(2026, 7, 8), now=NOW)
    with pytest.raises(NotFound):
        await maker.draft("C-2", Q2, meeting=date(2026, 7, 8), now=NOW)


async def test_a_return_is_worked_out_from_agreed_numbers_only(told: SqlStore, maker: ReviewMaker) -> None:
    bare = await maker.draft("C-1", Q2, meeting=date(2026, 7, 8), now=NOW)
    roi = bare.agenda.sections.value_delivered.roi
    assert roi.time_saved.value is None
    assert "minutes per conversation" in roi.time_saved.reason
    async with told.begin() as tx:
        for name, value in (("minutes_per_conversation", "6"), ("hourly_cost", "20"), ("lead_conversion", "0.25"),
                            ("lead_value", "300")):  # fmt: skip
            await tx.reviews.agree(
                AgreedInput(
                    customer="C-1", name=AgreedInputName(name), value=Decimal(value), source="kickoff", by="Eva", at=NOW
                )
            )
    roi = (await maker.draft("C-1", Q2, meeting=date(2026, 7, 8), now=NOW)).agenda.sections.value_delivered.roi
    assert (roi.time_saved.value, roi.cost_saved.value, roi.revenue_impact.value) == (1.5, 30, 300)


async def test_everything_of_an_erased_customer_goes(told: SqlStore, maker: ReviewMaker) -> None:
    made = await maker.draft("C-1", Q2, meeting=date(2026, 7, 8), now=NOW)
    async with told.begin() as tx:
        await tx.connection.exec_driver_sql("DELETE FROM customer")
    async with told.read() as tx:
        assert await tx.reviews.of("C-1") == []
        with pytest.raises(NotFound):
            await tx.reviews.get(made.id)


@pytest.fixture
def maker(store: SqlStore) -> ReviewMaker:
    """With the house's own settings."""
    return ReviewMaker(store, house(Settings()), agenda)
