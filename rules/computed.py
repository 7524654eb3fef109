"""Facts that are results of rules: recorded with the moment they were computed for (section 0.3 of the domain)."""

from collections.abc import Iterable

from models.engagement import Engaged
from models.enums import LifecycleStage
from models.expansion import ExpansionType, Opportunity, OpportunityStatus
from models.lifecycle import StageVerdict
from models.signals import SignalFold
from models.standing import RuleBook, Standing
from rules import churn, opportunities
from rules.predicates import Facts, flag, health

GREEN_FROM, RED_BELOW = 70, 40
"""Health of a green and of a red renewal (section 14.2, ``calculate_renewal_health``)."""

ACTIVATION = ("chatbot_created", "widget_installed", "first_conversation_completed")
"""What a trial customer does to be activated (section 3.1)."""

Recorded = dict[str, str | float | bool | None]


def computed(
    one: Standing,
    facts: Facts,
    engaged: Engaged,
    signals: SignalFold,
    offers: Iterable[Opportunity],
    verdict: StageVerdict | None,
    book: RuleBook,
) -> Recorded:
    """Every fact that an evaluation computes; None is unknown. A provisional health score is unknown (section 3.4)."""
    stored = list(offers)
    won = [each for each in stored if each.status is OpportunityStatus.WON and _in_cycle(one, each)]
    worked = opportunities.worked(stored, one.stage_since) if stored and one.stage_since is not None else None
    found: Recorded = {
        "health_score": health(facts),
        "engagement_score": engaged.score,
        "engagement_trend": engaged.trend.value if engaged.trend is not None else None,
        "churn_risk_score": churn.churn_risk_score(signals.open, book.churn),
        "renewal_likelihood": renewal_likelihood(facts, signals),
        "expansion_opportunity": opportunities.any_open(stored),
        "expansion_closed": worked is not None and worked.status is OpportunityStatus.WON,
        "expansion_revenue": float(sum(each.estimated_value or 0 for each in won)),
        "seats_added": _seats(won),
    }
    if one.activated is not None:
        found["activation_rate"] = len(one.activated.intersection(ACTIVATION)) / len(ACTIVATION)
    if verdict is not None and verdict.to is LifecycleStage.CHURNED and one.mrr is not None:
        found["revenue_lost"] = float(one.mrr)
    return found


def renewal_likelihood(facts: Facts, signals: SignalFold) -> str | None:
    """``green``, ``amber`` or ``red``: a class, no probability; None while health is unknown and nobody cancels."""
    score = health(facts)
    if flag(facts, "cancellation_requested") or (score is not None and score < RED_BELOW):
        return "red"
    if score is None:
        return None
    return "green" if score >= GREEN_FROM and not churn.has_open_high(signals.open) else "amber"


def _seats(won: Iterable[Opportunity]) -> int | None:
    """Seats of what was won; unknown as soon as those of one are."""
    seats = [each.seats for each in won if each.type is ExpansionType.ADD_SEATS]
    known = [each for each in seats if each is not None]
    return sum(known) if len(known) == len(seats) else None


def _in_cycle(one: Standing, each: Opportunity) -> bool:
    return each.closed_at is not None and (one.subscribed_at is None or each.closed_at >= one.subscribed_at)
