"""The whole of table 3.4: every edge, the order of its rows, at-risk causes and recovery."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from models.enums import LifecycleStage
from models.facts import CATALOGUE
from models.lifecycle import StageVerdict
from models.stages import LIFECYCLE_STAGES, AtRiskCause, DurationFrom, LifecycleConfig
from rules import lifecycle
from rules.stage_table import RULES
from tests.rules.making import BOUNDED

S = LifecycleStage
Facts = dict[str, JsonValue]
CONFIG = LifecycleConfig()
LIVING = [stage for stage in S if stage is not S.CHURNED]
RISK = {"nps_score": 6, "days_since_nps": 90, "nps_resolved": False}
NEAR = {"days_until_renewal": 60, "renewal_completed": False, "contract_length": 3}


def decided(stage: LifecycleStage, facts: Facts) -> tuple[str, LifecycleStage] | None:
    verdict = lifecycle.decide(stage, facts)
    return None if verdict is None else (verdict.rule, verdict.to)


EDGES: list[tuple[LifecycleStage, Facts, str | None, LifecycleStage | None]] = [
    (S.TRIAL, {"subscription_status": "active"}, "trial_converted", S.ONBOARDING),
    (S.TRIAL, {"subscription_status": "trialing", "trial_days_remaining": 1}, None, None),
    (S.TRIAL, {"subscription_status": "trialing", "trial_days_remaining": 0}, "trial_expired", S.CHURNED),
    (S.TRIAL, {"subscription_status": "past_due", "trial_days_remaining": -1}, "trial_expired", S.CHURNED),
    (S.TRIAL, {"trial_days_remaining": 0}, None, None),
    (S.CHURNED, {"subscription_status": "active"}, "win_back", S.ONBOARDING),
    (S.CHURNED, {"subscription_status": "cancelled", "health_score": 1}, None, None),
    (S.GROWING, {"health_score": 40}, None, None),
    (S.GROWING, {"health_score": 39}, "at_risk_signal", S.AT_RISK),
    (S.GROWING, {"health_score": 39, "health_provisional": True}, None, None),
    (S.GROWING, {"days_since_last_login": 14}, None, None),
    (S.GROWING, {"days_since_last_login": 15}, "at_risk_signal", S.AT_RISK),
    (S.GROWING, {"high_severity_tickets": 2}, None, None),
    (S.GROWING, {"high_severity_tickets": 3}, "at_risk_signal", S.AT_RISK),
    (S.GROWING, {**RISK}, "at_risk_signal", S.AT_RISK),
    (S.GROWING, {**RISK, "nps_score": 7}, None, None),
    (S.GROWING, {**RISK, "days_since_nps": 91}, None, None),
    (S.GROWING, {**RISK, "nps_resolved": True}, None, None),
    (S.GROWING, {"nps_score": 0}, None, None),
    (S.GROWING, {"cancellation_requested": True}, "at_risk_signal", S.AT_RISK),
    (S.GROWING, {"cancellation_requested": False}, None, None),
    (S.ONBOARDING, {"onboarding_completion": 79}, None, None),
    (S.ONBOARDING, {"onboarding_completion": 80}, "onboarding_done", S.ADOPTING),
    (S.ONBOARDING, {"days_as_customer": 30, "onboarding_completion": 49}, None, None),
    (S.ONBOARDING, {"days_as_customer": 31, "onboarding_completion": 49}, "onboarding_overdue", S.AT_RISK),
    (S.ONBOARDING, {"days_as_customer": 31, "onboarding_completion": 50}, None, None),
    (S.ONBOARDING, {"days_as_customer": 31}, None, None),
    (S.ADOPTING, {"health_score": 70, "days_as_customer": 91}, "adopted", S.GROWING),
    (S.ADOPTING, {"health_score": 69, "days_as_customer": 91}, None, None),
    (S.ADOPTING, {"health_score": 70, "days_as_customer": 90}, None, None),
    (S.ADOPTING, {"health_score": 70, "health_provisional": True, "days_as_customer": 91}, None, None),
    (S.GROWING, {**NEAR}, "renewal_window", S.RENEWING),
    (S.ADOPTING, {**NEAR}, "renewal_window", S.RENEWING),
    (S.ADVOCATING, {**NEAR}, "renewal_window", S.RENEWING),
    (S.ONBOARDING, {**NEAR}, None, None),
    (S.EXPANDING, {**NEAR}, None, None),
    (S.GROWING, {**NEAR, "days_until_renewal": 61}, None, None),
    (S.GROWING, {**NEAR, "renewal_completed": True}, None, None),
    (S.GROWING, {**NEAR, "contract_length": 2}, None, None),
    (S.GROWING, {**NEAR, "contract_length": None}, None, None),
    (S.GROWING, {"expansion_opportunity": True}, "expansion_open", S.EXPANDING),
    (S.GROWING, {"expansion_opportunity": False}, None, None),
    (S.ADOPTING, {"expansion_opportunity": True}, None, None),
    (S.GROWING, {"nps_score": 9, "health_score": 80}, "promoter_healthy", S.ADVOCATING),
    (S.GROWING, {"nps_score": 8, "health_score": 80}, None, None),
    (S.GROWING, {"nps_score": 9, "health_score": 79}, None, None),
    (S.RENEWING, {"renewal_completed": True}, "renewed", S.GROWING),
    (S.RENEWING, {"renewal_completed": False}, None, None),
    (S.EXPANDING, {"expansion_ended": True}, "expansion_ended", S.GROWING),
    (S.EXPANDING, {"expansion_ended": False}, None, None),
    (S.ADVOCATING, {"health_score": 69}, "advocacy_lapsed", S.GROWING),
    (S.ADVOCATING, {"health_score": 70}, None, None),
    (S.ADVOCATING, {"health_score": 69, "health_provisional": True}, None, None),
]


@pytest.mark.parametrize(("stage", "facts", "rule", "to"), EDGES)
def test_each_edge_is_as_written_g5(
    stage: LifecycleStage, facts: Facts, rule: str | None, to: LifecycleStage | None
) -> None:
    assert decided(stage, facts) == (None if rule is None or to is None else (rule, to))


@pytest.mark.parametrize("stage", LIVING)
def test_l2_a_cancelled_customer_is_churned_from_every_stage_even_at_risk(stage: LifecycleStage) -> None:
    facts: Facts = {"subscription_status": "cancelled", "health_score": 1, "onboarding_completion": 100}
    assert decided(stage, facts) == ("subscription_ended", S.CHURNED)


@pytest.mark.parametrize("stage", [stage for stage in LIVING if stage is not S.AT_RISK])
def test_l1_at_risk_is_entered_from_any_stage(stage: LifecycleStage) -> None:
    assert decided(stage, {"days_since_last_login": 15}) == ("at_risk_signal", S.AT_RISK)


def test_l3_the_outcome_of_a_trial_comes_before_at_risk() -> None:
    risky: Facts = {"days_since_last_login": 30}
    assert decided(S.TRIAL, {**risky, "subscription_status": "active"}) == ("trial_converted", S.ONBOARDING)
    over: Facts = {"subscription_status": "trialing", "trial_days_remaining": 0}
    assert decided(S.TRIAL, {**risky, **over}) == ("trial_expired", S.CHURNED)
    assert decided(S.AT_RISK, {**risky, **over, "at_risk_origin": "trial"}) == ("trial_expired", S.CHURNED)
    assert decided(S.AT_RISK, {**risky, **over, "at_risk_origin": "growing"}) is None
    assert decided(S.AT_RISK, {**risky, **over}) is None


def test_l4_advocating_has_ways_out() -> None:
    assert {rule.id for rule in RULES if S.ADVOCATING in rule.stages} >= {"renewal_window", "advocacy_lapsed"}


def test_l7_monthly_contracts_never_enter_renewing() -> None:
    assert decided(S.GROWING, {**NEAR, "days_until_renewal": 20, "contract_length": 1}) is None


def test_l8_a_detractor_answer_counts_ninety_days_and_until_it_is_resolved() -> None:
    at_risk: Facts = {"at_risk_causes": ["nps_detractor"], "health_score": 60, **RISK}
    assert decided(S.AT_RISK, at_risk) is None
    for cleared in ({"days_since_nps": 91}, {"nps_resolved": True}, {"nps_score": 7}):
        assert decided(S.AT_RISK, {**at_risk, **cleared}) == ("recovered", S.ONBOARDING)


def test_l11_a_request_to_cancel_is_a_cause_and_a_usage_drop_is_not() -> None:
    assert decided(S.GROWING, {"usage_change_percent": -90, "failed_payments": 3}) is None
    assert decided(S.GROWING, {"cancellation_requested": True}) == ("at_risk_signal", S.AT_RISK)


def test_l12_renewing_is_counted_from_the_renewal_date() -> None:
    from_date = {stage for stage, row in LIFECYCLE_STAGES.items() if row.counted_from is DurationFrom.RENEWAL_DATE}
    assert from_date == {S.RENEWING}
    assert set(LIFECYCLE_STAGES) == set(S)


def test_l14_rules_bind_where_the_texts_differ() -> None:
    assert decided(S.ADOPTING, {"health_score": 70, "days_as_customer": 91}) == ("adopted", S.GROWING)


def test_l16_the_reason_is_the_rule_and_the_values_that_fired_it() -> None:
    verdict = lifecycle.decide(S.GROWING, {"nps_score": 10, "health_score": 85})
    assert verdict is not None
    assert verdict.reason == "promoter_healthy (health_score=85, nps_score=10)"


def test_entry_keeps_every_cause_that_holds() -> None:
    verdict = lifecycle.decide(
        S.ONBOARDING,
        {"health_score": 10, "high_severity_tickets": 3, "days_as_customer": 40, "onboarding_completion": 10},
    )
    assert verdict is not None
    assert verdict.facts["at_risk_causes"] == [
        AtRiskCause.HEALTH,
        AtRiskCause.TICKETS,
        AtRiskCause.ONBOARDING_OVERDUE,
    ]
    assert "days_since_last_login" not in verdict.facts


RECOVERY: list[tuple[list[str], Facts, LifecycleStage | None]] = [
    (["health_below_40"], {"health_score": 60}, S.ONBOARDING),
    (["health_below_40"], {"health_score": 59}, None),
    (["health_below_40"], {}, None),
    (["health_below_40"], {"health_score": 90, "health_provisional": True}, None),
    (["no_login_over_14_days"], {"days_since_last_login": 0}, S.ONBOARDING),
    (["no_login_over_14_days"], {"days_since_last_login": 0, "health_score": 59}, None),
    (["no_login_over_14_days"], {"days_since_last_login": None, "health_score": 90}, None),
    (["no_login_over_14_days"], {"days_since_last_login": 0, "cancellation_requested": True}, None),
    (["high_severity_tickets_over_2"], {"high_severity_tickets": 2}, S.ONBOARDING),
    (["cancellation_request"], {"cancellation_requested": False}, S.ONBOARDING),
    (["cancellation_request", "health_below_40"], {"cancellation_requested": False}, None),
    (["onboarding_overdue"], {"onboarding_completion": 49, "health_score": 90}, None),
    (["onboarding_overdue"], {"onboarding_completion": 50, "health_score": 90}, S.ONBOARDING),
    (["onboarding_overdue"], {"onboarding_completion": 80, "days_as_customer": 90}, S.ADOPTING),
    (["onboarding_overdue"], {"onboarding_completion": 80, "days_as_customer": 91}, S.GROWING),
    (["onboarding_overdue"], {"onboarding_completion": 80}, S.GROWING),
    (["manual"], {"health_score": 100}, None),
    ([], {"health_score": 60, "onboarding_completion": 100, "days_as_customer": 400}, S.GROWING),
    (["something else"], {"health_score": 100}, None),
]


@pytest.mark.parametrize(("causes", "facts", "to"), RECOVERY)
def test_l6_recovery_waits_for_each_cause_and_its_target_follows_the_facts(
    causes: list[str], facts: Facts, to: LifecycleStage | None
) -> None:
    verdict = lifecycle.decide(S.AT_RISK, {"at_risk_causes": list(causes), "subscription_status": "active", **facts})
    assert (verdict.to if verdict else None) == to


def test_l6_a_trial_recovers_into_the_trial() -> None:
    facts: Facts = {"at_risk_causes": ["no_login_over_14_days"], "days_since_last_login": 1}
    trial: Facts = {"subscription_status": "trialing", "trial_days_remaining": 3, "at_risk_origin": "trial"}
    assert decided(S.AT_RISK, {**facts, **trial}) == ("recovered", S.TRIAL)


@pytest.mark.parametrize("kept", [None, "nps_detractor", ["gone"], [{}], [3]])
def test_nobody_recovers_from_causes_that_were_not_kept(kept: JsonValue) -> None:
    facts: Facts = {"health_score": 100, "subscription_status": "active", "at_risk_causes": kept}
    assert decided(S.AT_RISK, facts) is None


def test_the_outlook_says_what_holds_what_does_not_and_what_is_missing() -> None:
    looks = {look.rule: look for look in lifecycle.outlook(S.ADOPTING, {"health_score": 50, "nps_score": 3})}
    assert list(looks) == ["subscription_ended", "at_risk_signal", "adopted", "renewal_window"]
    assert looks["adopted"].holds is False
    assert looks["adopted"].missing == ()
    assert looks["at_risk_signal"].holds is None
    assert "days_since_last_login" in looks["at_risk_signal"].missing
    assert looks["subscription_ended"].missing == ("subscription_status",)


def test_another_spelling_of_a_fact_is_read_where_the_catalogues_is_unknown() -> None:
    assert decided(S.GROWING, {"expansion_open": True}) == ("expansion_open", S.EXPANDING)
    spelt: Facts = {"nps_score": 6, "nps_age_days": 90, "nps_resolved": False}
    assert decided(S.GROWING, spelt) == ("at_risk_signal", S.AT_RISK)
    assert decided(S.GROWING, {**spelt, "days_since_nps": 91}) is None


def test_every_fact_is_a_metric_of_the_catalogue_or_supplied_from_records() -> None:
    assert set(lifecycle.FACTS_FULL) - set(CATALOGUE) - set(lifecycle.SUPPLIED) == set()
    assert set(lifecycle.SUPPLIED) <= set(lifecycle.FACTS_FULL)
    assert set(lifecycle.FACTS) <= set(CATALOGUE)


@pytest.mark.parametrize(
    "changed",
    [
        {"at_risk_health_below": 61},
        {"onboarding_overdue_below": 81},
        {"advocacy_lapsed_below": 81},
        {"recovered_health": 101},
        {"renewal_days": -1},
    ],
)
def test_thresholds_out_of_order_are_refused(changed: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        LifecycleConfig.model_validate(changed)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "subscription_status": st.sampled_from(["trialing", "active", "past_due", "cancelled"]),
    "trial_days_remaining": st.integers(-2, 2),
    "onboarding_completion": st.sampled_from([0, 49, 50, 79, 80, 100]),
    "days_as_customer": st.sampled_from([0, 30, 31, 90, 91]),
    "health_score": st.sampled_from([0, 39, 40, 59, 60, 69, 70, 79, 80, 100]),
    "health_provisional": st.booleans(),
    "days_since_last_login": st.sampled_from([0, 14, 15]),
    "high_severity_tickets": st.sampled_from([0, 2, 3]),
    "nps_score": st.sampled_from([0, 6, 7, 9]),
    "days_since_nps": st.sampled_from([0, 90, 91]),
    "nps_resolved": st.booleans(),
    "cancellation_requested": st.booleans(),
    "days_until_renewal": st.sampled_from([-1, 60, 61]),
    "renewal_completed": st.booleans(),
    "contract_length": st.sampled_from([1, 3, 12]),
    "expansion_opportunity": st.booleans(),
    "expansion_ended": st.booleans(),
    "at_risk_causes": st.lists(st.sampled_from([cause.value for cause in AtRiskCause]), unique=True, max_size=3),
    "at_risk_origin": st.sampled_from([stage.value for stage in S]),
}
some = st.fixed_dictionaries({}, optional={name: st.none() | values for name, values in VALUES.items()})


@BOUNDED
@given(stage=st.sampled_from(list(S)), facts=some)
def test_the_first_row_that_holds_decides_and_only_known_values_are_recorded(
    stage: LifecycleStage, facts: Facts
) -> None:
    holding = [rule for rule in RULES if stage in rule.stages and rule.holds(facts, CONFIG)]
    verdict = lifecycle.decide(stage, facts)
    assert (verdict.rule if verdict else None) == (holding[0].id if holding else None)
    if verdict is not None:
        assert verdict.to is not stage
        assert None not in verdict.facts.values()
        assert StageVerdict.model_validate_json(verdict.model_dump_json()) == verdict


@BOUNDED
@given(stage=st.sampled_from(list(S)), facts=some, hidden=st.sampled_from(sorted(VALUES)))
def test_a_rule_whose_row_does_not_name_a_fact_does_not_depend_on_it(
    stage: LifecycleStage, facts: Facts, hidden: str
) -> None:
    for rule in RULES:
        if hidden not in rule.facts:
            assert rule.holds({**facts, hidden: None}, CONFIG) == rule.holds(facts, CONFIG)


@BOUNDED
@given(stage=st.sampled_from(list(S)), unknown=st.sampled_from([{}, dict.fromkeys(VALUES)]))
def test_when_nothing_is_known_nothing_moves(stage: LifecycleStage, unknown: Facts) -> None:
    assert lifecycle.decide(stage, unknown) is None


@BOUNDED
@given(facts=some)
def test_who_has_just_recovered_is_not_at_risk_again_by_the_same_facts(facts: Facts) -> None:
    verdict = lifecycle.decide(S.AT_RISK, facts)
    if verdict is not None and verdict.rule == "recovered":
        again = lifecycle.decide(verdict.to, facts)
        assert again is None or again.rule != "at_risk_signal"
