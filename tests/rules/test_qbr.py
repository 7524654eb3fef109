"""What a quarterly review says (section 12): improvements and declines alike, nothing claimed that may be chance."""

from datetime import UTC, date, datetime

import pytest

from models.enums import Language, Severity
from models.exception_list import Quarter
from models.figure import Documented, Figure, Interval, Unit
from models.nps_figures import Period
from models.qbr import Compared, Move
from models.signals import ChurnSignal, ChurnSignalType
from models.success_plan import PlanStatus, SuccessPlan
from rules import qbr
from tests.rules.techstore import EXAMPLE_SUCCESS_PLAN

NOW = datetime(2025, 4, 2, tzinfo=UTC)
PERIOD = Period(start=datetime(2025, 1, 1, tzinfo=UTC), end=datetime(2025, 4, 1, tzinfo=UTC))
HOW = Documented(name="test", version=1, text="test").ref


def figure(value: float | None, within: tuple[float, float] | None = None) -> Figure:
    return Figure(
        name="x", label="X", unit=Unit.INDEX, value=value, reason="" if value is not None else "not told", n=100,
        of="answers", interval=Interval(low=within[0], high=within[1], method="m") if within else None,
        no_interval="" if within or value is None else "a census", period=PERIOD, as_of=NOW, cohort=HOW, query=HOW,
    )  # fmt: skip


def compared(metric: str, before: float | None, after: float | None) -> Compared:
    return qbr.compare(metric, figure(before), figure(after))


@pytest.mark.parametrize(
    ("metric", "before", "after", "improvement", "move"),
    [
        ("automation_rate", 0.5, 0.6, 0.2, Move.BETTER),
        ("automation_rate", 0.6, 0.5, -1 / 6, Move.WORSE),
        ("avg_response_time_minutes", 120, 30, 0.75, Move.BETTER),
        ("avg_response_time_minutes", 30, 120, -3.0, Move.WORSE),
        ("csat", 4.0, 4.0, 0.0, Move.SAME),
        ("csat", 0, 4.0, None, Move.BETTER),
        ("csat", None, 4.0, None, Move.CANNOT_TELL),
        ("csat", 4.0, None, None, Move.CANNOT_TELL),
    ],
)
def test_an_improvement_is_in_the_metric_s_own_direction(
    metric: str, before: float | None, after: float | None, improvement: float | None, move: Move
) -> None:
    found = compared(metric, before, after)
    assert found.move is move
    assert found.improvement.value == (None if improvement is None else pytest.approx(improvement))
    assert (found.improvement.reason == "") is (improvement is not None)


def test_what_may_be_chance_is_no_move() -> None:
    before, after = figure(4.0, (3.6, 4.4)), figure(4.5, (4.3, 4.7))
    assert qbr.compare("csat", before, after).move is Move.SAME
    assert qbr.compare("csat", figure(4.0, (3.8, 4.2)), after).move is Move.BETTER


def test_a_rise_is_claimed_only_where_the_baseline_is_beaten() -> None:
    rows = [
        compared("automation_rate", 0.5, 0.6),
        compared("conversations_handled", 900, 800),
        compared("csat", None, 4.2),
    ]
    found = qbr.summary(rows, health=None, plan=None, signals=(), today=NOW.date())
    assert [one.code for one in found.highlights] == ["improved", "stated", "stated"]


def test_an_unknown_figure_is_told_as_unknown() -> None:
    found = qbr.summary([compared("csat", 4.0, None)], health=None, plan=None, signals=(), today=NOW.date())
    assert [one.code for one in found.highlights] == ["unknown"]


def test_challenges_are_told_and_each_has_its_recommendation() -> None:
    signal = ChurnSignal(
        type=ChurnSignalType.FAILED_PAYMENT, severity=Severity.HIGH, description="a payment failed", detected_at=NOW,
        metric="failed_payments", value=1, threshold=0,
    )  # fmt: skip
    mild = signal.model_copy(update={"severity": Severity.MEDIUM})
    over = signal.model_copy(update={"cleared_at": NOW})
    plan = EXAMPLE_SUCCESS_PLAN.model_copy(update={"status": PlanStatus.ACTIVE})
    found = qbr.summary(
        [compared("csat", 4.5, 4.0)], health=None, plan=plan, signals=(signal, mild, over), today=date(2025, 4, 2)
    )
    assert [one.code for one in found.challenges] == ["criterion_at_risk", "below_baseline", "churn_signal"]
    assert [one.code for one in found.recommendations] == [
        "act_on_criterion_at_risk", "act_on_below_baseline", "act_on_churn_signal",
    ]  # fmt: skip


def test_a_plan_is_shown_with_stated_statuses_and_a_missing_one_with_a_notice() -> None:
    plan = EXAMPLE_SUCCESS_PLAN.model_copy(update={"status": PlanStatus.ACTIVE})
    found = qbr.plan_progress(plan, date(2025, 4, 2))
    assert [one.overridden_by for one in found.criteria_progress] == ["csm"] * 3
    assert found.in_progress
    assert found.upcoming_initiatives
    assert qbr.plan_progress(None, NOW.date()).notice == "no_plan"
    draft: SuccessPlan = plan.model_copy(update={"status": PlanStatus.DRAFT})
    assert qbr.plan_progress(draft, NOW.date()).notice == "plan_is_a_draft"


@pytest.mark.parametrize(("meeting", "label"), [(date(2025, 1, 15), "2025-Q2"), (date(2025, 12, 31), "2026-Q1")])
def test_the_next_quarter_is_that_after_the_meeting(meeting: date, label: str) -> None:
    assert qbr.next_quarter(meeting).timeline == label


def test_quarters_are_read_and_counted_back() -> None:
    assert qbr.parse_quarter("2026-Q1") == Quarter(2026, 1)
    assert qbr.previous(Quarter(2026, 1)) == Quarter(2025, 4)
    for wrong in ("2026-Q5", "26-Q1", "2026Q1", "2026-Q"):
        with pytest.raises(ValueError, match="expected a quarter"):
            qbr.parse_quarter(wrong)


def test_features_of_the_plan_without_use_are_named_only_where_both_are_known() -> None:
    count = figure(5)
    told = qbr.usage(
        active_users=count, actions=figure(120), before=figure(100), used=("a",), lately=("a",), offered=("a", "b"),
        by_month={},
    )  # fmt: skip
    assert told.underutilized_features == ("b",)
    assert told.usage_trend is not None
    unknown = qbr.usage(
        active_users=count,
        actions=figure(None),
        before=figure(100),
        used=None,
        lately=None,
        offered=("a",),
        by_month={},
    )
    assert unknown.underutilized_features is None
    assert unknown.usage_trend is None


def test_the_discussion_has_three_questions_in_each_language() -> None:
    for language in Language:
        assert len(set(qbr.questions(language))) == 3
