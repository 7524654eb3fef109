"""Looking often, looking late and looking from another process give the same run."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.enums import RunStatus
from models.playbook import Playbook
from models.run import End, RunState, StepState, Wait
from rules import interpreter
from tests.rules.making import BOUNDED, START, Run, event, hour
from tests.rules.random_playbooks import KINDS, playbooks

HEARD = st.lists(st.tuples(st.integers(0, 150), st.sampled_from(KINDS)), max_size=5)
LOOKS = st.lists(st.integers(0, 60 * 200), max_size=12)
LAST = 210


def settled(state: RunState) -> dict[str, StepState]:
    """What is settled, but for steps that only the end of the run closed: they close when it is noticed."""
    never = "its event never came"
    return {name: one for name, one in state.steps.items() if one.status.settled and one.reason != never}


@BOUNDED
@given(playbooks(acting=False), HEARD, LOOKS)
def test_many_small_looks_settle_the_same_steps_at_the_same_moments_as_one_late_look(
    playbook: Playbook, heard: list[tuple[int, str]], looks: list[int]
) -> None:
    often = seldom = interpreter.begin(playbook, START, values={"plan": "pro"}, dates={"renewal_date": hour(40)})
    turns = sorted([(START + timedelta(minutes=look), "") for look in looks] + [(hour(h), name) for h, name in heard])
    for moment, name in [*turns, (hour(LAST), "")]:
        often, decision = interpreter.advance(playbook, often, moment)
        if isinstance(decision, End):
            seldom, late = interpreter.advance(playbook, seldom, moment)
            assert isinstance(late, End)
            break
        if name:
            often = interpreter.observe(playbook, often, event(name, moment))
            seldom = interpreter.observe(playbook, seldom, event(name, moment))
    else:
        seldom, _ = interpreter.advance(playbook, seldom, hour(LAST))
    assert settled(often) == settled(seldom)
    assert often.status is seldom.status


@BOUNDED
@given(playbooks(), HEARD, LOOKS)
def test_looks_between_two_moments_neither_add_nor_move_what_is_done(
    playbook: Playbook, heard: list[tuple[int, str]], looks: list[int]
) -> None:
    begun: dict[str, Any] = {"values": {"plan": "pro"}, "dates": {"renewal_date": hour(40)}}
    prompt, restless = Run(playbook, **begun), Run(playbook, **begun)
    extra = sorted(START + timedelta(minutes=look) for look in looks)
    for at, name in sorted(heard):
        prompt.until(hour(at))
        for look in extra:
            if restless.now < look < hour(at):
                restless.until(look)
        restless.until(hour(at))
        for run in (prompt, restless):
            run.happens(name, hour(at))
    for run in (prompt, restless):
        run.until(hour(LAST))
    assert restless.did == prompt.did
    assert restless.told == prompt.told
    assert restless.state == prompt.state


@BOUNDED
@given(playbooks(), HEARD)
def test_a_run_read_back_at_every_turn_is_the_run_that_was_never_written(
    playbook: Playbook, heard: list[tuple[int, str]]
) -> None:
    kept, carried = Run(playbook), Run(playbook)
    for at, name in sorted(heard):
        for run in (kept, carried):
            run.until(hour(at))
            run.happens(name, hour(at))
        carried.state = RunState.model_validate_json(carried.state.model_dump_json())
        carried.playbook = Playbook.model_validate_json(playbook.model_dump_json(by_alias=True))
    assert carried.until(hour(LAST)) == kept.until(hour(LAST))
    assert carried.state == kept.state
    assert carried.playbook.fingerprint() == playbook.fingerprint()


@BOUNDED
@given(playbooks(), HEARD, st.integers(1, 30))
def test_moving_the_whole_run_by_weeks_moves_every_moment_alike(
    playbook: Playbook, heard: list[tuple[int, str]], weeks: int
) -> None:
    shift = timedelta(weeks=weeks)
    here, there = Run(playbook), Run(playbook, started=START + shift)
    for at, name in sorted(heard):
        here.until(hour(at))
        there.until(hour(at) + shift)
        here.happens(name, hour(at))
        there.happens(name, hour(at) + shift)
    first, second = here.until(hour(LAST)), there.until(hour(LAST) + shift)
    assert [(name, at + shift) for name, at in here.did] == there.did
    if isinstance(first, Wait) and first.until is not None:
        assert isinstance(second, Wait)
        assert second.until == first.until + shift


@BOUNDED
@given(playbooks())
def test_a_run_without_events_or_people_rests_or_ends(playbook: Playbook) -> None:
    run = Run(playbook)
    decision = run.until(hour(24 * 365))
    assert isinstance(decision, End) or (isinstance(decision, Wait) and decision.until is None)
    assert (run.status is not RunStatus.RUNNING) == isinstance(decision, End)
    assert len({name for name, _ in run.did}) == len(run.did), "a step ran twice"
