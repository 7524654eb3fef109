"""What an active plan needs, where its criteria stand on a given day, when it is reviewed (section 10, S1 to S5)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.enums import Language, LifecycleStage, Role
from models.errors import Refused
from models.program import OnboardingProgram
from models.success_plan import (
    Cadence,
    CriterionStatus,
    Direction,
    Owner,
    PlanConfig,
    PlanMilestone,
    PlanStanding,
    PlanStatus,
    SuccessCriterion,
    SuccessPlan,
)
from rules import success_plan, success_plan_draft
from tests.rules.making import BOUNDED
from tests.rules.techstore import CREATED, EXAMPLE_SUCCESS_PLAN, METRICS

CONFIG = PlanConfig()
S = CriterionStatus
BEGIN, END = date(2026, 1, 1), date(2026, 4, 11)  # 100 days


def plan(**changes: Any) -> SuccessPlan:
    return EXAMPLE_SUCCESS_PLAN.model_copy(update=changes)


def criterion(**fields: Any) -> SuccessCriterion:
    whole: dict[str, Any] = {
        "id": "sc1",
        "name": "Automation",
        "metric": "automation_rate",
        "baseline_value": 0,
        "baseline_date": BEGIN,
        "current_value": 0,
        "target_value": 100,
        "direction": "up",
        "deadline": END,
    }
    return SuccessCriterion(**{**whole, **fields})


def status(one: SuccessCriterion, day: int) -> CriterionStatus | None:
    return success_plan.view(one, BEGIN + timedelta(days=day), CONFIG).status


def active(*criteria: SuccessCriterion, **changes: Any) -> SuccessPlan:
    return plan(success_criteria=criteria, initiatives=(), status=PlanStatus.ACTIVE, **changes)


def test_the_worked_example_may_become_active() -> None:
    assert success_plan.problems(EXAMPLE_SUCCESS_PLAN, METRICS) == ()
    made = success_plan.activate(EXAMPLE_SUCCESS_PLAN, known_metrics=METRICS, at=CREATED + timedelta(days=1))
    assert (made.status, made.updated_at) == (PlanStatus.ACTIVE, CREATED + timedelta(days=1))
    assert success_plan.activate(made, known_metrics=(), at=CREATED) == made


def test_s2_the_examples_statuses_are_overrides_and_shown_as_such() -> None:
    shown = [success_plan.view(one, date(2025, 2, 20), CONFIG) for one in EXAMPLE_SUCCESS_PLAN.success_criteria]
    assert [one.status for one in shown] == [S.ON_TRACK, S.ON_TRACK, S.AT_RISK]
    assert [one.computed for one in shown] == [S.AT_RISK] * 3
    assert [one.progress for one in shown] == [0, 0, 0]
    assert {one.overridden_by for one in shown} == {"csm"}


@pytest.mark.parametrize(
    ("today", "computed"),
    [
        (date(2025, 2, 1), S.ON_TRACK),
        (date(2025, 2, 2), S.AT_RISK),
        (date(2025, 6, 30), S.AT_RISK),
        (date(2025, 7, 1), S.MISSED),
        (date(2026, 1, 1), S.MISSED),
    ],
)
def test_s4_the_example_is_judged_on_a_day_that_is_given(today: date, computed: CriterionStatus) -> None:
    for one in EXAMPLE_SUCCESS_PLAN.success_criteria:
        assert success_plan.view(one, today, CONFIG).computed is computed


@pytest.mark.parametrize(
    ("fields", "made"),
    [
        ({"current_value": 50}, 0.5),
        ({"current_value": 150}, 1.5),
        ({"current_value": -20}, 0.0),
        ({"baseline_value": 120, "target_value": 5, "direction": "down", "current_value": 62.5}, 0.5),
        ({"baseline_value": 120, "target_value": 5, "direction": "down", "current_value": 130}, 0.0),
        ({"baseline_value": 4.5, "target_value": 4.5, "current_value": 4.6}, 1.0),
        ({"baseline_value": 4.5, "target_value": 4.5, "current_value": 4.4}, 0.0),
        ({"baseline_value": None}, None),
        ({"current_value": None}, None),
        ({"target_value": None}, None),
    ],
)
def test_s1_progress_goes_from_baseline_to_target_in_its_direction(fields: dict[str, Any], made: float | None) -> None:
    assert success_plan.progress(criterion(**fields)) == made


@pytest.mark.parametrize(
    ("current", "day", "expected"),
    [
        (0, 0, S.ON_TRACK),
        (39, 50, S.AT_RISK),
        (40, 50, S.ON_TRACK),
        (24, 30, S.ON_TRACK),
        (79, 100, S.AT_RISK),
        (80, 100, S.ON_TRACK),
        (99, 101, S.MISSED),
        (100, 101, S.ACHIEVED),
        (100, 1, S.ACHIEVED),
        (None, 50, None),
        (None, 101, None),
        (10, -5, S.ON_TRACK),
    ],
)
def test_s1_a_status_follows_from_progress_and_time(current: float | None, day: int, expected: S | None) -> None:
    assert status(criterion(current_value=current), day) is expected


@pytest.mark.parametrize(
    ("current", "expected"), [(5, S.ACHIEVED), (4, S.ACHIEVED), (5.1, S.ON_TRACK), (120, S.AT_RISK)]
)
def test_s1_lower_may_be_better(current: float, expected: CriterionStatus) -> None:
    one = criterion(baseline_value=120, target_value=5, direction="down", current_value=current)
    assert status(one, 50) is expected


def test_s1_what_lacks_a_direction_is_not_judged() -> None:
    assert status(criterion(direction=None, current_value=100), 50) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"success_criteria": ()}, "success_criteria"),
        ({"stakeholders": ()}, "stakeholders"),
        ({"review_cadence": None}, "review_cadence"),
        ({"next_review": None}, "next_review"),
        ({"success_criteria": (criterion(metric=None),)}, "success_criteria.sc1.metric"),
        ({"success_criteria": (criterion(metric="happiness"),)}, "success_criteria.sc1.metric"),
        ({"success_criteria": (criterion(baseline_value=None),)}, "success_criteria.sc1.baseline_value"),
        ({"success_criteria": (criterion(baseline_date=None),)}, "success_criteria.sc1.baseline_date"),
        ({"success_criteria": (criterion(target_value=None),)}, "success_criteria.sc1.target_value"),
        ({"success_criteria": (criterion(direction=None),)}, "success_criteria.sc1.direction"),
        ({"success_criteria": (criterion(direction="down"),)}, "success_criteria.sc1.direction"),
        ({"success_criteria": (criterion(deadline=None),)}, "success_criteria.sc1.deadline"),
        ({"success_criteria": (criterion(deadline=BEGIN),)}, "success_criteria.sc1.deadline"),
        ({"success_criteria": (criterion(), criterion())}, "success_criteria"),
        ({"success_criteria": (criterion(),)}, "initiatives.init1.linked_criteria"),
        (
            {"milestones": (PlanMilestone(id="m1", name="M", target_date=END, criteria=("sc9",)),)},
            "milestones.m1.criteria",
        ),
    ],
)
def test_a_plan_that_lacks_something_does_not_become_active(changes: dict[str, Any], field: str) -> None:
    known = {*METRICS, "automation_rate"}
    found = success_plan.problems(plan(**changes), known)
    assert field in [one.field for one in found]
    with pytest.raises(Refused, match=field):
        success_plan.activate(plan(**changes), known_metrics=known, at=CREATED)


def test_a_completed_plan_does_not_become_active_again() -> None:
    with pytest.raises(Refused, match="completed"):
        success_plan.activate(plan(status=PlanStatus.COMPLETED), known_metrics=METRICS, at=CREATED)


def test_s5_a_metric_outside_the_registry_is_declared_manual() -> None:
    def fields(manual: bool) -> list[str]:
        odd = criterion(metric="happiness", manual=manual)
        return [one.field for one in success_plan.problems(active(odd), METRICS)]

    assert fields(manual=True) == []
    assert fields(manual=False) == ["success_criteria.sc1.metric"]


def test_s5_an_owner_is_a_user_or_a_role() -> None:
    assert Owner(role=Role.CSM).user is None
    for wrong in ({}, {"role": "csm", "user": "ana"}, {"role": "technical"}):
        with pytest.raises(ValidationError):
            Owner.model_validate(wrong)


PROGRAM = OnboardingProgram.model_validate(
    {
        "duration_days": 14,
        "first_value": "b_done",
        "has_kickoff": False,
        "steps": [
            {
                "id": name,
                "name": f"Step {name}",
                "names": {"es": f"Paso {name}"},
                "description": "",
                "type": "action",
                "required": True,
                "minutes": 5,
                "criterion": f"{name}_done",
            }
            for name in ("a", "b")
        ],
        "milestones": [{"id": "m", "name": "First value", "target_day": 7, "criteria": ["b_done"]}],
    }
)


def test_s3_the_plan_of_day_one_is_a_draft_that_discovery_completes() -> None:
    at = datetime(2026, 1, 1, 9, tzinfo=UTC)
    made = success_plan_draft.draft("C-1", "Acme", PROGRAM, started=BEGIN, at=at)
    assert made.status is PlanStatus.DRAFT
    (work,) = made.initiatives
    assert [task.name for task in work.tasks] == ["Paso a", "Paso b"]
    assert (work.start_date, work.end_date) == (date(2026, 1, 1), date(2026, 1, 14))
    assert [(one.name, one.target_date) for one in made.milestones] == [("First value", date(2026, 1, 7))]
    lacking = [one.field for one in success_plan.problems(made, METRICS)]
    assert lacking == ["success_criteria", "stakeholders", "review_cadence", "next_review"]
    in_english = success_plan_draft.draft("C-1", None, PROGRAM, started=BEGIN, at=at, language=Language.EN)
    assert in_english.initiatives[0].tasks[0].name == "Step a"
    assert in_english.business_context is None


@pytest.mark.parametrize(
    ("cadence", "anchor", "after", "expected"),
    [
        (Cadence.WEEKLY, date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 8)),
        (Cadence.WEEKLY, date(2026, 1, 1), date(2026, 1, 7), date(2026, 1, 8)),
        (Cadence.WEEKLY, date(2026, 1, 1), date(2026, 1, 8), date(2026, 1, 15)),
        (Cadence.BIWEEKLY, date(2026, 2, 20), date(2026, 2, 20), date(2026, 3, 6)),
        (Cadence.MONTHLY, date(2026, 1, 31), date(2026, 1, 31), date(2026, 2, 28)),
        (Cadence.MONTHLY, date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)),
        (Cadence.MONTHLY, date(2028, 1, 31), date(2028, 1, 31), date(2028, 2, 29)),
        (Cadence.MONTHLY, date(2026, 1, 31), date(2026, 3, 31), date(2026, 4, 30)),
        (Cadence.MONTHLY, date(2026, 12, 15), date(2026, 12, 15), date(2027, 1, 15)),
        (Cadence.QUARTERLY, date(2025, 11, 30), date(2025, 11, 30), date(2026, 2, 28)),
        (Cadence.QUARTERLY, date(2025, 11, 30), date(2026, 2, 28), date(2026, 5, 30)),
        (Cadence.QUARTERLY, date(2026, 1, 1), date(2025, 12, 1), date(2026, 1, 1)),
    ],
)
def test_the_next_review_keeps_to_the_calendar(cadence: Cadence, anchor: date, after: date, expected: date) -> None:
    assert success_plan.next_review(cadence, anchor, after) == expected


@BOUNDED
@given(st.sampled_from(Cadence), st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(0, 2000))
def test_the_next_review_is_the_first_one_later(cadence: Cadence, anchor: date, days: int) -> None:
    after = anchor + timedelta(days=days)
    due = success_plan.next_review(cadence, anchor, after)
    assert due > after
    assert success_plan.next_review(cadence, anchor, due - timedelta(days=1)) == due
    assert due - after <= timedelta(days=93)


@pytest.mark.parametrize(
    ("criteria", "day", "over"),
    [
        ((criterion(current_value=100),), 1, True),
        ((criterion(current_value=50),), 101, True),
        ((criterion(current_value=100), criterion(id="sc2", current_value=0)), 101, True),
        ((criterion(current_value=100), criterion(id="sc2", current_value=99)), 100, False),
        ((criterion(current_value=100), criterion(id="sc2", current_value=None)), 101, False),
        ((), 1, False),
    ],
)
def test_a_plan_is_complete_when_each_criterion_is_achieved_or_missed(
    criteria: tuple[SuccessCriterion, ...], day: int, over: bool
) -> None:
    today, at = BEGIN + timedelta(days=day), datetime(2026, 6, 1, tzinfo=UTC)
    settled = success_plan.settle(active(*criteria), today=today, at=at, config=CONFIG)
    assert (settled.status is PlanStatus.COMPLETED) is over
    assert (settled.updated_at == at) is over
    assert success_plan.settle(settled, today=today, at=at, config=CONFIG) == settled


def test_a_milestone_once_reached_stays_reached() -> None:
    milestones = (
        PlanMilestone(id="m1", name="Half", target_date=END, criteria=("sc1",)),
        PlanMilestone(id="m2", name="By hand", target_date=END),
    )
    other = criterion(id="sc2")
    first = active(criterion(current_value=100), other, milestones=milestones)
    reached = success_plan.settle(first, today=BEGIN, at=CREATED, config=CONFIG)
    assert [(one.achieved, one.achieved_date) for one in reached.milestones] == [(True, BEGIN), (False, None)]
    fallen = reached.model_copy(update={"success_criteria": (criterion(current_value=90), other)})
    again = success_plan.settle(fallen, today=END, at=CREATED, config=CONFIG)
    assert again.milestones == reached.milestones


def test_a_draft_is_not_settled() -> None:
    draft = plan(status=PlanStatus.DRAFT)
    assert success_plan.settle(draft, today=date(2030, 1, 1), at=CREATED, config=CONFIG) == draft


@pytest.mark.parametrize(
    ("values", "expected"), [((100, 100), 1.0), ((150, 50), 1.0), ((0, 50), 0.25), ((100, None), None), ((), None)]
)
def test_attainment_is_the_mean_progress_of_an_active_plan(
    values: tuple[float | None, ...], expected: float | None
) -> None:
    criteria = [criterion(id=f"sc{number}", current_value=value) for number, value in enumerate(values)]
    assert success_plan.outcome_attainment(active(*criteria)) == expected
    draft = active(*criteria).model_copy(update={"status": PlanStatus.DRAFT})
    assert success_plan.outcome_attainment(draft) is None
    assert success_plan.outcome_attainment(None) is None


@pytest.mark.parametrize(
    ("stage", "csm", "status_", "listed"),
    [
        (LifecycleStage.GROWING, "ana", None, "no success plan"),
        (LifecycleStage.GROWING, "ana", PlanStatus.DRAFT, "only a draft"),
        (LifecycleStage.GROWING, "ana", PlanStatus.COMPLETED, "the last success plan is completed"),
        (LifecycleStage.GROWING, "ana", PlanStatus.ACTIVE, None),
        (LifecycleStage.GROWING, None, None, None),
        (LifecycleStage.ADOPTING, "ana", None, None),
        (None, "ana", None, None),
    ],
)
def test_a_growing_customer_with_a_manager_and_no_active_plan_is_an_exception(
    stage: LifecycleStage | None, csm: str | None, status_: PlanStatus | None, listed: str | None
) -> None:
    found = success_plan.undocumented([PlanStanding(customer="C-1", stage=stage, csm_id=csm, plan_status=status_)])
    assert [one.reason for one in found] == ([] if listed is None else [listed])


def test_the_exception_list_has_the_largest_customers_first() -> None:
    book = [
        PlanStanding(customer=name, stage=LifecycleStage.GROWING, csm_id="ana", mrr=mrr)
        for name, mrr in (("C-3", None), ("C-2", Decimal(10)), ("C-1", Decimal(10)), ("C-4", Decimal(99)))
    ]
    assert [one.customer for one in success_plan.undocumented(book)] == ["C-4", "C-1", "C-2", "C-3"]


@BOUNDED
@given(
    st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.sampled_from(Direction), st.integers(-50, 300)
)
def test_progress_is_never_negative_and_time_never_more_than_all(
    baseline: float, current: float, target: float, direction: Direction, day: int
) -> None:
    one = criterion(baseline_value=baseline, current_value=current, target_value=target, direction=direction)
    shown = success_plan.view(one, BEGIN + timedelta(days=day), CONFIG)
    assert shown.progress is not None
    assert shown.progress >= 0
    assert shown.elapsed is not None
    assert 0 <= shown.elapsed <= 1
    assert shown.status is not None
