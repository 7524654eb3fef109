"""Moving a run to another content: what is done stays done, nothing overdue fires, and a preview is what happens."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.playbook import Playbook
from models.run import RunState, StepResult, StepStatus
from rules import interpreter, moving
from tests.rules.random_playbooks import playbooks

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SAY = {"do": "notify_csm", "with": {"message": "said"}}


def act(step: str, **fields: Any) -> dict[str, Any]:
    return {"id": step, "kind": "act", **SAY} | fields


def book(*steps: dict[str, Any], **fields: Any) -> Playbook:
    given_ = {"id": "t.play", "version": 1, "title": "T", "process": "sequence", "trigger": "tested"}
    return Playbook.model_validate({**given_, "steps": list(steps), **fields})


OLD = book(
    act("hello"),
    act("tips", delay="3 days"),
    {"id": "hear", "kind": "await", "after": "tips", "outcomes": ["yes", "no"], "timeout": "10 days"},
    act("thank", after="hear", on=["yes"]),
)


def lived(playbook: Playbook, until: timedelta) -> RunState:
    """The run at a wait, every step done at its moment."""
    state, now = interpreter.begin(playbook, START), START
    while True:
        state, decision = interpreter.advance(playbook, state, now)
        if decision.decision == "do":
            state = interpreter.run_step(state, decision.step_id, now)
            state = interpreter.settle(playbook, state, decision.step_id, StepResult(status="done"), now)
        elif decision.decision == "escalate":
            state = interpreter.escalated(state, decision.level)
        elif decision.decision == "wait" and decision.until is not None and decision.until <= START + until:
            now = decision.until
        else:
            return state


def moved(old: Playbook, new: Playbook, state: RunState, at: timedelta, **mapping: str) -> moving.Moved:
    found = moving.move(old, new, state, mapping, {}, START + at)
    assert isinstance(found, moving.Moved), found
    return found


def test_what_is_done_stays_done_under_its_old_key() -> None:
    new = book(act("greeting"), act("tips", delay="5 days"), version=2)
    found = moved(OLD, new, lived(OLD, timedelta(days=1)), timedelta(days=1), hello="greeting")
    assert found.state.steps["greeting"].status is StepStatus.DONE
    assert found.keys == {"greeting": "hello"}
    assert found.state.steps["tips"].due == START + timedelta(days=5), "it counts from the trigger, by the new delay"
    assert any("hello becomes greeting" in note for note in found.notes)


def test_a_key_is_kept_through_a_second_move() -> None:
    new = book(act("greeting"), act("tips", delay="5 days"), version=2)
    newer = book(act("salute"), act("tips", delay="5 days"), version=3)
    first = moved(OLD, new, lived(OLD, timedelta(days=1)), timedelta(days=1), hello="greeting")
    second = moving.move(new, newer, first.state, {"greeting": "salute"}, first.keys, START + timedelta(days=1))
    assert isinstance(second, moving.Moved)
    assert second.keys == {"salute": "hello"}


def test_new_steps_whose_moment_has_passed_are_skipped_and_never_fired() -> None:
    new = book(*[act(f"late{n}", delay=f"{n} days") for n in range(4)], act("soon", delay="9 days"), version=2)
    found = moved(OLD, new, lived(OLD, timedelta(days=2)), timedelta(days=5))
    late = [found.state.steps[f"late{n}"] for n in range(4)]
    assert {(one.status, one.reason) for one in late} == {(StepStatus.SKIPPED, "due before the move")}
    _, decision = interpreter.advance(new, found.state, START + timedelta(days=5))
    assert (decision.decision, getattr(decision, "until", None)) == ("wait", START + timedelta(days=9))


def test_a_question_that_is_open_goes_on_only_where_its_answers_are_known() -> None:
    state = lived(OLD, timedelta(days=4))
    asked = {"id": "hear", "kind": "await", "after": "tips", "outcomes": ["yes", "no", "later"]}
    wider = book(act("hello"), act("tips", delay="3 days"), asked, version=2)
    assert moved(OLD, wider, state, timedelta(days=4)).state.steps["hear"].status is StepStatus.RUNNING
    narrower = book(act("hello"), act("tips", delay="3 days"), asked | {"outcomes": ["yes"]}, version=2)
    found = moving.move(OLD, narrower, state, {}, {}, START + timedelta(days=4))
    assert found == moving.CannotMove("somebody was asked at hear and may answer no, which hear does not know")
    gone = book(act("hello"), version=2)
    found = moving.move(OLD, gone, state, {}, {}, START + timedelta(days=4))
    assert found == moving.CannotMove("it waits at hear, which is not in the new playbook: map it")
    renamed = book(act("hello"), act("tips", delay="3 days"), asked | {"id": "answer"}, version=2)
    assert moved(OLD, renamed, state, timedelta(days=4), hear="answer").keys == {"answer": "hear"}


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"nothing": "tips"}, "map nothing=tips: the old playbook has no step nothing"),
        ({"tips": "nothing"}, "map tips=nothing: the new playbook has no step nothing"),
        ({"tips": "hello", "hear": "hello"}, "map: two steps cannot both become hello"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(mapping: dict[str, str], said: str) -> None:
    assert said in moving.problems(OLD, OLD, mapping)


def test_a_step_that_is_being_carried_out_is_not_moved() -> None:
    state = interpreter.run_step(interpreter.begin(OLD, START), "hello", START)
    assert moving.move(OLD, OLD, state, {}, {}, START) == moving.CannotMove("hello is being carried out")


def test_a_name_that_a_mapped_step_takes_is_not_shared() -> None:
    """``tips`` becomes ``hello``: what was done as ``hello`` does not count for it."""
    new = book(act("hello", delay="3 days"), version=2)
    found = moved(OLD, new, lived(OLD, timedelta(days=1)), timedelta(days=1), tips="hello")
    assert found.state.steps["hello"].status is StepStatus.PENDING
    assert found.keys == {"hello": "tips"}


def test_a_restart_tells_what_is_said_again() -> None:
    mail = {"id": "mail", "kind": "act", "do": "send_message", "title": "Tips", "with": {"template": "onboarding_tips"}}
    playbook = book(mail, act("note"))
    assert moving.sent_again(playbook, lived(playbook, timedelta(0))) == ("Tips",)


@given(playbooks(), st.integers(0, 40))
def test_a_move_to_the_same_content_changes_nothing(playbook: Playbook, days: int) -> None:
    at = timedelta(days=days)
    state = lived(playbook, at)
    if state.status.value != "running":
        return
    found = moving.move(playbook, playbook, state, {}, {}, START + at)
    assert isinstance(found, moving.Moved)
    assert found.state == state
    assert found.keys == {}


@given(playbooks(), playbooks(), st.integers(0, 40))
def test_nothing_that_was_due_before_a_move_is_done_at_it(old: Playbook, new: Playbook, days: int) -> None:
    at = timedelta(days=days)
    state = lived(old, at)
    target = new.model_copy(update={"id": old.id, "process": old.process, "program": old.program})
    found = moving.move(old, target, state, {}, {}, START + at)
    if isinstance(found, moving.CannotMove) or state.status.value != "running":
        return
    carried = {step.id for step in old.steps}
    for step in target.steps:
        one = found.state.steps[step.id]
        if step.id not in carried and one.status is StepStatus.PENDING and one.due is not None:
            assert one.due >= START + at
        if step.id in carried and state.steps[step.id].status.settled:
            assert one == state.steps[step.id]
