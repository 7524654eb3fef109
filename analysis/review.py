"""A quarterly review put together from what was measured, agreed and planned (section 12 of the domain)."""

from collections.abc import Mapping

from analysis.customer_figures import METRICS, CustomerFigures
from models.figure import Figure
from models.qbr import (
    Compared,
    Move,
    Point,
    QbrAgenda,
    QbrSections,
    SupportReview,
    ValueDelivered,
)
from models.review_inputs import Gathered
from models.success_plan import SuccessPlan
from rules import qbr

VALUE = ("automation_rate", "avg_response_time_minutes", "csat", "conversations_handled")
"""What is held against the baseline."""

_OF_CRITERION = {"automation_rate_percent": ("automation_rate", 0.01), "csat_score": ("csat", 1.0)}
"""Names that plans use for the same metrics, and what a plan's number is worth in ours."""


def agenda(given: Gathered) -> QbrAgenda:
    """The review, as data."""
    now = CustomerFigures(given.now, as_of=given.generated_at, currency=given.currency)
    before = CustomerFigures(given.before, as_of=given.generated_at, currency=given.currency)
    versus = tuple(qbr.compare(name, before.metric(name), now.metric(name)) for name in METRICS)
    against = tuple(qbr.compare(name, one, now.metric(name)) for name, one in _baselines(given, now).items())
    by_name = {one.metric: one for one in versus}
    return QbrAgenda(
        customer_id=given.customer.id,
        customer_name=given.customer.name or given.customer.id,
        quarter=str(given.quarter),
        period=given.now.period,
        date=given.meeting,
        generated_at=given.generated_at,
        language=given.language,
        attendees=tuple(f"{one.name}, {one.role}" for one in given.plan.stakeholders) if given.plan else (),
        versus_last_quarter=versus,
        sections=QbrSections(
            executive_summary=qbr.summary(
                against, health=given.health, plan=given.plan, signals=given.signals, today=given.generated_at.date()
            ),
            value_delivered=ValueDelivered(
                metrics=against, roi=now.roi(given.agreed), testimonial_quote=given.testimonial
            ),
            product_usage=qbr.usage(
                active_users=now.active_users(),
                actions=now.actions(),
                before=before.actions(),
                used=given.now.features_used,
                lately=given.now.features_used_lately,
                offered=given.now.plan_features,
                by_month=given.now.actions_by_month,
            ),
            support_review=_support(given, now, by_name),
            success_plan_review=qbr.plan_progress(given.plan, given.generated_at.date()),
            next_quarter_planning=qbr.next_quarter(given.meeting),
        ),
    )


def _baselines(given: Gathered, now: CustomerFigures) -> Mapping[str, Figure]:
    """The plan's baseline where it has one, else the customer's first whole quarter, else unknown."""
    first = None
    if given.baseline is not None:
        first = CustomerFigures(given.baseline, as_of=given.generated_at, currency=given.currency)
    planned = _planned(given.plan)
    return {name: _baseline(now.metric(name), planned.get(name), first, name) for name in VALUE}


def _baseline(shape: Figure, planned: float | None, first: CustomerFigures | None, name: str) -> Figure:
    if planned is None and first is not None:
        return first.metric(name)
    known = planned is not None
    return shape.model_copy(
        update={
            "value": planned,
            "reason": "" if known else "no baseline was set, and no earlier quarter was measured",
            "n": 1 if known else 0,
            "of": "stated baselines",
            "numerator": None,
            "denominator": None,
            "interval": None,
            "no_interval": "stated in the success plan" if known else "",
            "period": None,
        }
    )


def _planned(plan: SuccessPlan | None) -> dict[str, float]:
    """Baselines of the plan's criteria, in our own units."""
    found = {}
    for one in plan.success_criteria if plan is not None else ():
        if one.metric is not None and one.baseline_value is not None:
            name, worth = _OF_CRITERION.get(one.metric, (one.metric, 1.0))
            found[name] = one.baseline_value * worth
    return found


def _support(given: Gathered, now: CustomerFigures, versus: Mapping[str, Compared]) -> SupportReview:
    """Tickets; ``improvements`` tells what got better and what got worse alike."""
    moved = [versus[name] for name in ("support_tickets", "avg_resolution_hours", "csat")]
    return SupportReview(
        total_tickets=now.tickets(),
        avg_resolution_time=now.resolution(),
        csat=now.csat(),
        top_issues=dict(sorted(given.now.severities.items(), key=lambda item: (-item[1], item[0]))),
        improvements=tuple(
            Point(code=one.move.value, subject=one.metric, compared=one)
            for one in moved
            if one.move in (Move.BETTER, Move.WORSE)
        ),
    )
