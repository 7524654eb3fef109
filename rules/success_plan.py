"""Success plans: what an active one needs, where its criteria stand, when it is reviewed (section 10, S1 to S5).

``today`` is a day of the business calendar. Nothing is judged from an unknown value.
"""

import calendar
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from models.enums import LifecycleStage
from models.errors import Refused
from models.success_plan import (
    Cadence,
    CriterionStatus,
    CriterionView,
    Direction,
    PlanConfig,
    PlanMilestone,
    PlanProblem,
    PlanStanding,
    PlanStatus,
    SuccessCriterion,
    SuccessPlan,
    UndocumentedCustomer,
)

_DAYS = {Cadence.WEEKLY: 7, Cadence.BIWEEKLY: 14}
_MONTHS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3}
_OVER = (CriterionStatus.ACHIEVED, CriterionStatus.MISSED)
_NEEDED = ("metric", "baseline_value", "baseline_date", "target_value", "direction", "deadline")
_ROUNDING = 1e-9
"""Binary fractions miss decimal ones by a hair; exactly 0.8 of the time is still on track."""


def problems(plan: SuccessPlan, known_metrics: Collection[str]) -> tuple[PlanProblem, ...]:
    """Everything that keeps a plan from becoming active; ``known_metrics`` is the registry of section 0.3."""
    found = []
    if not plan.success_criteria:
        found.append(PlanProblem(field="success_criteria", message="at least one criterion is needed"))
    if not plan.stakeholders:
        found.append(PlanProblem(field="stakeholders", message="at least one stakeholder is needed"))
    if plan.review_cadence is None:
        found.append(PlanProblem(field="review_cadence", message="missing"))
    if plan.next_review is None:
        found.append(PlanProblem(field="next_review", message="missing"))
    for one in plan.success_criteria:
        found += _criterion_problems(one, known_metrics)
    return (*found, *_link_problems(plan))


def activate(plan: SuccessPlan, *, known_metrics: Collection[str], at: datetime) -> SuccessPlan:
    """The draft made active; an active plan stays as it is.

    Raises:
        Refused: it lacks something (all of it is named), or it is completed.
    """
    if plan.status is PlanStatus.ACTIVE:
        return plan
    if plan.status is PlanStatus.COMPLETED:
        raise Refused("a completed plan does not become active again; draft a new one")
    if lacking := problems(plan, known_metrics):
        raise Refused("; ".join(f"{one.field}: {one.message}" for one in lacking))
    return plan.model_copy(update={"status": PlanStatus.ACTIVE, "updated_at": at})


def progress(criterion: SuccessCriterion) -> float | None:
    """(current - baseline) / (target - baseline), never below 0; None if a value is unknown.

    Where the target is the baseline (something to be kept) it is 1 while kept and 0 when not.
    """
    baseline, current, target = criterion.baseline_value, criterion.current_value, criterion.target_value
    if baseline is None or current is None or target is None:
        return None
    if target == baseline:
        met = _met(criterion)
        return None if met is None else float(met)
    return max((current - baseline) / (target - baseline), 0.0)


def elapsed(criterion: SuccessCriterion, today: date) -> float | None:
    """Share of the time from the baseline's day to the deadline, 0..1; None if a date is unknown."""
    if criterion.baseline_date is None or criterion.deadline is None:
        return None
    whole = (criterion.deadline - criterion.baseline_date).days
    if whole <= 0:
        return 1.0
    return min(max((today - criterion.baseline_date).days / whole, 0.0), 1.0)


def view(criterion: SuccessCriterion, today: date, config: PlanConfig) -> CriterionView:
    """Where a criterion stands on that day; a stated override wins and is shown as one."""
    made, spent = progress(criterion), elapsed(criterion, today)
    computed = _computed(criterion, made, spent, today, config)
    stated = criterion.status_override
    return CriterionView(
        id=criterion.id,
        status=computed if stated is None else stated.status,
        computed=computed,
        overridden_by=None if stated is None else stated.author,
        progress=made,
        elapsed=spent,
    )


def settle(plan: SuccessPlan, *, today: date, at: datetime, config: PlanConfig) -> SuccessPlan:
    """The active plan with the milestones it has reached, completed when each criterion is achieved or missed.

    Drafts and completed plans stay as they are. What was reached stays reached though a metric falls back.
    """
    if plan.status is not PlanStatus.ACTIVE:
        return plan
    shown = {one.id: view(one, today, config).status for one in plan.success_criteria}
    milestones = tuple(_reached(one, shown, today) for one in plan.milestones)
    over = bool(shown) and all(status in _OVER for status in shown.values())
    settled = plan.model_copy(
        update={"milestones": milestones, "status": PlanStatus.COMPLETED if over else PlanStatus.ACTIVE}
    )
    return plan if settled == plan else settled.model_copy(update={"updated_at": at})


def next_review(cadence: Cadence, anchor: date, after: date) -> date:
    """The first review later than ``after``, counted from the first one.

    Months are calendar months from the anchor's day: from 31 January come 28 (29) February, 31 March, 30 April.

    Args:
        cadence: 7 days, 14 days, 1 month or 3 months.
        anchor: day of the first review.
        after: the review just held, or today.
    """
    if after < anchor:
        return anchor
    if cadence in _DAYS:
        step = _DAYS[cadence]
        return anchor + timedelta(days=((after - anchor).days // step + 1) * step)
    step = _MONTHS[cadence]
    count = ((after.year - anchor.year) * 12 + after.month - anchor.month) // step
    while (due := _months_later(anchor, count * step)) <= after:
        count += 1
    return due


def outcome_attainment(plan: SuccessPlan | None) -> float | None:
    """Mean progress over the criteria of an active plan, 1.0 = all targets met (section 0.3).

    None without an active plan, or if any criterion's progress is unknown: a mean of the rest would claim too much.
    """
    if plan is None or plan.status is not PlanStatus.ACTIVE or not plan.success_criteria:
        return None
    made = [progress(one) for one in plan.success_criteria]
    known = [one for one in made if one is not None]
    return sum(known) / len(known) if len(known) == len(made) else None


def undocumented(book: Iterable[PlanStanding]) -> tuple[UndocumentedCustomer, ...]:
    """Growing customers with a manager and no active plan (section 16, rule 4): highest MRR first, unknown last."""
    found = [
        UndocumentedCustomer(customer=one.customer, csm_id=one.csm_id, mrr=one.mrr, reason=_lacks(one.plan_status))
        for one in book
        if one.stage is LifecycleStage.GROWING and one.csm_id and one.plan_status is not PlanStatus.ACTIVE
    ]
    return tuple(sorted(found, key=lambda one: (one.mrr is None, -(one.mrr or 0), one.customer)))


def _computed(
    criterion: SuccessCriterion, made: float | None, spent: float | None, today: date, config: PlanConfig
) -> CriterionStatus | None:
    met = _met(criterion)
    if met:
        return CriterionStatus.ACHIEVED
    if met is None or made is None or spent is None or criterion.deadline is None:
        return None
    if today > criterion.deadline:
        return CriterionStatus.MISSED
    enough = made >= config.on_track_from * spent - _ROUNDING
    return CriterionStatus.ON_TRACK if enough else CriterionStatus.AT_RISK


def _met(criterion: SuccessCriterion) -> bool | None:
    current, target = criterion.current_value, criterion.target_value
    if current is None or target is None or criterion.direction is None:
        return None
    return current >= target if criterion.direction is Direction.UP else current <= target


def _reached(milestone: PlanMilestone, shown: dict[str, CriterionStatus | None], today: date) -> PlanMilestone:
    if milestone.achieved or not milestone.criteria:
        return milestone
    if any(shown.get(one) is not CriterionStatus.ACHIEVED for one in milestone.criteria):
        return milestone
    return milestone.model_copy(update={"achieved": True, "achieved_date": today})


def _criterion_problems(one: SuccessCriterion, known_metrics: Collection[str]) -> list[PlanProblem]:
    place = f"success_criteria.{one.id}"
    found = [PlanProblem(field=f"{place}.{name}", message="missing") for name in _NEEDED if getattr(one, name) is None]
    if one.metric is not None and not one.manual and one.metric not in known_metrics:
        message = f"'{one.metric}' is not in the metric registry; declare it manual if a person reads it"
        found.append(PlanProblem(field=f"{place}.metric", message=message))
    if one.baseline_date is not None and one.deadline is not None and one.deadline <= one.baseline_date:
        found.append(PlanProblem(field=f"{place}.deadline", message="not after the baseline's day"))
    if one.baseline_value is not None and one.target_value is not None and one.direction is not None:
        rise = one.target_value - one.baseline_value
        if rise and (rise > 0) is not (one.direction is Direction.UP):
            message = f"the target lies the other way: {one.baseline_value:g} to {one.target_value:g}"
            found.append(PlanProblem(field=f"{place}.direction", message=message))
    return found


def _link_problems(plan: SuccessPlan) -> list[PlanProblem]:
    known = [one.id for one in plan.success_criteria]
    found = [
        PlanProblem(field="success_criteria", message=f"id '{one}' is used twice")
        for one in sorted({one for one in known if known.count(one) > 1})
    ]
    links = [(f"initiatives.{one.id}.linked_criteria", one.linked_criteria) for one in plan.initiatives]
    links += [(f"milestones.{one.id}.criteria", one.criteria) for one in plan.milestones]
    found += [
        PlanProblem(field=place, message=f"no criterion '{name}'")
        for place, names in links
        for name in names
        if name not in known
    ]
    found += [
        PlanProblem(field=f"initiatives.{one.id}.end_date", message="before its start")
        for one in plan.initiatives
        if one.end_date < one.start_date
    ]
    return found


def _lacks(status: PlanStatus | None) -> str:
    match status:
        case None:
            return "no success plan"
        case PlanStatus.COMPLETED:
            return "the last success plan is completed"
        case _:
            return "only a draft"


def _months_later(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
