"""What a quarterly review says: improvements and declines alike, challenges, recommendations (section 12, Q1-Q10)."""

from collections.abc import Iterable, Sequence
from datetime import date

from models.enums import Language, Severity
from models.exception_list import Quarter
from models.figure import Documented, Figure, Interval, Unit
from models.health import HealthNote, HealthScore
from models.qbr import (
    Compared,
    CriterionProgress,
    ExecutiveSummary,
    Move,
    NextQuarterPlan,
    Point,
    ProductUsage,
    SuccessPlanProgress,
    UsageTrend,
)
from models.signals import ChurnSignal
from models.success_plan import (
    CriterionStatus,
    Direction,
    InitiativeStatus,
    PlanConfig,
    PlanStatus,
    SuccessCriterion,
    SuccessPlan,
)
from rules.exceptions import quarter_of
from rules.success_plan import view

IMPROVEMENT = Documented(
    name="qbr.improvement",
    version=1,
    text="""up metrics: (after - before) / before; down metrics: (before - after) / before; positive is better.
Cannot tell when either is unknown or before is 0. A move is better or worse only beyond both intervals: where they
overlap it is the same, since the difference may be chance. Without intervals (a census) any difference is a move.""",
)

DOWN = frozenset({"avg_response_time_minutes", "avg_resolution_hours", "support_tickets"})
"""Metrics of which less is better."""

HIGHLIGHTS = ("automation_rate", "conversations_handled", "csat")
COMPONENT_LOW = 40
USAGE_STEADY = 0.05
"""A change of use within this share is stable."""

_TROUBLED = (CriterionStatus.AT_RISK, CriterionStatus.MISSED)


def compare(metric: str, before: Figure, after: Figure) -> Compared:
    """Beside an earlier figure, in the metric's own direction."""
    change = _change(metric, before, after)
    move = _move(metric, before, after)
    reason = "" if change is not None else _why(before, after)
    figure = Figure(
        name=f"{metric}.improvement",
        label=f"{after.label}, improvement",
        unit=Unit.FRACTION,
        value=change,
        reason=reason,
        n=after.n,
        of=after.of,
        no_interval="the intervals are those of the two figures" if change is not None else "",
        period=after.period,
        as_of=after.as_of,
        cohort=after.cohort,
        query=IMPROVEMENT.ref,
    )
    return Compared(metric=metric, before=before, after=after, improvement=figure, move=move)


def summary(
    now: Sequence[Compared],
    *,
    health: HealthScore | None,
    plan: SuccessPlan | None,
    signals: Iterable[ChurnSignal],
    today: date,
) -> ExecutiveSummary:
    """Highlights, challenges and recommendations. A rise is claimed only where the figure beats the baseline (Q1)."""
    found = {one.metric: one for one in now}
    challenges = tuple(_challenges(found, health, plan, signals, today))
    return ExecutiveSummary(
        highlights=tuple(_highlight(found[metric]) for metric in HIGHLIGHTS if metric in found),
        challenges=challenges,
        recommendations=tuple(_recommendations(health.opportunities if health else (), challenges)),
    )


def usage(
    *,
    active_users: Figure,
    actions: Figure,
    before: Figure,
    used: tuple[str, ...] | None,
    lately: tuple[str, ...] | None,
    offered: tuple[str, ...] | None,
    by_month: dict[str, int],
) -> ProductUsage:
    """Who uses what, and what of the plan nobody used in the last 30 days."""
    unused = None if lately is None or offered is None else tuple(one for one in offered if one not in lately)
    return ProductUsage(
        active_users=active_users,
        actions=actions,
        features_used=used,
        underutilized_features=unused,
        usage_trend=_trend(before, actions),
        by_month=by_month,
    )


def plan_progress(plan: SuccessPlan | None, today: date, config: PlanConfig | None = None) -> SuccessPlanProgress:
    """The plan as it stands; a notice where there is none, or only a draft (Q7, Q8)."""
    if plan is None or plan.status is PlanStatus.DRAFT:
        return SuccessPlanProgress(notice="no_plan" if plan is None else "plan_is_a_draft")
    names = {status: _named(plan, status) for status in InitiativeStatus}
    return SuccessPlanProgress(
        criteria_progress=tuple(_criterion(one, today, config or PlanConfig()) for one in plan.success_criteria),
        completed_initiatives=names[InitiativeStatus.COMPLETED],
        in_progress=names[InitiativeStatus.IN_PROGRESS],
        blocked=names[InitiativeStatus.BLOCKED],
        upcoming_initiatives=names[InitiativeStatus.PLANNED],
    )


def next_quarter(meeting: date) -> NextQuarterPlan:
    """To be filled in the meeting, for the quarter after it (Q2)."""
    return NextQuarterPlan(timeline=str(quarter_of(meeting).following))


def parse_quarter(text: str) -> Quarter:
    """``2026-Q1``. Raises ValueError."""
    year, _, number = text.partition("-Q")
    if not (year.isdigit() and len(year) == 4 and number in ("1", "2", "3", "4")):
        raise ValueError("expected a quarter such as 2026-Q1")
    return Quarter(int(year), int(number))


def previous(quarter: Quarter) -> Quarter:
    """The quarter before."""
    return Quarter(quarter.year - (quarter.number == 1), (quarter.number - 2) % 4 + 1)


def questions(language: Language) -> tuple[str, str, str]:
    """The open discussion."""
    if language is Language.ES:
        return (
            "¿Han cambiado vuestras prioridades de negocio?",
            "¿Hay nuevas necesidades o casos de uso?",
            "¿Qué nos diríais sobre el producto?",
        )
    return (
        "Have your business priorities changed?",
        "Are there new needs or use cases?",
        "What would you tell us about the product?",
    )


def _change(metric: str, before: Figure, after: Figure) -> float | None:
    if before.value is None or after.value is None or before.value == 0:
        return None
    change = (float(after.value) - float(before.value)) / float(before.value)
    return -change if metric in DOWN else change


def _move(metric: str, before: Figure, after: Figure) -> Move:
    if before.value is None or after.value is None:
        return Move.CANNOT_TELL
    if before.value == after.value or _overlap(before.interval, after.interval):
        return Move.SAME
    rises = after.value > before.value
    return Move.BETTER if rises is not (metric in DOWN) else Move.WORSE


def _overlap(one: Interval | None, other: Interval | None) -> bool:
    """Whether the difference may be chance."""
    if one is None or other is None:
        return False
    ends = (one.low, one.high, other.low, other.high)
    low, high, other_low, other_high = (float("nan") if end is None else float(end) for end in ends)
    return low <= other_high and other_low <= high


def _why(before: Figure, after: Figure) -> str:
    if after.value is None:
        return after.reason
    return "no baseline: " + before.reason if before.value is None else "the baseline is 0"


def _highlight(one: Compared) -> Point:
    """Neutral unless it beat the baseline in the right direction."""
    if not one.after.known:
        return Point(code="unknown", subject=one.metric, compared=one)
    return Point(code="improved" if one.move is Move.BETTER else "stated", subject=one.metric, compared=one)


def _challenges(
    found: dict[str, Compared],
    health: HealthScore | None,
    plan: SuccessPlan | None,
    signals: Iterable[ChurnSignal],
    today: date,
) -> Iterable[Point]:
    for part in health.components if health is not None and not health.provisional else ():
        if part.score is not None and part.score < COMPONENT_LOW:
            yield Point(code="component_low", subject=part.name)
    if plan is not None and plan.status is PlanStatus.ACTIVE:
        for criterion in plan.success_criteria:
            status = view(criterion, today, PlanConfig()).status
            if status in _TROUBLED:
                yield Point(code=f"criterion_{status.value}", subject=criterion.name)
        for initiative in plan.initiatives:
            if initiative.status is InitiativeStatus.BLOCKED:
                yield Point(code="initiative_blocked", subject=initiative.name)
    for metric in ("csat", "automation_rate"):
        if metric in found and _below(found[metric]):
            yield Point(code="below_baseline", subject=metric, compared=found[metric])
    for signal in signals:
        if signal.cleared_at is None and signal.severity is Severity.HIGH:
            yield Point(code="churn_signal", subject=signal.type.value)


def _below(one: Compared) -> bool:
    """A challenge is told even where it may be chance; a rise is not."""
    before, after = one.before.value, one.after.value
    return before is not None and after is not None and after < before


def _recommendations(opportunities: Iterable[HealthNote], challenges: Iterable[Point]) -> Iterable[Point]:
    """The health opportunities, then an action for each challenge."""
    for note in opportunities:
        yield Point(code=note.code, subject=note.subject)
    for one in challenges:
        yield Point(code=f"act_on_{one.code}", subject=one.subject)


def _trend(before: Figure, now: Figure) -> UsageTrend | None:
    change = _change("actions_performed", before, now)
    if change is None:
        return None
    if abs(change) <= USAGE_STEADY:
        return UsageTrend.STABLE
    return UsageTrend.INCREASING if change > 0 else UsageTrend.DECREASING


def _named(plan: SuccessPlan, status: InitiativeStatus) -> tuple[str, ...]:
    return tuple(one.name for one in plan.initiatives if one.status is status)


def _criterion(one: SuccessCriterion, today: date, config: PlanConfig) -> CriterionProgress:
    seen = view(one, today, config)
    return CriterionProgress(
        name=one.name,
        metric=one.metric or "",
        baseline=one.baseline_value,
        target=one.target_value,
        current=one.current_value,
        status=seen.status,
        overridden_by=seen.overridden_by,
    )


def direction_of(metric: str) -> Direction:
    """Whether more or less of it is better."""
    return Direction.DOWN if metric in DOWN else Direction.UP
