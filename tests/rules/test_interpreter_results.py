"""What a step's activity answers, the release of held steps, and who is told when nobody answers."""

from datetime import datetime, timedelta

import pytest

from models.enums import RunStatus, WaitingFor
from models.run import HELD_UNTIL, Do, End, StepResult, StepStatus, Wait
from rules import interpreter
from tests.rules.making import DONE, Run, act, event, hear, hour, pause, play, rise

HELD = StepResult(status="held", reason="outreach is held")


@pytest.mark.parametrize("status", ["done", "skipped", "failed"])
def test_a_result_settles_the_step_with_its_reason(status: str) -> None:
    run = Run(play(act()), {"a": [StepResult.model_validate({"status": status, "reason": "so"})]})
    run.look(hour(2))
    assert run.ends("a") == (status, status, hour(2))
    assert run.state.steps["a"].reason == "so"
    assert run.status is RunStatus.COMPLETED


@pytest.mark.parametrize(("answer", "status"), [("goal_met", RunStatus.GOAL_MET), ("exited", RunStatus.EXITED)])
def test_facts_that_say_it_is_over_end_the_run_before_the_effect(answer: str, status: RunStatus) -> None:
    over = StepResult.model_validate({"status": answer, "reason": "logged in"})
    run = Run(play(act(), act("b", delay="1 day")), {"a": [over]})
    assert run.look(hour(0)) == End(status=status, reason="logged in")
    assert run.ends("a") == run.ends("b") == ("skipped", "skipped", hour(0))
    assert run.state.steps["b"].reason == "logged in"


def test_a_deferred_step_is_asked_again_when_the_window_opens() -> None:
    run = Run(play(act()), {"a": [StepResult(status="deferred", reason="quiet hours", until=hour(11)), DONE]})
    wait = run.look(hour(0))
    assert isinstance(wait, Wait)
    assert (wait.until, wait.waiting_for) == (hour(11), WaitingFor.TIMER)
    assert run.state.steps["a"].reason == "quiet hours"
    run.until(hour(11))
    assert run.did == [("a", hour(0)), ("a", hour(11))]
    assert run.ends("a") == ("done", "done", hour(11))


@pytest.mark.parametrize("until", [hour(-3), None])
def test_a_window_that_opened_already_is_now(until: datetime | None) -> None:
    run = Run(play(act()), {"a": [StepResult(status="deferred", until=until), DONE]})
    run.look(hour(2))
    assert run.ends("a") == ("done", "done", hour(2))


# (catch-up, hours late at the activation, whether it runs)
LATENESS = [("1 day", 1, True), ("1 day", 24, True), ("1 day", 25, False), ("0 days", 1, False), ("0 days", 0, True)]


@pytest.mark.parametrize(("catch_up", "late", "runs"), LATENESS)
def test_a_held_step_runs_on_activation_if_it_is_not_too_late_and_is_never_fired_otherwise(
    catch_up: str, late: int, runs: bool
) -> None:
    run = Run(play(act(delay="10 hours"), catch_up=catch_up), {"a": [HELD, DONE]})
    run.until(hour(10))
    assert run.how("a") is StepStatus.HELD
    run.happens(HELD_UNTIL, hour(10 + late))
    run.look(hour(10 + late))
    assert run.ends("a")[0] == ("done" if runs else "skipped")
    assert len(run.did) == (2 if runs else 1)
    if not runs:
        assert run.state.steps["a"].reason == "overdue when outreach was activated"


def test_what_follows_a_released_step_counts_from_when_it_was_done() -> None:
    run = Run(play(act(), act("b", after="a", delay="5 hours"), catch_up="7 days"), {"a": [HELD, DONE]})
    run.look(hour(0))
    run.happens(HELD_UNTIL, hour(30))
    run.until(hour(100))
    assert run.did == [("a", hour(0)), ("a", hour(30)), ("b", hour(35))]


def test_a_step_held_again_waits_for_the_next_activation() -> None:
    run = Run(play(act(), catch_up="7 days"), {"a": [HELD, HELD, DONE]})
    for hours in (0, 5, 9):
        run.happens(HELD_UNTIL, hour(hours))
        run.look(hour(hours))
    assert run.did == [("a", hour(0)), ("a", hour(5)), ("a", hour(9))]


def test_an_activation_while_the_activity_still_finds_outreach_held_is_not_lost() -> None:
    run = Run(play(act(), hear(events=["x"]), catch_up="7 days"))
    run.state, decision = interpreter.advance(run.playbook, run.state, hour(0))
    assert isinstance(decision, Do)
    run.state = interpreter.run_step(run.state, "a", hour(0))
    run.happens(HELD_UNTIL, hour(0))
    run.state = interpreter.settle(run.playbook, run.state, "a", HELD, hour(0.1))
    run.look(hour(0.1))
    assert run.ends("a")[0] == "done"
    assert run.how("h") is StepStatus.RUNNING


def test_a_result_is_folded_once() -> None:
    run = Run(play(act(), pause(delay="9 hours")))
    run.look(hour(0))
    before = run.state
    run.state = interpreter.settle(run.playbook, run.state, "a", StepResult(status="failed"), hour(1))
    assert run.state == before


PATH = {"path": ["csm", "cs_manager", "executive"], "timeline": "1 day"}
ASKED = hear(outcomes=["saved", "lost"], events=["x"], timeout="9 days")


def test_each_level_of_the_path_is_told_once_in_its_time_and_the_last_is_the_last() -> None:
    run = Run(play(ASKED, escalation=PATH))
    run.until(hour(24 * 8))
    assert run.told == [("cs_manager", hour(24)), ("executive", hour(48))]
    assert run.state.escalated == 2


@pytest.mark.parametrize(("at", "levels"), [(10, 0), (30, 1), (60, 2)])
def test_an_outcome_stops_the_path(at: int, levels: int) -> None:
    run = Run(play(ASKED, pause(delay="8 days"), escalation=PATH))
    run.until(hour(at))
    run.says("saved", hour(at))
    run.until(hour(24 * 7))
    assert len(run.told) == levels


def test_an_event_does_not_stop_the_path_because_nobody_has_decided() -> None:
    run = Run(play(ASKED, hear("again", after="h", outcomes=["ok"]), escalation=PATH))
    run.look(hour(0))
    run.happens("x", hour(1))
    run.until(hour(24 * 3))
    assert len(run.told) == 2


def test_a_run_that_has_ended_tells_nobody() -> None:
    run = Run(play(ASKED, escalation=PATH, goals=[{"event": "won"}]))
    run.look(hour(0))
    run.happens("won", hour(23))
    run.look(hour(99))
    assert run.told == []


def test_a_path_does_not_keep_a_finished_run_open() -> None:
    run = Run(play(act(), escalation=PATH))
    assert run.look(hour(0)) == End(status=RunStatus.COMPLETED, reason="every step settled")


def test_a_step_that_is_due_goes_before_a_level_that_is_due() -> None:
    run = Run(play(ASKED, rise(delay="24 hours"), escalation=PATH))
    run.look(hour(24))
    assert run.did == [("r", hour(24))]
    assert run.told == [("cs_manager", hour(24))]


def test_an_imported_run_counts_its_timeline_from_the_import() -> None:
    run = Run(play(hear(outcomes=["yes"], delay="100 days"), escalation=PATH), not_before=hour(24 * 90))
    run.look(hour(24 * 90))
    assert run.told == []
    run.until(hour(24 * 91))
    assert run.told == [("cs_manager", hour(24 * 91))]


def test_the_wait_names_the_role_that_is_told_next() -> None:
    run = Run(play(pause(delay="9 days"), escalation=PATH))
    wait = run.look(hour(0))
    assert isinstance(wait, Wait)
    assert (wait.until, wait.reason) == (hour(0) + timedelta(days=1), "escalation to cs_manager")


def test_an_event_seen_twice_is_remembered_by_its_first_and_latest_time() -> None:
    run = Run(play(pause(delay="9 hours")))
    for hours in (3, 1, 2):
        run.state = interpreter.observe(run.playbook, run.state, event("x:one", hour(hours)))
    assert run.state.events == {"x": hour(3), "x:one": hour(3)}
    assert run.state.latest == {"x": hour(3), "x:one": hour(3)}
    assert list(run.state.events) == ["x", "x:one"]
