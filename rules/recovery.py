"""Leaving ``at_risk``: when every entry cause has cleared, and where to (section 3.4 of the domain, rule 7, L6)."""

from models.enums import LifecycleStage, SubscriptionStatus
from models.stages import AtRiskCause, LifecycleConfig
from rules.at_risk import at_risk, cleared
from rules.predicates import Facts, health, number

FACTS = ("at_risk_causes", "subscription_status", "onboarding_completion", "days_as_customer")
"""What recovery reads besides the at-risk predicate. ``at_risk_causes``: the entry causes, from the transition."""


_CAUSES = {cause.value: cause for cause in AtRiskCause}


def entry_causes(facts: Facts) -> tuple[AtRiskCause, ...] | None:
    """The causes of the present ``at_risk`` stage; None when they were not kept, or one is not of ours."""
    stored = facts.get("at_risk_causes")
    if not isinstance(stored, list | tuple):
        return None
    causes = tuple(_CAUSES[cause] for cause in stored if isinstance(cause, str) and cause in _CAUSES)
    return causes if len(causes) == len(stored) else None


def recovered(facts: Facts, config: LifecycleConfig) -> bool | None:
    """Every entry cause cleared, nothing of rule 6 fires, health at least 60.

    Unknown health blocks only if health was an entry cause. None when the entry causes are unknown.
    """
    causes = entry_causes(facts)
    if causes is None:
        return None
    if at_risk(facts, config):
        return False
    if not all(cleared(cause, facts, config) for cause in causes):
        return False
    score = health(facts)
    return score is None or score >= config.recovered_health


def target(facts: Facts, config: LifecycleConfig) -> LifecycleStage:
    """Where a recovered customer goes; unknown onboarding completion counts as not done."""
    if facts.get("subscription_status") == SubscriptionStatus.TRIALING:
        return LifecycleStage.TRIAL
    completion = number(facts, "onboarding_completion")
    if completion is None or completion < config.onboarding_done:
        return LifecycleStage.ONBOARDING
    days = number(facts, "days_as_customer")
    if days is not None and days <= config.adopted_days_over:
        return LifecycleStage.ADOPTING
    return LifecycleStage.GROWING
