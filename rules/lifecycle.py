"""Which stage a customer moves to: the rules this release can decide from its facts (section 3.4 of the domain).

One transition at most per evaluation; the first rule that holds wins; a predicate on an unknown fact does not fire.
"""

from collections.abc import Mapping

from pydantic import JsonValue

from models.enums import LifecycleStage, SubscriptionStatus
from models.lifecycle import StageVerdict

FACTS = (
    "subscription_status",
    "trial_days_remaining",
    "onboarding_completion",
    "days_as_customer",
)
"""What the rules read."""


def decide(stage: LifecycleStage | None, facts: Mapping[str, JsonValue]) -> StageVerdict | None:
    """The change that the facts ask for, or None."""
    if stage is None:
        return _first(facts)
    status = facts.get("subscription_status")
    completion = _number(facts, "onboarding_completion")
    if stage is not LifecycleStage.CHURNED and status == SubscriptionStatus.CANCELLED:
        return _verdict("subscription_ended", LifecycleStage.CHURNED, facts, "subscription_status")
    if stage is LifecycleStage.TRIAL:
        return _leave_trial(facts)
    if stage is LifecycleStage.CHURNED and status == SubscriptionStatus.ACTIVE:
        return _verdict("win_back", LifecycleStage.ONBOARDING, facts, "subscription_status")
    if stage is LifecycleStage.ONBOARDING and completion is not None and completion >= 80:
        return _verdict("onboarding_done", LifecycleStage.ADOPTING, facts, "onboarding_completion")
    return None


def _leave_trial(facts: Mapping[str, JsonValue]) -> StageVerdict | None:
    status = facts.get("subscription_status")
    if status == SubscriptionStatus.ACTIVE:
        return _verdict("trial_converted", LifecycleStage.ONBOARDING, facts, "subscription_status")
    remaining = _number(facts, "trial_days_remaining")
    if status is not None and remaining is not None and remaining <= 0:
        return _verdict("trial_expired", LifecycleStage.CHURNED, facts, "subscription_status", "trial_days_remaining")
    return None


def _first(facts: Mapping[str, JsonValue]) -> StageVerdict | None:
    """The stage of a customer never seen before."""
    match facts.get("subscription_status"):
        case SubscriptionStatus.TRIALING:
            return _verdict("trial_started", LifecycleStage.TRIAL, facts, "subscription_status")
        case SubscriptionStatus.ACTIVE:
            return _verdict("subscription_started", LifecycleStage.ONBOARDING, facts, "subscription_status")
        case SubscriptionStatus.CANCELLED:
            return _verdict("subscription_ended", LifecycleStage.CHURNED, facts, "subscription_status")
    return None


def initial_stage(
    status: SubscriptionStatus | None,
    *,
    days_as_customer: int | None,
    trial_days_remaining: int | None,
    completion: int | None,
) -> tuple[LifecycleStage, str] | None:
    """Where an imported customer stands and by which rule; None when the book does not say.

    Health, renewal and expansion are not known at import: the daily sweep moves the customer on from here.
    """
    match status:
        case SubscriptionStatus.CANCELLED:
            return LifecycleStage.CHURNED, "import:subscription_ended"
        case SubscriptionStatus.TRIALING:
            if trial_days_remaining is not None and trial_days_remaining <= 0:
                return LifecycleStage.CHURNED, "import:trial_expired"
            return LifecycleStage.TRIAL, "import:trialing"
        case SubscriptionStatus.ACTIVE | SubscriptionStatus.PAST_DUE:
            if days_as_customer is None:
                return None
            if days_as_customer <= 30 and (completion is None or completion < 80):
                return LifecycleStage.ONBOARDING, "import:first_30_days"
            if days_as_customer <= 90:
                return LifecycleStage.ADOPTING, "import:first_90_days"
            return LifecycleStage.GROWING, "import:over_90_days"
    return None


def _verdict(rule: str, to: LifecycleStage, facts: Mapping[str, JsonValue], *names: str) -> StageVerdict:
    return StageVerdict(rule=rule, to=to, facts={name: facts.get(name) for name in names})


def _number(facts: Mapping[str, JsonValue], name: str) -> float | None:
    value = facts.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
