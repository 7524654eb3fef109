"""The at-risk predicate and its causes (section 3.2 of the domain with the resolutions of 3.4: L8, L11, G3)."""

from collections.abc import Callable, Iterable

from models.enums import Segment
from models.health import HealthGrade
from models.signals import PRIORITY, ChurnSignalType
from models.stages import AtRiskCause, LifecycleConfig
from rules.predicates import Facts, both, either, flag, health, negated, number

FACTS = (
    "health_score",
    "health_provisional",
    "days_since_last_login",
    "high_severity_tickets",
    "nps_score",
    "days_since_nps",
    "nps_resolved",
    "cancellation_requested",
)
"""What the predicate reads."""


def at_risk(facts: Facts, config: LifecycleConfig) -> bool | None:
    """Rule 6: true when any cause is known to hold; None when none holds and some are unknown."""
    return either(predicate(facts, config) for predicate in _PREDICATES.values())


def causes(facts: Facts, config: LifecycleConfig) -> tuple[AtRiskCause, ...]:
    """Every cause of rule 6 that is known to hold."""
    return tuple(cause for cause, predicate in _PREDICATES.items() if predicate(facts, config))


def cleared(cause: AtRiskCause, facts: Facts, config: LifecycleConfig) -> bool:
    """Whether an entry cause is known to be gone. One that is unknown stands; what a person stated, a person lifts."""
    if cause is AtRiskCause.MANUAL:
        return False
    if cause is AtRiskCause.ONBOARDING_OVERDUE:
        completion = number(facts, "onboarding_completion")
        return completion is not None and completion >= config.onboarding_overdue_below
    return _PREDICATES[cause](facts, config) is False


def executive_at_once(entry: Iterable[AtRiskCause], *, grade: HealthGrade | None, segment: Segment | None) -> bool:
    """Whether ``executive_escalation`` goes out on entry (L10); else it waits until the path reaches the executive.

    ``grade`` is None when unknown or provisional.
    """
    return grade is HealthGrade.F or segment is Segment.ENTERPRISE or AtRiskCause.CANCELLATION in set(entry)


def saving_signal(entry: Iterable[AtRiskCause]) -> ChurnSignalType | None:
    """The signal whose save playbook answers the entry (section 3.5), the first in handling order.

    None: no cause has a signal of its own, and ``at_risk.health_score_drop`` runs instead.
    """
    signals = {_SIGNALS[cause] for cause in entry if cause in _SIGNALS}
    return next((signal for signal in PRIORITY if signal in signals), None)


def onboarding_overdue(facts: Facts, config: LifecycleConfig) -> bool | None:
    """Rule 9's condition: more than 30 days a customer and less than half of the onboarding done."""
    days, done = number(facts, "days_as_customer"), number(facts, "onboarding_completion")
    return both(
        None if days is None else days > config.onboarding_overdue_days_over,
        None if done is None else done < config.onboarding_overdue_below,
    )


def _unhealthy(facts: Facts, config: LifecycleConfig) -> bool | None:
    score = health(facts)
    return None if score is None else score < config.at_risk_health_below


def _absent(facts: Facts, config: LifecycleConfig) -> bool | None:
    days = number(facts, "days_since_last_login")
    return None if days is None else days > config.at_risk_login_days_over


def _troubled(facts: Facts, config: LifecycleConfig) -> bool | None:
    tickets = number(facts, "high_severity_tickets")
    return None if tickets is None else tickets > config.at_risk_high_tickets_over


def _detractor(facts: Facts, config: LifecycleConfig) -> bool | None:
    """An answer counts for 90 days and until its follow-up is resolved (L8)."""
    score, age = number(facts, "nps_score"), number(facts, "days_since_nps")
    return both(
        None if score is None else score <= config.at_risk_nps_at_most,
        None if age is None else age <= config.at_risk_nps_within_days,
        negated(flag(facts, "nps_resolved")),
    )


def _leaving(facts: Facts, config: LifecycleConfig) -> bool | None:
    return flag(facts, "cancellation_requested")


_PREDICATES: dict[AtRiskCause, Callable[[Facts, LifecycleConfig], bool | None]] = {
    AtRiskCause.HEALTH: _unhealthy,
    AtRiskCause.NO_LOGIN: _absent,
    AtRiskCause.TICKETS: _troubled,
    AtRiskCause.NPS: _detractor,
    AtRiskCause.CANCELLATION: _leaving,
}


_SIGNALS = {
    AtRiskCause.CANCELLATION: ChurnSignalType.CANCELLATION_REQUEST,
    AtRiskCause.NPS: ChurnSignalType.NPS_DETRACTOR,
    AtRiskCause.NO_LOGIN: ChurnSignalType.NO_LOGIN_14_DAYS,
    # More than 2 severe tickets are 3 or more open ones.
    AtRiskCause.TICKETS: ChurnSignalType.MULTIPLE_SUPPORT_TICKETS,
}
