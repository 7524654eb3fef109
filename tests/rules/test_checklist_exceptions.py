"""The daily exception lists of section 16."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.enums import LifecycleStage, Role, Segment
from models.exception_list import (
    AtRiskStanding,
    DetractorAnswer,
    ExceptionRow,
    OpenSignal,
    PlanStanding,
    QbrStanding,
    Quarter,
)
from rules import churn, exceptions

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
S = LifecycleStage
Q1, Q2 = Quarter(2026, 1), Quarter(2026, 2)


def test_16_1_a_signal_without_intervention_or_task_is_listed() -> None:
    signals = churn.detect({"failed_payments": 1, "open_tickets": 3}, NOW)
    cleared = churn.fold(signals, {"failed_payments": 0}, NOW).cleared
    rows = exceptions.ignored_signals(
        [
            OpenSignal("C-1", signals[0], False),
            OpenSignal("C-1", signals[1], True),
            OpenSignal("C-2", cleared[0], False),
        ]
    )
    assert [(row.customer, row.since) for row in rows] == [("C-1", NOW)]
    assert "failed_payment" in rows[0].what


@pytest.mark.parametrize(
    ("hours", "followed", "listed", "escalates"),
    [
        (23.9, False, False, False),
        (24, False, True, False),
        (71.9, False, True, False),
        (72, False, True, True),
        (500, True, False, False),
    ],
)
def test_16_2_a_detractor_waits_a_day_and_escalates_after_three(
    hours: float, followed: bool, listed: bool, escalates: bool
) -> None:
    answer = DetractorAnswer("C-1", 3, NOW - timedelta(hours=hours), followed)
    rows = exceptions.detractors_waiting([answer], NOW)
    assert bool(rows) is listed
    assert any(row.escalate for row in rows) is escalates


@pytest.mark.parametrize(
    ("stage", "csm", "plan", "listed"),
    [
        (S.GROWING, "csm_1", False, True),
        (S.GROWING, "csm_1", True, False),
        (S.GROWING, "csm_1", None, False),
        (S.GROWING, None, False, False),
        (S.RENEWING, "csm_1", False, False),
        (None, "csm_1", False, False),
    ],
)
def test_16_4_a_growing_customer_with_a_manager_has_an_active_plan(
    stage: LifecycleStage | None, csm: str | None, plan: bool | None, listed: bool
) -> None:
    assert bool(exceptions.growing_without_plan([PlanStanding("C-1", stage, csm, plan)])) is listed


def reviewed(
    *held: Quarter,
    since: date | None = date(2025, 11, 5),
    segment: Segment | None = Segment.ENTERPRISE,
    stage: LifecycleStage = S.GROWING,
) -> QbrStanding:
    return QbrStanding("C-1", stage, segment, since, frozenset(held))


@pytest.mark.parametrize(
    ("today", "rows"),
    [
        (date(2026, 3, 31), []),
        (date(2026, 4, 1), [("2026-Q1", False)]),
        (date(2026, 4, 14), [("2026-Q1", False)]),
        (date(2026, 4, 15), [("2026-Q1", True)]),
        (date(2026, 7, 1), [("2026-Q1", True), ("2026-Q2", False)]),
    ],
)
def test_16_5_a_missed_quarter_is_listed_and_escalates_after_fourteen_days(
    today: date, rows: list[tuple[str, bool]]
) -> None:
    found = exceptions.overdue_qbrs([reviewed()], today)
    assert [(row.what.removeprefix("no quarterly review for "), row.escalate) for row in found] == rows


def test_16_5_a_review_settles_its_own_quarter_only() -> None:
    today = date(2026, 7, 20)
    assert [str(Q2) in row.what for row in exceptions.overdue_qbrs([reviewed(Q1)], today)] == [True]
    assert exceptions.overdue_qbrs([reviewed(Q1, Q2)], today) == ()


@pytest.mark.parametrize(
    "standing",
    [
        reviewed(segment=Segment.SMB),
        reviewed(segment=Segment.SELF_SERVE),
        reviewed(segment=None),
        reviewed(stage=S.CHURNED),
        reviewed(since=None),
        reviewed(since=date(2026, 4, 2)),
    ],
)
def test_16_5_others_owe_no_review(standing: QbrStanding) -> None:
    assert exceptions.overdue_qbrs([standing], date(2026, 7, 20)) == ()


def test_16_5_mid_market_is_reviewed_each_quarter_too() -> None:
    assert len(exceptions.overdue_qbrs([reviewed(segment=Segment.MID_MARKET)], date(2026, 4, 1))) == 1


def test_16_5_a_quarter_counts_when_it_was_whole() -> None:
    on_the_day = exceptions.overdue_qbrs([reviewed(since=date(2026, 1, 1))], date(2026, 4, 1))
    a_day_late = exceptions.overdue_qbrs([reviewed(since=date(2026, 1, 2))], date(2026, 4, 1))
    assert (len(on_the_day), len(a_day_late)) == (1, 0)


@pytest.mark.parametrize(
    ("days", "told", "listed"),
    [
        (30, [], False),
        (31, [], True),
        (31, [Role.CSM, Role.CS_MANAGER], True),
        (31, [Role.EXECUTIVE], False),
    ],
)
def test_16_6_after_thirty_days_the_last_role_has_been_told(days: int, told: list[Role], listed: bool) -> None:
    path = (Role.CSM, Role.CS_MANAGER, Role.EXECUTIVE)
    standing = AtRiskStanding("C-1", NOW - timedelta(days=days), path, frozenset(told))
    assert bool(exceptions.late_escalations([standing], NOW)) is listed


def test_quarters_follow_one_another() -> None:
    assert [str(exceptions.quarter_of(date(2026, month, 1))) for month in (1, 3, 4, 12)] == [
        "2026-Q1",
        "2026-Q1",
        "2026-Q2",
        "2026-Q4",
    ]
    assert Quarter(2026, 4).following == Quarter(2027, 1)
    assert Q2.start == date(2026, 4, 1)


def test_a_row_is_read_back_as_it_was_written() -> None:
    for row in exceptions.overdue_qbrs([reviewed()], date(2026, 4, 20)):
        assert ExceptionRow.model_validate_json(row.model_dump_json()) == row
