# ruff: noqa: E501 (tables read best with one case to a line)
"""When each kind of step is due, where it leads, and what is never reached."""

from datetime import datetime, timedelta

import pytest
from pydantic import JsonValue

from models.enums import RunStatus, WaitingFor
from models.run import End, StepResult, StepStatus, Wait
from tests.rules.making import START, Fields, Run, act, choose, hear, hour, pause, play, rise

FAILED = StepResult(status="failed", reason="no")
SKIPPED = StepResult(status="skipped", reason="when")

# (steps, answers, events, the step looked at, status, result, ended in hours)
ANCHORS: list[tuple[list[Fields], dict[str, list[StepResult]], list[tuple[str, int]], str, str, str, float | None]] = [
    ([act()], {}, [], "a", "done", "done", 0),
    ([act(delay="2 days")], {}, [], "a", "done", "done", 48),
    ([pause(delay="1 hour"), act(delay="2 hours")], {}, [], "a", "done", "done", 2),
    ([pause(delay="1 hour"), act(after="w", delay="2 hours")], {}, [], "a", "done", "done", 3),
    ([act(after="w", delay="2 hours"), pause(delay="1 hour")], {}, [], "a", "done", "done", 3),
    ([pause("w1", delay="1 hour"), pause("w2", after="w1", delay="1 hour"), act(after="w2")], {}, [], "a", "done", "done", 2),
    ([pause(delay="9 hours"), act(after="event:x", delay="1 hour")], {}, [("x", 3)], "a", "done", "done", 4),
    ([pause(delay="9 hours"), act(after="event:x")], {}, [("x", 3), ("x", 5)], "a", "done", "done", 3),
    ([pause(delay="9 hours"), act(after="event:x:one")], {}, [("x:two", 3), ("x:one", 5)], "a", "done", "done", 5),
    ([pause(delay="9 hours"), act(after="event:x")], {}, [("x:two", 3)], "a", "done", "done", 3),
    ([pause(delay="9 hours"), act(after="event:y")], {}, [("x", 3)], "a", "unreached", "", 9),
    ([act("b"), act(after="b", on=["done"])], {}, [], "a", "done", "done", 0),
    ([act("b"), act(after="b", on=["failed"])], {}, [], "a", "unreached", "", 0),
    ([act("b"), act(after="b", on=["failed"])], {"b": [FAILED]}, [], "a", "done", "done", 0),
    ([act("b"), act(after="b", on=["done", "skipped"])], {"b": [SKIPPED]}, [], "a", "done", "done", 0),
    ([act("b"), act(after="b")], {"b": [FAILED]}, [], "a", "done", "done", 0),
    ([act("b"), act("c", after="b", on=["failed"]), act(after="c")], {}, [], "a", "unreached", "", 0),
    ([rise()], {}, [], "r", "done", "done", 0),
    ([rise()], {"r": [SKIPPED]}, [], "r", "skipped", "skipped", 0),
    ([hear(events=["x"]), act(after="h", on=["x"], delay="1 hour")], {}, [("x", 3)], "a", "done", "done", 4),
    ([hear(events=["x", "y"], timeout="8 hours"), act(after="h", on=["x"])], {}, [("y", 3)], "a", "unreached", "", 0),
    ([hear(events=["x"], timeout="8 hours"), act(after="h", on=["timeout"])], {}, [], "a", "done", "done", 8),
    ([hear(events=["x"], timeout="8 hours")], {}, [], "h", "done", "timeout", 8),
    ([hear(events=["x"], timeout="8 hours", delay="3 hours")], {}, [], "h", "done", "timeout", 11),
    ([hear(events=["x:one"], timeout="8 hours")], {}, [("x:two", 2), ("x:one", 3)], "h", "done", "x:one", 3),
    ([hear(events=["x"], delay="5 hours")], {}, [("x", 2)], "h", "done", "x", 5),
    ([hear("g", events=["x"]), hear(after="g", events=["x"], timeout="1 hour")], {}, [("x", 2)], "h", "done", "x", 2),
    ([pause(delay="3 hours"), hear(after="w", events=["x"], timeout="1 hour")], {}, [("x", 2)], "h", "done", "timeout", 4),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "answers", "events", "step", "status", "result", "ended"), ANCHORS)
def test_a_step_ends_as_its_anchor_and_delay_say(
    steps: list[Fields], answers: dict[str, list[StepResult]], events: list[tuple[str, int]], step: str,
    status: str, result: str, ended: float | None,
) -> None:  # fmt: skip
    run = Run(play(*steps), answers)
    for name, hours in events:
        run.until(hour(hours))
        run.happens(name, hour(hours))
    run.until(hour(24 * 30))
    assert run.ends(step) == (status, result, None if ended is None else hour(ended))
    assert run.status is RunStatus.COMPLETED


@pytest.mark.parametrize(
    ("dates", "offset", "ends"),
    [
        ({"renewal_date": hour(100)}, "0 days", ("done", "done", hour(100))),
        ({"renewal_date": hour(100)}, "-2 days", ("done", "done", hour(52))),
        ({"renewal_date": hour(100)}, "1 day", ("done", "done", hour(124))),
        ({"renewal_date": hour(-5)}, "0 days", ("done", "done", hour(0))),
        ({"renewal_date": hour(10)}, "-30 days", ("done", "done", hour(0))),
        ({}, "0 days", ("skipped", "skipped", hour(0))),
    ],
)
def test_until_waits_for_a_date_of_the_run_or_skips_what_has_no_date(
    dates: dict[str, datetime], offset: str, ends: tuple[str, str, datetime]
) -> None:
    run = Run(play(pause(until={"value": "renewal_date", "offset": offset})), dates=dates)
    run.until(hour(1000))
    assert run.ends("w") == ends


# (values, result of the step read, label chosen)
BRANCHES: list[tuple[dict[str, JsonValue], str, str]] = [
    ({"plan": "pro"}, "done", "big"),
    ({"plan": "starter"}, "done", "went"),
    ({"plan": "starter"}, "failed", "otherwise"),
    ({"plan": None}, "done", "went"),
    ({}, "failed", "otherwise"),
]


@pytest.mark.parametrize(("values", "answer", "label"), BRANCHES)
def test_a_branch_takes_the_first_case_that_holds_and_the_unknown_never_does(
    values: dict[str, JsonValue], answer: str, label: str
) -> None:
    steps = [
        act("first-try"),
        choose("b", ('plan == "pro"', "big"), ('result_first_try == "done"', "went"), after="first-try"),
        *(act(name, after="b", on=[name]) for name in ("big", "went", "otherwise")),
    ]
    run = Run(play(*steps), {"first-try": [StepResult.model_validate({"status": answer})]}, values=values)
    run.until(hour(1))
    assert run.ends("b")[1] == label
    assert {name for name in ("big", "went", "otherwise") if run.how(name) is StepStatus.DONE} == {label}
    assert all(run.how(n) is StepStatus.UNREACHED for n in {"big", "went", "otherwise"} - {label})


def test_a_branch_reads_values_that_an_activity_answered() -> None:
    steps = [act("find"), choose("b", ('owner == "csm-1"', "hers"), after="find")]
    run = Run(play(*steps), {"find": [StepResult(status="done", values={"owner": "csm-1"})]})
    run.until(hour(1))
    assert run.ends("b")[1] == "hers"
    assert run.state.values == {"owner": "csm-1"}


def test_a_branch_sees_what_was_settled_at_its_moment_however_late_it_is_looked_at() -> None:
    """What settles after the branch's moment stands before it in the file, and may not be seen by it."""
    steps = [
        pause("later", delay="5 hours"),
        choose("b", ('result_later == "done"', "seen"), after="trigger", delay="2 hours"),
    ]
    run = Run(play(*steps))
    run.look(hour(9))
    assert run.ends("b") == ("done", "otherwise", hour(2))


def test_of_two_steps_that_are_due_the_earlier_goes_first_and_of_equals_the_first_in_the_file() -> None:
    run = Run(play(act("c", delay="2 hours"), act("a", delay="1 hour"), act("b", delay="1 hour")))
    run.look(hour(5))
    assert [name for name, _ in run.did] == ["a", "b", "c"]


def test_a_step_that_is_due_never_waits_for_one_that_is_not() -> None:
    run = Run(play(hear(outcomes=["yes"]), act(delay="1 hour"), pause(delay="9 hours")))
    run.until(hour(1))
    assert run.did == [("a", hour(1))]


def test_what_follows_a_late_wait_counts_from_its_moment_and_not_from_the_looking() -> None:
    steps = [pause("w1", delay="1 hour"), pause("w2", after="w1", delay="1 hour"), act(after="w2", delay="5 hours")]
    run = Run(play(*steps))
    wait = run.look(hour(4))
    assert run.ends("w2") == ("done", "done", hour(2))
    assert isinstance(wait, Wait)
    assert wait.until == hour(7)


def test_what_follows_an_act_counts_from_when_it_was_done() -> None:
    run = Run(play(act("b"), act(after="b", delay="5 hours")))
    wait = run.look(hour(4))
    assert isinstance(wait, Wait)
    assert wait.until == hour(9)


def test_an_import_skips_what_was_due_before_it_and_does_the_rest_in_its_time() -> None:
    steps = [
        act("early"),
        act("edge", delay="48 hours"),
        act("late", delay="72 hours"),
        hear("asked", events=["x"], timeout="1 hour"),
        act("unanswered", after="asked", on=["timeout"]),
        act("after", after="early", delay="60 hours"),
    ]
    run = Run(play(*steps), not_before=hour(48))
    run.look(hour(50))
    run.until(hour(100))
    assert [name for name, _ in run.did] == ["edge", "after", "late"]
    assert run.state.steps["early"].reason == run.state.steps["asked"].reason == "before import"
    assert run.ends("early") == ("skipped", "skipped", hour(0))
    assert run.how("unanswered") is StepStatus.UNREACHED


def test_nothing_to_do_and_nothing_to_wait_for_is_the_end_unless_it_is_kept_open() -> None:
    run = Run(play(act(), act("b", after="event:x")))
    wait = run.look(hour(1), keep_open=True)
    assert wait == Wait(until=None, waiting_for=WaitingFor.CUSTOMER, reason="the customer")
    assert run.look(hour(2)) == End(status=RunStatus.COMPLETED, reason="every step settled")
    assert run.ends("b") == ("unreached", "", hour(2))
    assert run.state.steps["b"].reason == "its event never came"
    assert run.state.ended == hour(2)


# (steps, what it waits for, until in hours, words)
WAITS: list[tuple[list[Fields], WaitingFor, float | None, str]] = [
    ([act(delay="3 hours")], WaitingFor.TIMER, 3, "a"),
    ([act(delay="3 hours"), pause(delay="2 hours")], WaitingFor.TIMER, 2, "w"),
    ([hear(events=["x"])], WaitingFor.CUSTOMER, None, "h: x"),
    ([hear(events=["x"], outcomes=["yes", "no"])], WaitingFor.PERSON, None, "h: yes, no, x"),
    ([hear(events=["x"], timeout="4 hours")], WaitingFor.CUSTOMER, 4, "h: x"),
    ([hear(outcomes=["yes"], timeout="4 hours"), act(delay="1 hour")], WaitingFor.PERSON, 1, "h: yes"),
]


@pytest.mark.parametrize(("steps", "waiting_for", "until", "reason"), WAITS)
def test_a_wait_says_for_whom_until_when_and_why(
    steps: list[Fields], waiting_for: WaitingFor, until: float | None, reason: str
) -> None:
    wait = Run(play(*steps)).look(START)
    assert wait == Wait(until=None if until is None else hour(until), waiting_for=waiting_for, reason=reason)


def test_a_wait_for_a_release_names_the_step_that_is_held() -> None:
    run = Run(play(act()), {"a": [StepResult(status="held", reason="outreach is held")]})
    wait = Wait(until=None, waiting_for=WaitingFor.PERSON, reason="a: outreach is held")
    assert run.look(START) == wait
    assert run.look(START + timedelta(days=400)) == wait
