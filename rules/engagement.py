"""Engagement: score, level, change against the period before, trend, and a manager's portfolio (section 6)."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime

from models.engagement import (
    Engagement,
    EngagementConfig,
    EngagementLevel,
    EngagementMetrics,
    EngagementTerm,
    Period,
    PortfolioEngagement,
    VsLastPeriod,
)
from models.health import HealthTrend
from rules.predicates import Facts, number
from rules.rounding import round_half_up

DEFAULTS = EngagementConfig()

FACT_OF = {
    EngagementTerm.LOGINS: "logins",
    EngagementTerm.ACTIVE_USERS: "active_users",
    EngagementTerm.FEATURES_USED: "features_used_this_month",
    EngagementTerm.ACTIONS_PERFORMED: "actions_performed",
    EngagementTerm.AUTOMATION_RATE: "automation_rate",
    EngagementTerm.CUSTOMER_SATISFACTION: "avg_csat_30_days",
}
"""The fact of each term of the score."""

TERMS, FACTS = tuple(FACT_OF), tuple(FACT_OF.values())
"""Its terms, and what it reads of each."""

HALF_WITHIN = 1e-9
"""Weights such as 0.15 have no exact binary form, so a sum that is a half on paper may lie a hair below it."""


def trailing(now: datetime, config: EngagementConfig = DEFAULTS) -> Period:
    """The window up to ``now``: 30 days, because the full marks are monthly (E2)."""
    return Period(start=now - config.window, end=now)


def before(period: Period) -> Period:
    """The equally long period that ends where this one starts."""
    return Period(start=period.start - period.length, end=period.start)


def terms(metrics: EngagementMetrics) -> dict[EngagementTerm, float | None]:
    """The value of each term of the score; None is unknown."""
    features = metrics.features_used
    return {
        EngagementTerm.LOGINS: metrics.logins,
        EngagementTerm.ACTIVE_USERS: metrics.active_users,
        EngagementTerm.FEATURES_USED: None if features is None else len(set(features)),
        EngagementTerm.ACTIONS_PERFORMED: metrics.actions_performed,
        EngagementTerm.AUTOMATION_RATE: metrics.automation_rate,
        EngagementTerm.CUSTOMER_SATISFACTION: metrics.customer_satisfaction,
    }


def terms_of(facts: Facts) -> dict[EngagementTerm, float | None]:
    """The same from the facts of the catalogue, whose windows are the trailing 30 days."""
    return {term: number(facts, name) for term, name in FACT_OF.items()}


def score(
    customer: str, values: Mapping[EngagementTerm, float | None], config: EngagementConfig = DEFAULTS
) -> Engagement:
    """The score over the terms that are known, each from 0 to its full mark, weights rescaled (E1, E8)."""
    points, reached, covered = measure(values, config)
    return Engagement(customer=customer, score=points, level=reached, coverage=covered)


def measure(
    values: Mapping[EngagementTerm, float | None], config: EngagementConfig = DEFAULTS
) -> tuple[int | None, EngagementLevel | None, float]:
    """Score, level and coverage alone: what :func:`score` says of a customer."""
    total = weight = 0.0
    for term in config.terms:
        value = values.get(term.term)
        if value is None or not math.isfinite(value):
            continue
        total += min(100.0, max(0.0, value / term.full * 100)) * term.weight
        weight += term.weight
    if weight == 0:
        return None, None, 0.0
    points = min(100, round_half_up(total / weight + HALF_WITHIN))
    return points, level(points, config), min(1.0, weight)


def level(points: int, config: EngagementConfig = DEFAULTS) -> EngagementLevel:
    """The level of a score."""
    if points >= config.high:
        return EngagementLevel.HIGH
    return EngagementLevel.MEDIUM if points >= config.medium else EngagementLevel.LOW


def change(now: float | None, earlier: float | None) -> int | None:
    """Signed whole percent; None when either is unknown or the earlier is 0 (E4)."""
    if now is None or earlier is None or earlier == 0:
        return None
    return round_half_up((now - earlier) / abs(earlier) * 100 + HALF_WITHIN)


def versus(now: EngagementMetrics, earlier: EngagementMetrics | None) -> VsLastPeriod:
    """The three changes against the period before; all None when it is unknown."""
    if earlier is None:
        return VsLastPeriod()
    return VsLastPeriod(
        logins_change=change(now.logins, earlier.logins),
        usage_change=change(now.actions_performed, earlier.actions_performed),
        satisfaction_change=change(now.customer_satisfaction, earlier.customer_satisfaction),
    )


def trend(now: int | None, days_30_ago: int | None, config: EngagementConfig = DEFAULTS) -> HealthTrend | None:
    """``engagement_trend`` (section 7.1, C14): beyond 5 points either way; None when either score is unknown."""
    if now is None or days_30_ago is None:
        return None
    if now - days_30_ago > config.trend_limit:
        return HealthTrend.IMPROVING
    return HealthTrend.DECLINING if now - days_30_ago < -config.trend_limit else HealthTrend.STABLE


def portfolio(
    csm_id: str, customers: Iterable[Engagement], failed: Mapping[str, str] | None = None
) -> PortfolioEngagement:
    """A manager's customers; one that could not be read is named and fails nothing else (E5, E6, E7)."""
    known = sorted(customers, key=lambda one: one.customer)
    scores = [one.score for one in known if one.score is not None]
    of_level = {wanted: [one.customer for one in known if one.level is wanted] for wanted in EngagementLevel}
    return PortfolioEngagement(
        csm_id=csm_id,
        total_customers=len(known) + len(failed or {}),
        high_engagement=len(of_level[EngagementLevel.HIGH]),
        medium_engagement=len(of_level[EngagementLevel.MEDIUM]),
        low_engagement=len(of_level[EngagementLevel.LOW]),
        at_risk=tuple(of_level[EngagementLevel.LOW]),
        avg_engagement_score=sum(scores) / len(scores) if scores else None,
        unscored=tuple(one.customer for one in known if one.score is None),
        failed=dict(failed or {}),
    )
