"""What must never happen and is about to: the daily exception lists (section 16 of the domain, rows 1, 2, 4, 5, 6)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from models.enums import LifecycleStage, Segment
from models.exception_list import (
    AtRiskStanding,
    DetractorAnswer,
    ExceptionKind,
    ExceptionRow,
    OpenSignal,
    PlanStanding,
    QbrStanding,
    Quarter,
)
from rules.blockers import days_in_stage, escalate_to_last_role

FOLLOW_UP_DUE = timedelta(hours=24)
FOLLOW_UP_ESCALATES = timedelta(days=3)
QBR_ESCALATES_DAYS = 14
QBR_SEGMENTS = (Segment.ENTERPRISE, Segment.MID_MARKET)
"""Enterprise reviews may never be skipped; mid-market ones are quarterly too (section 12)."""


def ignored_signals(signals: Iterable[OpenSignal]) -> tuple[ExceptionRow, ...]:
    """Row 1: every open churn signal has an intervention or a task."""
    return tuple(
        ExceptionRow(
            kind=ExceptionKind.SIGNAL_IGNORED,
            customer=one.customer,
            what=f"{one.signal.type.value}: no intervention, no task",
            since=one.signal.detected_at,
        )
        for one in signals
        if one.signal.cleared_at is None and not one.handled
    )


def detractors_waiting(answers: Iterable[DetractorAnswer], now: datetime) -> tuple[ExceptionRow, ...]:
    """Row 2: a detractor's follow-up is due after 24 hours, and escalates after three days."""
    return tuple(
        ExceptionRow(
            kind=ExceptionKind.DETRACTOR_WITHOUT_FOLLOW_UP,
            customer=one.customer,
            what=f"answered {one.score}, nobody followed up",
            since=one.submitted_at,
            escalate=now - one.submitted_at >= FOLLOW_UP_ESCALATES,
        )
        for one in answers
        if not one.followed_up and now - one.submitted_at >= FOLLOW_UP_DUE
    )


def growing_without_plan(customers: Iterable[PlanStanding]) -> tuple[ExceptionRow, ...]:
    """Row 4: no growing customer with a manager is without an active success plan."""
    return tuple(
        ExceptionRow(kind=ExceptionKind.GROWING_WITHOUT_PLAN, customer=one.customer, what="no active success plan")
        for one in customers
        if one.stage is LifecycleStage.GROWING and one.csm_id is not None and one.active_plan is False
    )


def overdue_qbrs(customers: Iterable[QbrStanding], today: date) -> tuple[ExceptionRow, ...]:
    """Row 5: every whole quarter that ended without its review; it escalates 14 days past the quarter.

    ``today`` is the day of the business calendar. A review held later, for the quarter it missed, settles it.
    """
    rows = []
    for one in customers:
        if one.segment not in QBR_SEGMENTS or one.stage is LifecycleStage.CHURNED or one.since is None:
            continue
        for quarter in _ended(one.since, today):
            if quarter not in one.held:
                over = quarter.following.start
                rows.append(
                    ExceptionRow(
                        kind=ExceptionKind.QBR_OVERDUE,
                        customer=one.customer,
                        what=f"no quarterly review for {quarter}",
                        since=over,
                        escalate=(today - over).days >= QBR_ESCALATES_DAYS,
                    )
                )
    return tuple(rows)


def late_escalations(customers: Iterable[AtRiskStanding], now: datetime) -> tuple[ExceptionRow, ...]:
    """Row 6: at risk for more than 30 days, and the last role of the path was not told."""
    return tuple(
        ExceptionRow(
            kind=ExceptionKind.AT_RISK_ESCALATED_LATE,
            customer=one.customer,
            what=f"at risk for {days_in_stage(one.since, now)} days, {one.path[-1].value} not told",
            since=one.since,
            escalate=True,
        )
        for one in customers
        if one.path
        and one.path[-1] not in one.told
        and escalate_to_last_role(LifecycleStage.AT_RISK, days_in_stage(one.since, now))
    )


def quarter_of(day: date) -> Quarter:
    """The quarter that a day lies in."""
    return Quarter(day.year, (day.month + 2) // 3)


def _ended(since: date, today: date) -> Iterable[Quarter]:
    """Whole quarters from ``since`` that are over."""
    quarter = quarter_of(since)
    if quarter.start < since:
        quarter = quarter.following
    while quarter.following.start <= today:
        yield quarter
        quarter = quarter.following
