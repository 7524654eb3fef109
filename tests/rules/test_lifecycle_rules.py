# ruff: noqa: E501 (tables read best with one case to a line)
"""The stage rules of section 3.4 that this release decides, each with what stops it, and where an import stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from models.enums import LifecycleStage as Stage
from models.enums import SubscriptionStatus as Status
from rules.lifecycle import FACTS_FULL, decide, initial_stage
from tests.rules.making import BOUNDED

# (stage, facts, the rule and the new stage, or None)
Case = tuple[Stage | None, dict[str, JsonValue], tuple[str, Stage] | None]

CANCELLED: list[Case] = [
    (stage, {"subscription_status": "cancelled"}, ("subscription_ended", Stage.CHURNED))
    for stage in Stage
    if stage is not Stage.CHURNED
]
UNMOVED: list[Case] = [
    (stage, {"subscription_status": "active", "onboarding_completion": 100, "trial_days_remaining": -1}, None)
    for stage in Stage
    if stage not in (Stage.TRIAL, Stage.ONBOARDING, Stage.CHURNED)
]
CASES: list[Case] = [
    (None, {"subscription_status": "trialing"}, ("trial_started", Stage.TRIAL)),
    (None, {"subscription_status": "active"}, ("subscription_started", Stage.ONBOARDING)),
    (None, {"subscription_status": "cancelled"}, ("subscription_ended", Stage.CHURNED)),
    (None, {"subscription_status": "past_due"}, None),
    (None, {}, None),
    *CANCELLED,
    (Stage.CHURNED, {"subscription_status": "cancelled"}, None),
    (Stage.TRIAL, {"subscription_status": "active"}, ("trial_converted", Stage.ONBOARDING)),
    (Stage.TRIAL, {"subscription_status": "active", "trial_days_remaining": -1}, ("trial_converted", Stage.ONBOARDING)),
    (Stage.TRIAL, {"subscription_status": "trialing", "trial_days_remaining": 0}, ("trial_expired", Stage.CHURNED)),
    (Stage.TRIAL, {"subscription_status": "trialing", "trial_days_remaining": -3}, ("trial_expired", Stage.CHURNED)),
    (Stage.TRIAL, {"subscription_status": "past_due", "trial_days_remaining": 0}, ("trial_expired", Stage.CHURNED)),
    (Stage.TRIAL, {"subscription_status": "trialing", "trial_days_remaining": 1}, None),
    (Stage.TRIAL, {"subscription_status": "trialing"}, None),
    (Stage.TRIAL, {"subscription_status": "trialing", "trial_days_remaining": None}, None),
    (Stage.TRIAL, {"trial_days_remaining": 0}, None),
    (Stage.TRIAL, {"subscription_status": "cancelled", "trial_days_remaining": 0}, ("subscription_ended", Stage.CHURNED)),
    (Stage.CHURNED, {"subscription_status": "active"}, ("win_back", Stage.ONBOARDING)),
    (Stage.CHURNED, {"subscription_status": "trialing"}, None),
    (Stage.CHURNED, {}, None),
    (Stage.ONBOARDING, {"subscription_status": "active", "onboarding_completion": 80}, ("onboarding_done", Stage.ADOPTING)),
    (Stage.ONBOARDING, {"onboarding_completion": 100}, ("onboarding_done", Stage.ADOPTING)),
    (Stage.ONBOARDING, {"subscription_status": "active", "onboarding_completion": 79}, None),
    (Stage.ONBOARDING, {"subscription_status": "active", "onboarding_completion": None}, None),
    (Stage.ONBOARDING, {"subscription_status": "active", "onboarding_completion": True}, None),
    (Stage.ONBOARDING, {"subscription_status": "cancelled", "onboarding_completion": 100}, ("subscription_ended", Stage.CHURNED)),
    *UNMOVED,
]  # fmt: skip


@pytest.mark.parametrize(("stage", "facts", "expected"), CASES)
def test_the_first_rule_that_holds_moves_the_customer(
    stage: Stage | None, facts: dict[str, JsonValue], expected: tuple[str, Stage] | None
) -> None:
    verdict = decide(stage, facts)
    assert (verdict and (verdict.rule, verdict.to)) == expected


def test_the_reason_names_the_rule_and_the_values_that_fired_it() -> None:
    verdict = decide(Stage.TRIAL, {"subscription_status": "trialing", "trial_days_remaining": 0, "plan": "pro"})
    assert verdict is not None
    assert verdict.reason == "trial_expired (subscription_status=trialing, trial_days_remaining=0)"


FACTS_OF_ANYONE = st.fixed_dictionaries(
    {},
    optional={
        "subscription_status": st.sampled_from([*Status, None]),
        "trial_days_remaining": st.none() | st.integers(-20, 20),
        "onboarding_completion": st.none() | st.integers(0, 100),
        "days_as_customer": st.none() | st.integers(0, 400),
    },
)


@BOUNDED
@given(st.sampled_from([*Stage, None]), FACTS_OF_ANYONE)
def test_a_stage_settles_and_never_changes_to_itself(stage: Stage | None, facts: dict[str, JsonValue]) -> None:
    seen = []
    while (verdict := decide(stage, facts)) is not None:
        assert verdict.to is not stage
        assert set(verdict.facts) <= set(FACTS_FULL)
        assert all(value is not None for value in verdict.facts.values()), "an unknown fact fired"
        stage = verdict.to
        seen.append(stage)
        assert len(seen) <= 3, "stages go round"


# (status, days as customer, trial days left, completion, stage and rule)
IMPORTS: list[tuple[Status | None, int | None, int | None, int | None, tuple[Stage, str] | None]] = [
    (Status.CANCELLED, 500, None, 100, (Stage.CHURNED, "import:subscription_ended")),
    (Status.TRIALING, None, 5, None, (Stage.TRIAL, "import:trialing")),
    (Status.TRIALING, None, None, None, (Stage.TRIAL, "import:trialing")),
    (Status.TRIALING, None, 0, None, (Stage.CHURNED, "import:trial_expired")),
    (Status.ACTIVE, 0, None, None, (Stage.ONBOARDING, "import:first_30_days")),
    (Status.ACTIVE, 30, None, 79, (Stage.ONBOARDING, "import:first_30_days")),
    (Status.ACTIVE, 30, None, 80, (Stage.ADOPTING, "import:first_90_days")),
    (Status.ACTIVE, 31, None, 10, (Stage.ADOPTING, "import:first_90_days")),
    (Status.PAST_DUE, 90, None, None, (Stage.ADOPTING, "import:first_90_days")),
    (Status.ACTIVE, 91, None, None, (Stage.GROWING, "import:over_90_days")),
    (Status.ACTIVE, None, None, 100, None),
    (None, 40, 3, 50, None),
]  # fmt: skip


@pytest.mark.parametrize(("status", "days", "trial", "completion", "expected"), IMPORTS)
def test_an_imported_customer_stands_where_the_book_says(
    status: Status | None, days: int | None, trial: int | None, completion: int | None, expected: tuple[Stage, str] | None
) -> None:  # fmt: skip
    found = initial_stage(status, days_as_customer=days, trial_days_remaining=trial, completion=completion)
    assert found == expected
