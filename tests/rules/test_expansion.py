"""Expansion signals and proposals: edges, values, timing and suppression of sections 8.1 and 8.2."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from models.enums import LifecycleStage, Plan
from models.errors import BadInput
from models.expansion import EXPANSION_SIGNALS, Account, ExpansionConfig, ExpansionType, Found, Opportunity
from rules import churn, expansion
from tests.rules.making import BOUNDED

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ACCOUNT = Account(customer="C-1", plan="growth", mrr=Decimal("400"), seats=10, currency="EUR")
Facts = dict[str, JsonValue]
LIMIT: Facts = {"usage_vs_limit": 0.81}
TEAM: Facts = {"team_size_change": 0.25}
TRIES: Facts = {"blocked_feature_attempts": 4, "blocked_features": ["sso", "api", "sso"]}
CROSS: Facts = {"outcome_attainment": 1.1, "engagement_score": 81}
SOON: Facts = {"days_until_renewal": 60}


def proposed(facts: Facts, account: Account = ACCOUNT, stage: LifecycleStage = LifecycleStage.GROWING) -> Found:
    return expansion.propose(account, facts, stage=stage, churn=(), at=NOW)


def only(facts: Facts, account: Account = ACCOUNT) -> Opportunity:
    (one,) = proposed(facts, account).opportunities
    return one


EDGES = [
    ("usage_vs_limit", 0.8, None),
    ("usage_vs_limit", 0.81, "approaching_limit"),
    ("blocked_feature_attempts", 3, None),
    ("blocked_feature_attempts", 4, "feature_attempts"),
    ("team_size_change", 0.2, None),
    ("team_size_change", 0.21, "team_growth"),
    ("outcome_attainment", 1.0, None),
    ("outcome_attainment", 1.01, "success_metrics"),
    ("engagement_score", 80, None),
    ("engagement_score", 81, "high_engagement"),
    ("nps_score", 8, None),
    ("nps_score", 9, "nps_promoter"),
    ("days_until_renewal", 61, None),
    ("days_until_renewal", 60, "renewal_approaching"),
    ("usage_vs_limit", None, None),
    ("nps_score", True, None),
]


@pytest.mark.parametrize(("metric", "value", "signal"), EDGES)
def test_each_edge_is_as_written_g5(metric: str, value: JsonValue, signal: str | None) -> None:
    assert [rule.type.value for rule in expansion.fired({metric: value})] == ([signal] if signal else [])


def test_x1_success_is_attainment_above_one() -> None:
    (rule,) = expansion.fired({"outcome_attainment": 1.001})
    assert (rule.metric, rule.threshold) == ("outcome_attainment", 1.0)


def test_weights_sum_to_what_the_domain_says() -> None:
    assert sum(rule.weight for rule in EXPANSION_SIGNALS) == Decimal("4.6")


CHANCES: list[tuple[Facts, str]] = [
    (LIMIT, "0.20"),
    ({**LIMIT, **TEAM}, "0.35"),
    ({**TRIES}, "0.17"),
    ({**LIMIT, **TRIES, **TEAM, **CROSS, **SOON, "nps_score": 9}, "1.00"),
]


@pytest.mark.parametrize(("facts", "chance"), CHANCES)
def test_x5_probability_is_the_share_of_weights_for_every_opportunity(facts: Facts, chance: str) -> None:
    found = proposed(facts).opportunities
    assert {str(one.probability) for one in found} == {chance}


@pytest.mark.parametrize(
    ("plan", "above"), [("starter", Plan.GROWTH), ("growth", Plan.PRO), ("pro", Plan.ENTERPRISE), ("enterprise", None)]
)
def test_x2_the_next_plan_of_the_ladder(plan: str, above: Plan | None) -> None:
    assert expansion.next_plan(plan) is above


@pytest.mark.parametrize("plan", [None, "", "gold", "Growth"])
def test_x2_an_unknown_plan_is_an_error_and_never_starter(plan: str | None) -> None:
    with pytest.raises(BadInput):
        expansion.next_plan(plan)
    found = proposed({**LIMIT, **TEAM}, ACCOUNT.model_copy(update={"plan": plan}))
    assert [one.type for one in found.opportunities] == [ExpansionType.ADD_SEATS]
    assert len(found.errors) == 1


def test_x2_the_top_of_the_ladder_gets_no_upgrade_and_no_error() -> None:
    found = proposed(LIMIT, ACCOUNT.model_copy(update={"plan": "enterprise"}))
    assert (found.opportunities, found.errors) == ((), ())


def test_an_upgrade_is_worth_half_of_the_monthly_revenue() -> None:
    one = only(LIMIT)
    assert (one.type, one.product, one.estimated_value) == (ExpansionType.UPSELL, "pro", Decimal("200.00"))
    assert only(LIMIT, ACCOUNT.model_copy(update={"mrr": None})).estimated_value is None
    assert only(LIMIT, ACCOUNT.model_copy(update={"mrr": Decimal("0.01")})).estimated_value == Decimal("0.01")


SEATS: list[tuple[int | None, float | None, str | None, str | None]] = [
    (10, 0.25, "400", "120.00"),
    (10, 0.3, "400", "120.00"),
    (7, 5 / 7, "700", "500.00"),
    (3, 2 / 3, "300", "200.00"),
    (49, 0.21, "490", "110.00"),
    (1, 0.5, "9.99", "9.99"),
    (0, 0.5, "400", None),
    (None, 0.5, "400", None),
    (10, 0.5, None, None),
    (10, None, "400", None),
]


@pytest.mark.parametrize(("seats", "growth", "mrr", "value"), SEATS)
def test_x3_x11_seats_are_counted_in_decimals(
    seats: int | None, growth: float | None, mrr: str | None, value: str | None
) -> None:
    found = expansion.seats_value(seats, growth, None if mrr is None else Decimal(mrr))
    assert found == (None if value is None else Decimal(value))


@given(seats=st.integers(1, 5000), added=st.integers(1, 5000))
@BOUNDED
def test_x11_growth_back_through_a_fraction_adds_no_seat(seats: int, added: int) -> None:
    assert expansion.seats_value(seats, added / seats, Decimal(seats)) == Decimal(added)


@pytest.mark.parametrize(
    ("blocked", "value"),
    [(["sso", "api", "sso"], Decimal("100.00")), ([], None), (None, None), ("sso", None), ([1, None], None)],
)
def test_x4_blocked_features_are_priced_one_by_one(blocked: JsonValue, value: Decimal | None) -> None:
    one = only({"blocked_feature_attempts": 4, "blocked_features": blocked})
    assert (one.type, one.product) == (ExpansionType.ADD_FEATURES, "Feature add-on")
    assert one.estimated_value == value


def test_x4_the_price_of_a_feature_is_configured() -> None:
    assert expansion.features_value(["sso"], ExpansionConfig(feature_price=Decimal("19.90"))) == Decimal("19.90")


def test_x6_two_signals_of_success_alone_give_a_cross_sell() -> None:
    one = only(CROSS)
    assert (one.type, one.product, one.estimated_value) == (ExpansionType.CROSS_SELL, None, None)
    assert [kind.type for kind in proposed({**CROSS, **LIMIT}).opportunities] == [ExpansionType.UPSELL]
    top = ACCOUNT.model_copy(update={"plan": "enterprise"})
    assert only({**CROSS, **LIMIT}, top).type is ExpansionType.CROSS_SELL


@pytest.mark.parametrize("missing", ["outcome_attainment", "engagement_score"])
def test_x6_either_alone_gives_nothing(missing: str) -> None:
    found = proposed({**CROSS, missing: None, "nps_score": 10, **SOON})
    assert found.opportunities == ()
    assert found.fired


TIMES: list[tuple[Facts, str, str]] = [
    ({}, "now", "now"),
    ({"health_score": 60}, "now", "now"),
    ({"health_score": 59}, "next_quarter", "next_quarter"),
    ({"health_score": 59, "health_provisional": True}, "now", "now"),
    ({**SOON}, "at_renewal", "now"),
    ({**SOON, "health_score": 59}, "at_renewal", "next_quarter"),
]


@pytest.mark.parametrize(("more", "upgrade", "seats"), TIMES)
def test_x6_timing(more: Facts, upgrade: str, seats: str) -> None:
    found = {one.type: one.timing for one in proposed({**LIMIT, **TEAM, **TRIES, **more}).opportunities}
    assert found == {
        ExpansionType.UPSELL: upgrade,
        ExpansionType.ADD_SEATS: seats,
        ExpansionType.ADD_FEATURES: upgrade,
    }


@pytest.mark.parametrize("stage", list(LifecycleStage))
def test_x8_nothing_is_offered_at_risk_or_after_the_end(stage: LifecycleStage) -> None:
    found = proposed(LIMIT, stage=stage)
    barred = stage in (LifecycleStage.AT_RISK, LifecycleStage.CHURNED)
    assert bool(found.opportunities) is not barred
    assert bool(found.suppressed) is barred


def test_x8_nothing_is_offered_while_a_high_churn_signal_is_open() -> None:
    def with_signals(facts: Facts) -> Found:
        signals = churn.detect(facts, NOW)
        return expansion.propose(ACCOUNT, LIMIT, stage=LifecycleStage.GROWING, churn=signals, at=NOW)

    assert with_signals({"nps_score": 6}).opportunities == ()
    assert with_signals({"nps_score": 6}).suppressed
    assert with_signals({"open_tickets": 3}).opportunities


def test_x9_two_currencies_are_never_added() -> None:
    found = proposed({**LIMIT, **TEAM}, ACCOUNT.model_copy(update={"currency": "USD"}))
    assert [one.estimated_value for one in found.opportunities] == [None, None]
    assert "USD" in found.errors[0]


def test_no_signal_is_no_opportunity() -> None:
    assert proposed({}) == Found((), ())


def test_an_opportunity_tells_every_fired_signal() -> None:
    one = only({**LIMIT, "nps_score": 10})
    assert one.signals == ("uses more than 80% of a plan limit", "is a promoter")


@pytest.mark.parametrize(
    "changed",
    [
        {"signals": EXPANSION_SIGNALS[1:]},
        {"ladder": (Plan.STARTER, Plan.PRO)},
        {"currency": "euro"},
        {"cool_down": 0},
    ],
)
def test_a_configuration_that_is_not_whole_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ExpansionConfig.model_validate(changed)


some: st.SearchStrategy[Facts] = st.fixed_dictionaries(
    {},
    optional={
        "usage_vs_limit": st.none() | st.floats(0, 2),
        "blocked_feature_attempts": st.none() | st.integers(0, 9),
        "blocked_features": st.none() | st.lists(st.sampled_from(["a", "b", "c"]), max_size=4),
        "team_size_change": st.none() | st.floats(-1, 3),
        "outcome_attainment": st.none() | st.floats(0, 2),
        "engagement_score": st.none() | st.integers(0, 100),
        "nps_score": st.none() | st.integers(0, 10),
        "days_until_renewal": st.none() | st.integers(-10, 400),
        "health_score": st.none() | st.integers(0, 100),
    },
)


@BOUNDED
@given(facts=some, hidden=st.sampled_from(expansion.FACTS))
def test_hiding_a_fact_never_fires_a_signal(facts: Facts, hidden: str) -> None:
    with_it = {rule.type for rule in expansion.fired(facts)}
    without = {rule.type for rule in expansion.fired({**facts, hidden: None})}
    assert without <= with_it


@BOUNDED
@given(facts=some)
def test_one_opportunity_of_a_type_and_no_negative_value(facts: Facts) -> None:
    found = proposed(facts).opportunities
    assert len({one.type for one in found}) == len(found)
    assert all(one.estimated_value is None or one.estimated_value >= 0 for one in found)
    assert all(0 < one.probability <= 1 for one in found)
