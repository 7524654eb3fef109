"""How an account stands as of a day: only what one could know then, by the rules the mapping states."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.csv.derive import Standing, add_months, standing
from intake.csv.mapping import Mapping, Overlaps, ServiceEnds
from intake.csv.mapping_file import load_mapping
from intake.csv.portfolio import AsOf, as_of
from models.book import BillingFrequency, BookAccount, BookChurn, BookSubscription
from models.enums import Plan, SubscriptionStatus
from models.errors import BadInput

OURS = load_mapping(Path(__file__).parents[2] / "mappings" / "ravenstack.yaml")
BY_CHURN = OURS.model_copy(update={"service_ends_by": ServiceEnds.CHURN_EVENTS})
LATEST = OURS.model_copy(update={"overlaps": Overlaps.LATEST_START})
ACCOUNT = BookAccount(id="A-1", signup_date=date(2024, 1, 1), plan=Plan.GROWTH, seats=7)
DAY = date(2024, 12, 31)
ACTIVE, CANCELLED, TRIALING = SubscriptionStatus.ACTIVE, SubscriptionStatus.CANCELLED, SubscriptionStatus.TRIALING


def paid(
    started: str,
    ended: str | None = None,
    *,
    name: str = "",
    mrr: str | None = "10",
    plan: Plan = Plan.PRO,
    billing: BillingFrequency | None = BillingFrequency.MONTHLY,
    auto_renew: bool | None = True,
    trial: bool = False,
) -> BookSubscription:
    return BookSubscription(
        id=name or f"S-{started}-{ended}",
        customer="A-1",
        started=date.fromisoformat(started),
        ended=None if ended is None else date.fromisoformat(ended),
        plan=plan,
        seats=2,
        mrr=None if mrr is None else Decimal(mrr),
        is_trial=trial,
        billing=billing,
        auto_renew=auto_renew,
    )


def trial(started: str, ended: str | None = None) -> BookSubscription:
    return paid(started, ended, mrr="0", trial=True)


def churn(day: str, *, back: bool = False) -> BookChurn:
    return BookChurn(id=f"C-{day}-{back}", customer="A-1", day=date.fromisoformat(day), reactivation=back)


def stands(
    *rows: BookSubscription, events: tuple[BookChurn, ...] = (), day: date = DAY, mapping: Mapping = OURS
) -> Standing:
    return standing(ACCOUNT, rows, events, as_of=day, mapping=mapping)


@pytest.mark.parametrize(
    ("rows", "status", "since", "cycle"),
    [
        ([paid("2024-03-01")], ACTIVE, "2024-03-01", 1),
        ([paid("2024-03-01", "2024-12-31")], CANCELLED, None, 1),
        ([paid("2024-03-01", "2025-01-01")], ACTIVE, "2024-03-01", 1),
        ([paid("2024-03-01", "2024-06-01"), paid("2024-05-01")], ACTIVE, "2024-03-01", 1),
        ([paid("2024-03-01", "2024-06-01"), paid("2024-06-02")], ACTIVE, "2024-03-01", 1),
        ([paid("2024-03-01", "2024-06-01"), paid("2024-06-03")], ACTIVE, "2024-06-03", 2),
        ([paid("2024-01-01"), paid("2024-02-01", "2024-03-01")], ACTIVE, "2024-01-01", 1),
        ([paid("2025-01-01")], None, None, 0),
        ([], None, None, 0),
        ([trial("2024-12-20")], TRIALING, None, 0),
        ([trial("2024-12-20"), paid("2024-12-25")], ACTIVE, "2024-12-25", 1),
        ([trial("2024-12-20", "2024-12-25")], CANCELLED, None, 0),
        ([trial("2024-03-01"), paid("2024-03-10", "2024-06-01")], CANCELLED, None, 1),
        ([paid("2024-03-10", "2024-06-01"), trial("2024-12-20")], TRIALING, None, 1),
    ],
)
def test_status_span_and_cycle(
    rows: list[BookSubscription], status: SubscriptionStatus | None, since: str | None, cycle: int
) -> None:
    now = stands(*rows)
    assert (now.status, now.cycle) == (status, cycle)
    expected = None if since is None else datetime.combine(date.fromisoformat(since), datetime.min.time(), tzinfo=UTC)
    assert now.subscribed_at == expected


def test_a_trial_ends_as_many_days_after_its_start_as_the_mapping_says() -> None:
    assert stands(trial("2024-12-20")).trial_ends_at == datetime(2025, 1, 3, tzinfo=UTC)


def test_overlapping_subscriptions_add_up_or_the_latest_counts_as_the_mapping_says() -> None:
    rows = (
        paid("2024-01-01", mrr="100", plan=Plan.ENTERPRISE, billing=BillingFrequency.ANNUAL),
        paid("2024-06-01", mrr="10.50", plan=Plan.STARTER),
        paid("2024-02-01", "2024-03-01", mrr="1000"),
    )
    both, latest = stands(*rows), stands(*rows, mapping=LATEST)
    assert (both.mrr, both.seats, both.plan, both.contract_length_months) == (Decimal("110.50"), 4, Plan.STARTER, 1)
    assert (latest.mrr, latest.seats, latest.plan) == (Decimal("10.50"), 2, Plan.STARTER)


def test_a_sum_with_an_unknown_part_is_unknown() -> None:
    assert stands(paid("2024-01-01"), paid("2024-02-01", mrr=None)).mrr is None


def test_what_ended_pays_nothing_and_what_never_began_is_unknown() -> None:
    assert stands(paid("2024-01-01", "2024-02-01")).mrr == 0
    assert stands().mrr is None


def test_undated_plan_and_seats_of_the_account_serve_only_without_subscriptions() -> None:
    assert (stands().plan, stands().seats) == (Plan.GROWTH, 7)
    assert stands(day=date(2023, 12, 31)) == Standing()
    assert stands(paid("2024-01-01")).plan is Plan.PRO


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (paid("2024-03-31"), "2025-01-31"),
        (paid("2024-11-30", billing=BillingFrequency.MONTHLY), "2025-01-30"),
        (paid("2023-12-31", billing=BillingFrequency.ANNUAL), "2025-12-31"),
        (paid("2024-02-29", billing=BillingFrequency.ANNUAL), "2025-02-28"),
        (paid("2024-03-01", billing=BillingFrequency.ANNUAL, auto_renew=False), "2025-03-01"),
        (paid("2024-03-01", auto_renew=False), None),
        (paid("2024-03-01", auto_renew=None), None),
        (paid("2024-03-01", billing=None), None),
    ],
)
def test_the_renewal_is_the_end_of_the_current_term(row: BookSubscription, expected: str | None) -> None:
    assert stands(row).renewal_date == (None if expected is None else date.fromisoformat(expected))


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [("2024-01-31", 1, "2024-02-29"), ("2024-12-15", 1, "2025-01-15"), ("2024-01-31", 12, "2025-01-31")],
)
def test_months_are_added_by_the_calendar(start: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(expected)


def test_a_churn_event_against_a_running_subscription_is_disputed_not_obeyed() -> None:
    now = stands(paid("2024-01-01"), events=(churn("2024-06-01"),))
    assert (now.status, now.disputed) == (ACTIVE, True)
    assert not stands(paid("2024-01-01"), events=(churn("2024-06-01"), churn("2024-07-01", back=True))).disputed


@pytest.mark.parametrize(
    ("events", "status", "since", "cycle"),
    [
        ((churn("2024-06-01"),), CANCELLED, None, 1),
        ((churn("2024-06-01"), churn("2024-07-01", back=True)), ACTIVE, "2024-07-01", 2),
        ((churn("2024-06-01"), churn("2024-06-01", back=True)), ACTIVE, "2024-01-01", 1),
        ((churn("2023-06-01"),), ACTIVE, "2024-01-01", 1),
        ((churn("2025-01-01"),), ACTIVE, "2024-01-01", 1),
    ],
)
def test_churn_events_end_the_service_where_the_mapping_says_so(
    events: tuple[BookChurn, ...], status: SubscriptionStatus, since: str | None, cycle: int
) -> None:
    now = stands(paid("2024-01-01"), events=events, mapping=BY_CHURN)
    assert (now.status, now.cycle) == (status, cycle)
    assert (now.subscribed_at and now.subscribed_at.date().isoformat()) == since


DAYS = st.integers(0, 800).map(lambda n: date(2023, 1, 1) + timedelta(days=n))


@st.composite
def subscriptions(draw: st.DrawFn) -> BookSubscription:
    started = draw(DAYS)
    length = draw(st.none() | st.integers(0, 500))
    return BookSubscription(
        id=draw(st.uuids()).hex,
        customer="A-1",
        started=started,
        ended=None if length is None else started + timedelta(days=length),
        plan=draw(st.sampled_from(Plan)),
        seats=draw(st.none() | st.integers(0, 9)),
        mrr=draw(st.none() | st.integers(0, 9).map(Decimal)),
        is_trial=draw(st.booleans()),
        billing=draw(st.none() | st.sampled_from(BillingFrequency)),
        auto_renew=draw(st.none() | st.booleans()),
    )


@st.composite
def churns(draw: st.DrawFn) -> BookChurn:
    return BookChurn(id=draw(st.uuids()).hex, customer="A-1", day=draw(DAYS), reactivation=draw(st.booleans()))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(subscriptions(), max_size=6),
    st.lists(churns(), max_size=4),
    DAYS,
    st.sampled_from([OURS, BY_CHURN, LATEST]),
)
def test_nothing_later_than_the_day_is_looked_at(
    rows: list[BookSubscription], events: list[BookChurn], day: date, mapping: Mapping
) -> None:
    then_rows = [
        row.model_copy(update={"ended": None if row.ended is None or row.ended > day else row.ended})
        for row in rows
        if row.started <= day
    ]
    then_events = [event for event in events if event.day <= day]
    then = standing(ACCOUNT, then_rows, then_events, as_of=day, mapping=mapping)
    assert standing(ACCOUNT, rows, events, as_of=day, mapping=mapping) == then
    assert standing(ACCOUNT, rows[::-1], events[::-1], as_of=day, mapping=mapping) == then


NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


def test_an_import_is_as_of_the_end_of_its_day_in_the_business_zone() -> None:
    end = datetime(2024, 12, 31, 22, 59, 59, 999999, tzinfo=UTC)
    assert as_of(DAY, now=NOW, zone="Europe/Madrid") == AsOf(DAY, end)


def test_an_import_as_of_today_looks_no_further_than_now() -> None:
    assert as_of(None, now=NOW, zone="Europe/Madrid") == AsOf(date(2025, 3, 1), NOW)


def test_a_day_yet_to_come_is_refused() -> None:
    with pytest.raises(BadInput, match="--as-of = '2025-03-02': is later than today, 2025-03-01"):
        as_of(date(2025, 3, 2), now=NOW, zone="Europe/Madrid")
