"""Blockers, days in stage, next milestone, the renewal status of a term, and stage changes by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import JsonValue

from models.enums import LifecycleStage, TriggeredBy
from models.errors import BadInput, Refused
from models.records import Transition
from models.stages import LifecycleConfig, ManualTransition, Milestone, RenewalStatus
from rules import blockers, manual
from rules.lifecycle import decide

S = LifecycleStage
CONFIG = LifecycleConfig()
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
Facts = dict[str, JsonValue]


def found(stage: LifecycleStage, facts: Facts, days: int | None = 0) -> tuple[str, ...]:
    return blockers.blockers(stage, facts, days=days, config=CONFIG)


@pytest.mark.parametrize(
    ("days", "completion", "blocked"),
    [(30, 50, False), (31, 49, False), (31, 50, True), (31, 79, True), (31, 80, False), (31, None, False)],
)
def test_l13_an_onboarding_half_done_after_thirty_days_is_a_blocker(
    days: int, completion: int | None, blocked: bool
) -> None:
    facts: Facts = {"days_as_customer": days, "onboarding_completion": completion}
    assert (blockers.ONBOARDING_OVERDUE in found(S.ONBOARDING, facts)) is blocked
    assert found(S.ADOPTING, facts) == ()
    if blocked:
        assert decide(S.ONBOARDING, facts) is None


@pytest.mark.parametrize(
    ("stage", "longest"), [(S.TRIAL, 14), (S.ONBOARDING, 30), (S.ADOPTING, 90), (S.EXPANDING, 30), (S.AT_RISK, 30)]
)
def test_l13_a_stage_beyond_its_longest_is_overdue(stage: LifecycleStage, longest: int) -> None:
    assert found(stage, {}, longest) == ()
    assert found(stage, {}, longest + 1) == (f"stage_overdue:{stage}",)
    assert found(stage, {}, None) == ()


@pytest.mark.parametrize("stage", [S.GROWING, S.ADVOCATING, S.CHURNED])
def test_open_ended_stages_are_never_overdue(stage: LifecycleStage) -> None:
    assert found(stage, {}, 4000) == ()


def test_at_risk_beyond_thirty_days_goes_to_the_last_role() -> None:
    assert not blockers.escalate_to_last_role(S.AT_RISK, 30)
    assert blockers.escalate_to_last_role(S.AT_RISK, 31)
    assert not blockers.escalate_to_last_role(S.EXPANDING, 31)


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        ({"days_until_renewal": 0, "renewal_completed": False}, ()),
        ({"days_until_renewal": -1, "renewal_completed": False}, ("stage_overdue:renewing", "renewal_outcome_missing")),
        ({"days_until_renewal": -1, "renewal_completed": False, "renewal_declined": True}, ("stage_overdue:renewing",)),
        ({"days_until_renewal": -1}, ("stage_overdue:renewing",)),
        ({"renewal_completed": False}, ()),
    ],
)
def test_l7_a_renewal_date_that_passed_without_outcome_is_a_blocker(facts: Facts, names: tuple[str, ...]) -> None:
    assert found(S.RENEWING, facts, 500) == names


def test_blockers_of_the_onboarding_come_first_and_none_twice() -> None:
    late = ("milestone_late:first_bot", "onboarding_stalled", "onboarding_stalled")
    names = blockers.blockers(S.TRIAL, {}, days=15, onboarding=late, config=CONFIG)
    assert names == ("milestone_late:first_bot", "onboarding_stalled", "stage_overdue:trial")


def move(to: LifecycleStage, days_ago: float) -> Transition:
    return Transition(
        customer="C-1",
        from_stage=None,
        to_stage=to,
        at=NOW - days_ago * DAY,
        rule="x",
        reason="x",
        triggered_by=TriggeredBy.AUTOMATIC,
        cause=f"{to}",
    )


def test_l16_the_lifecycle_is_derived_on_read() -> None:
    history = [move(S.ONBOARDING, 31.9), move(S.TRIAL, 40), move(S.ADOPTING, -1)]
    seen = blockers.lifecycle(
        "C-1",
        S.ONBOARDING,
        history,
        {},
        NOW,
        plan_milestones=[Milestone(name="go live", target_date=date(2026, 4, 1))],
        renewal_date=date(2026, 9, 1),
        config=CONFIG,
    )
    assert [step.to_stage for step in seen.stage_history] == [S.TRIAL, S.ONBOARDING]
    assert seen.days_in_current_stage == 31
    assert seen.blockers == ("stage_overdue:onboarding",)
    assert seen.next_milestone is not None
    assert seen.next_milestone.name == "go live"


def test_a_transition_of_this_moment_is_seen() -> None:
    seen = blockers.lifecycle("C-1", S.TRIAL, [move(S.TRIAL, 0)], {}, NOW, config=CONFIG)
    assert seen.days_in_current_stage == 0


def test_a_customer_never_seen_has_a_lifecycle_of_unknowns() -> None:
    seen = blockers.lifecycle("C-1", None, [], {}, NOW, config=CONFIG)
    assert (seen.days_in_current_stage, seen.next_milestone, seen.blockers) == (None, None, ())


def test_the_next_milestone_is_of_the_onboarding_then_of_the_plan_then_the_renewal() -> None:
    early = Milestone(name="early", target_date=date(2026, 3, 1))
    late = Milestone(name="late", target_date=date(2026, 5, 1))
    undated = Milestone(name="undated")
    done = early.model_copy(update={"reached": True})
    renewal = date(2026, 9, 1)
    assert blockers.next_milestone([undated, late], [early], renewal) == late
    assert blockers.next_milestone([done], [undated, early], renewal) == early
    assert blockers.next_milestone([done], [done], renewal) == Milestone(name="renewal", target_date=renewal)
    assert blockers.next_milestone([], [], None) is None


def test_l7_the_renewal_status_starts_anew_when_the_date_advances() -> None:
    of_term = blockers.status_of_term
    june, july = date(2026, 6, 1), date(2026, 7, 1)
    assert of_term(RenewalStatus.COMPLETED, june, june) is RenewalStatus.COMPLETED
    assert of_term(RenewalStatus.COMPLETED, june, july) is RenewalStatus.NOT_DUE
    assert of_term(RenewalStatus.DECLINED, july, june) is RenewalStatus.DECLINED
    assert of_term(None, None, june) is RenewalStatus.NOT_DUE


ASKED: Facts = {"to": "growing", "actor": "csm_1", "reason": "agreed with the customer"}


def test_l16_a_manual_change_has_an_actor_a_reason_and_an_approval() -> None:
    verdict = manual.manual_verdict(S.AT_RISK, manual.read_request(ASKED), approved_by="boss")
    assert (verdict.rule, verdict.to) == ("manual", S.GROWING)
    assert verdict.facts == {"actor": "csm_1", "stated_reason": "agreed with the customer", "approved_by": "boss"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"actor": ""}, "actor"),
        ({"actor": "   "}, "actor"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"to": "gone"}, "to"),
        ({"reason": None}, "reason"),
        ({"urgent": True}, "urgent"),
    ],
)
def test_a_request_that_does_not_say_who_why_and_where_is_refused(changed: Facts, field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        manual.read_request({**ASKED, **changed})
    assert refusal.value.field == field


def test_a_manual_change_to_the_present_stage_or_without_approval_is_refused() -> None:
    request = ManualTransition(to=S.GROWING, actor="csm_1", reason="because")
    with pytest.raises(Refused, match="already"):
        manual.manual_verdict(S.GROWING, request, approved_by="boss")
    with pytest.raises(Refused, match="approval"):
        manual.manual_verdict(S.TRIAL, request, approved_by=" ")


def test_whom_a_person_put_at_risk_only_a_person_lifts() -> None:
    request = ManualTransition(to=S.AT_RISK, actor="csm_1", reason="the champion left")
    verdict = manual.manual_verdict(S.GROWING, request, approved_by="boss")
    facts: Facts = {"at_risk_causes": verdict.facts["at_risk_causes"], "health_score": 100}
    assert decide(S.AT_RISK, facts) is None
    back = ManualTransition(to=S.GROWING, actor="csm_1", reason="a new champion")
    assert manual.manual_verdict(S.AT_RISK, back, approved_by="boss").to is S.GROWING
