"""Table 3.4 of the domain, rules 2 to 16, in order: a row holds where its condition is known to be true."""

from models.enums import LifecycleStage, SubscriptionStatus
from models.stages import LifecycleConfig, StageRule
from rules import at_risk, recovery
from rules.predicates import Facts, both, flag, health, negated, number

_S = LifecycleStage
_PAYING = "subscription_status"


def _status(facts: Facts) -> str | None:
    value = facts.get(_PAYING)
    return value if isinstance(value, str) else None


def _ended(facts: Facts, config: LifecycleConfig) -> bool | None:
    status = _status(facts)
    return None if status is None else status == SubscriptionStatus.CANCELLED


def _active(facts: Facts, config: LifecycleConfig) -> bool | None:
    status = _status(facts)
    return None if status is None else status == SubscriptionStatus.ACTIVE


def _trial_over(facts: Facts, config: LifecycleConfig) -> bool | None:
    left = number(facts, "trial_days_remaining")
    return both(negated(_active(facts, config)), None if left is None else left <= 0)


def _trial_over_at_risk(facts: Facts, config: LifecycleConfig) -> bool | None:
    origin = facts.get("at_risk_origin")
    return both(None if origin is None else origin == LifecycleStage.TRIAL, _trial_over(facts, config))


def _onboarded(facts: Facts, config: LifecycleConfig) -> bool | None:
    done = number(facts, "onboarding_completion")
    return None if done is None else done >= config.onboarding_done


def _adopted(facts: Facts, config: LifecycleConfig) -> bool | None:
    score, days = health(facts), number(facts, "days_as_customer")
    return both(
        None if score is None else score >= config.adopted_health,
        None if days is None else days > config.adopted_days_over,
    )


def _renewal_near(facts: Facts, config: LifecycleConfig) -> bool | None:
    days, months = number(facts, "days_until_renewal"), number(facts, "contract_length")
    return both(
        None if days is None else days <= config.renewal_days,
        negated(flag(facts, "renewal_completed")),
        None if months is None else months >= config.renewal_min_months,
    )


def _opening(facts: Facts, config: LifecycleConfig) -> bool | None:
    return flag(facts, "expansion_opportunity")


def _promoter(facts: Facts, config: LifecycleConfig) -> bool | None:
    nps, score = number(facts, "nps_score"), health(facts)
    return both(
        None if nps is None else nps >= config.promoter_nps,
        None if score is None else score >= config.promoter_health,
    )


def _renewed(facts: Facts, config: LifecycleConfig) -> bool | None:
    return flag(facts, "renewal_completed")


def _expansion_over(facts: Facts, config: LifecycleConfig) -> bool | None:
    return flag(facts, "expansion_ended")


def _lapsed(facts: Facts, config: LifecycleConfig) -> bool | None:
    score = health(facts)
    return None if score is None else score < config.advocacy_lapsed_below


_LIVING = frozenset(_S) - {_S.CHURNED}
_TRIAL_FACTS = (_PAYING, "trial_days_remaining")

RULES: tuple[StageRule, ...] = (
    StageRule("subscription_ended", _LIVING, "the subscription has ended", (_PAYING,), _ended, _S.CHURNED),
    StageRule("trial_converted", frozenset({_S.TRIAL}), "the customer pays", (_PAYING,), _active, _S.ONBOARDING),
    StageRule(
        "trial_expired", frozenset({_S.TRIAL}), "not paying, the trial is over", _TRIAL_FACTS, _trial_over, _S.CHURNED
    ),
    StageRule(
        "trial_expired",
        frozenset({_S.AT_RISK}),
        "at risk since the trial, not paying, the trial is over",
        ("at_risk_origin", *_TRIAL_FACTS),
        _trial_over_at_risk,
        _S.CHURNED,
    ),
    StageRule("win_back", frozenset({_S.CHURNED}), "the customer pays again", (_PAYING,), _active, _S.ONBOARDING),
    StageRule(
        "at_risk_signal",
        _LIVING - {_S.AT_RISK},
        "health below 40, no login for more than 14 days, more than 2 severe tickets, an open detractor, or a request "
        "to cancel",
        at_risk.FACTS,
        at_risk.at_risk,
        _S.AT_RISK,
    ),
    StageRule(
        "recovered",
        frozenset({_S.AT_RISK}),
        "every cause cleared, no new one, health at least 60",
        tuple(dict.fromkeys((*recovery.FACTS, *at_risk.FACTS))),
        recovery.recovered,
        None,
    ),
    StageRule(
        "onboarding_done",
        frozenset({_S.ONBOARDING}),
        "onboarding at least 80% done",
        ("onboarding_completion",),
        _onboarded,
        _S.ADOPTING,
    ),
    StageRule(
        "onboarding_overdue",
        frozenset({_S.ONBOARDING}),
        "a customer for more than 30 days, onboarding less than 50% done",
        ("days_as_customer", "onboarding_completion"),
        at_risk.onboarding_overdue,
        _S.AT_RISK,
    ),
    StageRule(
        "adopted",
        frozenset({_S.ADOPTING}),
        "health at least 70, a customer for more than 90 days",
        ("health_score", "health_provisional", "days_as_customer"),
        _adopted,
        _S.GROWING,
    ),
    StageRule(
        "renewal_window",
        frozenset({_S.ADOPTING, _S.GROWING, _S.ADVOCATING}),
        "at most 60 days until renewal, not yet renewed, a term of 3 months or more",
        ("days_until_renewal", "renewal_completed", "contract_length"),
        _renewal_near,
        _S.RENEWING,
    ),
    StageRule(
        "expansion_open",
        frozenset({_S.GROWING}),
        "an expansion opportunity is open",
        ("expansion_opportunity",),
        _opening,
        _S.EXPANDING,
    ),
    StageRule(
        "promoter_healthy",
        frozenset({_S.GROWING}),
        "NPS at least 9, health at least 80",
        ("nps_score", "health_score", "health_provisional"),
        _promoter,
        _S.ADVOCATING,
    ),
    StageRule(
        "renewed",
        frozenset({_S.RENEWING}),
        "the renewal of this term is completed",
        ("renewal_completed",),
        _renewed,
        _S.GROWING,
    ),
    StageRule(
        "expansion_ended",
        frozenset({_S.EXPANDING}),
        "the opportunity was won, lost or has expired",
        ("expansion_ended",),
        _expansion_over,
        _S.GROWING,
    ),
    StageRule(
        "advocacy_lapsed",
        frozenset({_S.ADVOCATING}),
        "health below 70",
        ("health_score", "health_provisional"),
        _lapsed,
        _S.GROWING,
    ),
)
"""First match wins. A second row of one id is the same rule from another stage."""
