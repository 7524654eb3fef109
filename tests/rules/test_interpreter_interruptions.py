"""Every kind of wait races its timer, an awaited event, an outcome, a goal, an exit and an escalation deadline."""

import pytest

from models.enums import RunStatus
from models.run import HELD_UNTIL, End, StepResult, StepStatus, Wait
from rules import interpreter
from tests.rules.making import Fields, Run, act, event, hear, hour, pause, play

ENDINGS = {"goals": [{"event": "won"}], "exits": [{"event": "left:for_good", "reason": "the customer left"}]}
PATH = {"path": ["csm", "cs_manager", "executive"], "timeline": "4 hours"}
HELD = StepResult(status="held", reason="outreach is held")

# What the run waits in: its steps, the answers of its activities.
WAITS: dict[str, tuple[list[Fields], dict[str, list[StepResult]]]] = {
    "a wait": ([pause("s", delay="10 hours")], {}),
    "a step not yet due": ([act("s", delay="10 hours")], {}),
    "an await of an event": ([hear("s", events=["x"])], {}),
    "an await with a time-out": ([hear("s", events=["x"], timeout="10 hours")], {}),
    "an await of an outcome": ([hear("s", outcomes=["yes"], timeout="10 hours")], {}),
    "an await of both": ([hear("s", events=["x"], outcomes=["yes"])], {}),
    "a step held": ([act("s")], {"s": [HELD, StepResult(status="done")]}),
    "a window that is closed": ([act("s")], {"s": [StepResult(status="deferred", until=hour(10)), HELD]}),
}
TIMED = {"a wait", "a step not yet due", "an await with a time-out", "an await of an outcome"}
HEARING = {"an await of an event", "an await with a time-out", "an await of both"}
ASKING = {"an await of an outcome", "an await of both"}


def waiting(kind: str, **rest: object) -> Run:
    steps, answers = WAITS[kind]
    run = Run(play(*steps, act("next", after="s"), **ENDINGS, **rest), answers)
    assert isinstance(run.look(hour(0)), Wait)
    return run


@pytest.mark.parametrize("kind", WAITS)
def test_a_goal_ends_any_wait_and_the_rest_is_skipped_with_the_reason(kind: str) -> None:
    run = waiting(kind)
    run.happens("won", hour(3))
    assert run.look(hour(3)) == End(status=RunStatus.GOAL_MET, reason="goal met: won")
    for name in ("s", "next"):
        assert run.ends(name) == ("skipped", "skipped", hour(3))
        assert run.state.steps[name].reason == "goal met: won"
    assert run.state.ended == hour(3)


@pytest.mark.parametrize("kind", WAITS)
def test_an_exit_ends_any_wait_only_if_its_subject_is_the_one_meant(kind: str) -> None:
    run = waiting(kind)
    run.happens("left:for_a_while", hour(2))
    assert isinstance(run.look(hour(2)), Wait)
    run.happens("left:for_good", hour(3))
    assert run.look(hour(3)) == End(status=RunStatus.EXITED, reason="the customer left")
    assert run.ends("next") == ("skipped", "skipped", hour(3))


@pytest.mark.parametrize("kind", WAITS)
def test_an_awaited_event_ends_only_the_awaits_of_it(kind: str) -> None:
    run = waiting(kind)
    run.happens("x", hour(3))
    run.look(hour(3))
    assert (run.how("s") is StepStatus.DONE) == (kind in HEARING)
    assert (("next", hour(3)) in run.did) == (kind in HEARING)


@pytest.mark.parametrize("kind", WAITS)
def test_an_outcome_is_open_only_where_a_person_is_asked(kind: str) -> None:
    run = waiting(kind)
    assert interpreter.open_outcomes(run.playbook, run.state) == (("yes",) if kind in ASKING else ())
    before = run.state
    run.says("maybe", hour(3))
    assert run.state == before
    run.says("yes", hour(3))
    assert (run.state != before) == (kind in ASKING)
    run.look(hour(3))
    assert (("next", hour(3)) in run.did) == (kind in ASKING)


@pytest.mark.parametrize("kind", WAITS)
def test_time_alone_ends_what_has_a_timer(kind: str) -> None:
    run = waiting(kind)
    run.until(hour(9.9))
    assert run.how("next") is StepStatus.PENDING
    run.until(hour(10))
    assert (run.how("s").settled, run.how("next").settled) == ((True, True) if kind in TIMED else (False, False))


@pytest.mark.parametrize("kind", WAITS)
def test_the_escalation_deadline_wakes_any_wait(kind: str) -> None:
    run = waiting(kind, escalation=PATH)
    wait = run.look(hour(0))
    assert isinstance(wait, Wait)
    assert wait.until == hour(4)
    run.until(hour(9))
    assert run.told == [("cs_manager", hour(4)), ("executive", hour(8))]


@pytest.mark.parametrize("kind", WAITS)
def test_an_event_that_nobody_wants_leaves_the_wait_as_it_was(kind: str) -> None:
    run = waiting(kind)
    before = run.look(hour(1))
    run.happens("nothing_of_ours", hour(1))
    assert run.look(hour(1)) == before


@pytest.mark.parametrize("status", [RunStatus.GOAL_MET, RunStatus.EXITED, RunStatus.COMPLETED, RunStatus.CANCELLED])
@pytest.mark.parametrize("kind", WAITS)
def test_a_run_that_has_ended_ignores_all_that_comes_later(kind: str, status: RunStatus) -> None:
    run = waiting(kind)
    run.state = ended = interpreter.finish(run.state, status, "over", hour(2))
    for name in ("won", "left:for_good", "x", HELD_UNTIL):
        run.happens(name, hour(3))
    run.says("yes", hour(3))
    run.state = interpreter.settle(run.playbook, run.state, "s", StepResult(status="done", values={"v": 1}), hour(3))
    assert run.look(hour(99)) == End(status=status, reason="over")
    assert run.state == ended
    assert interpreter.open_outcomes(run.playbook, run.state) == ()
    assert run.did.count(("next", hour(99))) == 0


def test_the_first_goal_that_matches_gives_the_reason_and_goals_come_before_exits() -> None:
    rest = {"goals": [{"event": "x:one", "reason": "one"}, {"event": "x", "reason": "any"}], "exits": [{"event": "x"}]}
    run = Run(play(pause(delay="9 hours"), **rest))
    run.happens("x:one", hour(1))
    assert (run.status, run.state.reason) == (RunStatus.GOAL_MET, "one")


def test_a_goal_wins_over_the_await_of_the_same_event() -> None:
    run = Run(play(hear(events=["won"]), act(after="h"), **ENDINGS))
    run.look(hour(0))
    run.happens("won", hour(1))
    assert run.ends("h") == ("skipped", "skipped", hour(1))
    assert run.did == []


def test_an_event_after_the_time_out_does_not_answer_even_if_nobody_looked_between() -> None:
    """A worker that was away hears of the time-out and of the event at once."""
    run = Run(play(hear(events=["x"], timeout="2 hours"), act(after="h", on=["x"])))
    run.look(hour(0))
    run.happens("x", hour(5))
    assert run.ends("h") == ("done", "timeout", hour(2))
    assert run.how("a") is StepStatus.UNREACHED


def test_an_event_before_the_time_out_answers_even_if_nobody_looked_between() -> None:
    run = Run(play(hear(events=["x"], timeout="2 hours"), act(after="h", on=["x"])))
    run.happens("x", hour(1))
    run.happens("x", hour(5))
    run.look(hour(9))
    assert run.ends("h") == ("done", "x", hour(1))
    assert run.did == [("a", hour(9))]


def test_an_event_from_before_the_anchor_is_no_answer_whenever_it_is_told() -> None:
    early, late = (Run(play(act("mail", delay="3 hours"), hear(after="mail", events=["x"]))) for _ in range(2))
    early.happens("x", hour(1))
    for run in (early, late):
        run.until(hour(4))
    late.happens("x", hour(1))
    assert early.how("h") is late.how("h") is StepStatus.RUNNING


def test_a_goal_told_late_does_not_end_a_run_before_it_began() -> None:
    run = Run(play(pause(delay="9 hours"), **ENDINGS))
    run.happens("won", hour(-5))
    assert run.state.ended == hour(0)


def test_an_answer_that_comes_twice_settles_once() -> None:
    run = Run(play(hear(outcomes=["yes", "no"]), pause(delay="9 hours")))
    run.look(hour(0))
    run.says("yes", hour(1))
    run.says("no", hour(2))
    assert run.ends("h") == ("done", "yes", hour(1))


def test_an_event_while_an_activity_runs_ends_the_run_and_its_answer_changes_nothing() -> None:
    run = Run(play(act("s"), **ENDINGS))
    run.state, _ = interpreter.advance(run.playbook, run.state, hour(0))
    run.state = interpreter.run_step(run.state, "s", hour(0))
    run.state = interpreter.observe(run.playbook, run.state, event("won", hour(0)))
    before = run.state
    run.state = interpreter.settle(run.playbook, run.state, "s", StepResult(status="done"), hour(0.1))
    assert run.state == before
    assert run.state.steps["s"].reason == "goal met: won"
