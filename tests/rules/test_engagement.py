"""Engagement: the score of section 6.2, changes, trend and a manager's portfolio."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from models.engagement import (
    TERMS,
    Engagement,
    EngagementConfig,
    EngagementLevel,
    EngagementMetrics,
    EngagementTerm,
    Period,
    VsLastPeriod,
)
from models.facts import CATALOGUE
from rules import engagement
from tests.rules.making import BOUNDED

T = EngagementTerm
NOW = datetime(2026, 3, 2, tzinfo=UTC)
FULL = {T.LOGINS: 30, T.ACTIVE_USERS: 5, T.FEATURES_USED: 10, T.ACTIONS_PERFORMED: 100}
EXAMPLE = EngagementMetrics(
    customer="C-1",
    period=engagement.trailing(NOW),
    logins=15,
    active_users=5,
    features_used=("a", "b", "c", "d", "e"),
    actions_performed=100,
    automation_rate=0.6,
    customer_satisfaction=4.5,
)


def scored(**known: float | None) -> Engagement:
    return engagement.score("C-1", {T(name): value for name, value in known.items()})


def test_the_example_of_the_domain() -> None:
    found = engagement.score("C-1", engagement.terms(EXAMPLE))
    assert (found.score, found.level) == (75, EngagementLevel.HIGH)
    assert found.coverage == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("points", "level"), [(100, "high"), (70, "high"), (69, "medium"), (40, "medium"), (39, "low"), (0, "low")]
)
def test_levels_at_their_edges(points: int, level: str) -> None:
    assert engagement.level(points) == level


def test_e1_no_term_gives_more_than_its_full_mark() -> None:
    values = {**{term: 1000.0 * full for term, full in FULL.items()}, T.AUTOMATION_RATE: 60, T.CUSTOMER_SATISFACTION: 9}
    assert engagement.score("C-1", values).score == 100
    assert scored(automation_rate=60).score == 100


@pytest.mark.parametrize("wrong", [{"automation_rate": 60}, {"customer_satisfaction": 0}, {"logins": -1}])
def test_e1_a_percent_a_zero_csat_and_a_negative_count_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        EngagementMetrics.model_validate({**EXAMPLE.model_dump(), **wrong})


def test_e2_the_window_is_thirty_days_wherever_the_month_stands() -> None:
    assert engagement.trailing(NOW) == Period(start=NOW - timedelta(days=30), end=NOW)


def test_e3_the_period_before_is_as_long_and_ends_where_this_one_starts() -> None:
    period = engagement.trailing(NOW)
    assert engagement.before(period) == Period(start=NOW - timedelta(days=60), end=period.start)
    with pytest.raises(ValidationError):
        Period(start=NOW, end=NOW)


@pytest.mark.parametrize(
    ("now", "earlier", "percent"),
    [
        (15, 10, 50),
        (10, 15, -33),
        (0, 10, -100),
        (10, 10, 0),
        (10, 0, None),
        (0, 0, None),
        (10, None, None),
        (None, 10, None),
        (10.05, 10, 1),
        (9.95, 10, 0),
        (9.85, 10, -1),
    ],
)
def test_e4_a_change_from_nothing_is_unknown_not_zero(
    now: float | None, earlier: float | None, percent: int | None
) -> None:
    assert engagement.change(now, earlier) == percent


def test_e4_the_three_changes() -> None:
    earlier = EXAMPLE.model_copy(update={"logins": 10, "actions_performed": 200, "customer_satisfaction": None})
    assert engagement.versus(EXAMPLE, earlier) == VsLastPeriod(logins_change=50, usage_change=-50)
    assert engagement.versus(EXAMPLE, None) == VsLastPeriod()


def test_e8_a_missing_term_gives_its_weight_to_the_others() -> None:
    assert scored(logins=15).score == 50
    assert scored(logins=30, active_users=0).score == 50
    found = scored(logins=30, active_users=5, features_used=10, actions_performed=100)
    assert found.score == 100
    assert found.coverage == pytest.approx(0.7)
    assert scored(logins=15, automation_rate=None, customer_satisfaction=float("nan")).score == 50


def test_nothing_known_is_no_score_and_zero_is_one() -> None:
    assert scored() == Engagement(customer="C-1", score=None, level=None, coverage=0)
    assert scored(logins=0).score == 0


def test_a_half_is_rounded_up_though_the_weights_are_binary() -> None:
    # 30 x 0.15 + 50 x 0.2 = 14.5, over 0.35 known: 41.43; 50 x 0.15 + 0 over 1: 7.5.
    assert scored(logins=9, features_used=5).score == 41
    assert engagement.score("C-1", {**dict.fromkeys(T, 0.0), T.LOGINS: 15.0}).score == 8


def test_the_facts_of_the_catalogue_give_the_same_score() -> None:
    facts: dict[str, JsonValue] = {
        "logins": 15,
        "active_users": 5,
        "features_used_this_month": 5,
        "actions_performed": 100,
        "automation_rate": 0.6,
        "avg_csat_30_days": 4.5,
    }
    assert set(engagement.FACTS) == set(facts) <= set(CATALOGUE)
    assert engagement.terms_of(facts) == engagement.terms(EXAMPLE)
    assert engagement.score("C-1", engagement.terms_of({})).score is None


def test_features_are_counted_once_each() -> None:
    twice = EXAMPLE.model_copy(update={"features_used": ("a", "a", "b")})
    assert engagement.terms(twice)[T.FEATURES_USED] == 2
    assert engagement.terms(EXAMPLE.model_copy(update={"features_used": None}))[T.FEATURES_USED] is None


@pytest.mark.parametrize(
    ("now", "earlier", "trend"),
    [(56, 50, "improving"), (55, 50, "stable"), (45, 50, "stable"), (44, 50, "declining"), (6, 0, "improving")],
)
def test_c14_the_trend_has_limits_of_five_points(now: int, earlier: int, trend: str) -> None:
    assert engagement.trend(now, earlier) == trend


def test_the_trend_is_unknown_when_a_score_is() -> None:
    assert engagement.trend(None, 50) is None
    assert engagement.trend(50, None) is None


def one(customer: str, points: int | None) -> Engagement:
    level = None if points is None else engagement.level(points)
    return Engagement(customer=customer, score=points, level=level, coverage=1)


def test_e6_the_portfolio_names_the_low_ones() -> None:
    found = engagement.portfolio("csm_1", [one("C-3", 39), one("C-1", 75), one("C-2", 40), one("C-4", 0)])
    assert (found.high_engagement, found.medium_engagement, found.low_engagement) == (1, 1, 2)
    assert found.at_risk == ("C-3", "C-4")
    assert found.avg_engagement_score == 38.5


def test_e5_an_empty_portfolio_has_no_average() -> None:
    found = engagement.portfolio("csm_1", [])
    assert (found.total_customers, found.avg_engagement_score) == (0, None)


def test_e7_one_that_cannot_be_read_fails_nobody_else() -> None:
    found = engagement.portfolio("csm_1", [one("C-1", 80), one("C-2", None)], {"C-9": "usage could not be read"})
    assert (found.total_customers, found.avg_engagement_score) == (3, 80)
    assert found.unscored == ("C-2",)
    assert found.failed == {"C-9": "usage could not be read"}


@pytest.mark.parametrize(
    "changed",
    [
        {"terms": TERMS[1:]},
        {"terms": (*TERMS[1:], TERMS[0].model_copy(update={"weight": 0.2}))},
        {"high": 30},
        {"medium": -1},
    ],
)
def test_a_configuration_that_does_not_add_up_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EngagementConfig.model_validate(changed)


values = st.dictionaries(st.sampled_from(list(T)), st.none() | st.floats(0, 500), max_size=6)


@BOUNDED
@given(known=values)
def test_a_score_lies_between_nothing_and_all_and_more_of_a_term_is_never_worse(
    known: dict[EngagementTerm, float | None],
) -> None:
    found = engagement.score("C-1", known)
    assert (found.score is None) == all(value is None for value in known.values())
    if found.score is not None:
        assert 0 <= found.score <= 100
        more = {term: None if value is None else value + 1 for term, value in known.items()}
        better = engagement.score("C-1", more).score
        assert better is not None
        assert better >= found.score


@BOUNDED
@given(scores=st.lists(st.none() | st.integers(0, 100), max_size=12))
def test_every_customer_of_a_portfolio_is_counted_once(scores: list[int | None]) -> None:
    found = engagement.portfolio("csm_1", [one(f"C-{number}", points) for number, points in enumerate(scores)])
    counted = found.high_engagement + found.medium_engagement + found.low_engagement
    assert counted + len(found.unscored) == found.total_customers == len(scores)
