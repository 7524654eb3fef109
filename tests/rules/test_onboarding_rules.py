"""The onboarding tracker against section 4.4 of the domain and its resolutions O1 to O9."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import OnboardingStatus, Segment
from models.errors import BadInput
from models.play import OnboardingState, StepDone
from models.program import OnboardingProgram
from playbooks.catalog import Catalog
from rules import onboarding
from tests.rules.making import BOUNDED, START

CATALOG = Catalog.load()


def program_of(playbook: str, segment: Segment) -> OnboardingProgram:
    program = CATALOG.by_id(playbook, segment).program
    assert program is not None
    return program


SELF_SERVE = program_of("self-serve-v1", Segment.SELF_SERVE)
MID_MARKET = program_of("mid-market-v1", Segment.MID_MARKET)
PROGRAMS = {"self-serve": SELF_SERVE, "mid-market": MID_MARKET}
REQUIRED = {"self-serve": [0, 20, 40, 60, 80, 100], "mid-market": [0, 17, 33, 50, 67, 83, 100]}
FRESH = OnboardingState(last_progress=START)


def day(days: float) -> datetime:
    return START + timedelta(days=days)


def do(
    program: OnboardingProgram, state: OnboardingState, step: str, at: datetime = START
) -> tuple[OnboardingState, list[str]]:
    """Complete a step by its id; the names of what it made happen."""
    found = onboarding.find_step(program, StepDone(step_id=step))
    after, happened = onboarding.complete(program, state, found, at, f"e-{step}")
    return after, [one.name for one in happened]


def all_done(program: OnboardingProgram, *, but: tuple[str, ...] = ()) -> OnboardingState:
    state = FRESH
    for step in program.steps:
        if step.required and step.id not in but:
            state, _ = do(program, state, step.id)
    return state


@pytest.mark.parametrize("name", PROGRAMS)
def test_progress_takes_the_values_of_the_domain(name: str) -> None:
    program, state = PROGRAMS[name], FRESH
    found = [onboarding.progress(program, state)]
    for step in program.steps:
        if step.required:
            state, _ = do(program, state, step.id)
            found.append(onboarding.progress(program, state))
    assert found == REQUIRED[name]


def test_optional_steps_are_kept_but_do_not_count() -> None:
    state, happened = do(SELF_SERVE, FRESH, "invite_team")
    assert (onboarding.progress(SELF_SERVE, state), happened) == (0, [])
    assert "invite_team" in state.completed


MILESTONES = [
    ("self-serve", ["first_chatbot", "install"], "day1"),
    ("self-serve", ["install", "first_chatbot"], "day1"),
    ("self-serve", ["first_conversation"], "day3"),
    ("self-serve", ["first_conversation", "install", "customize", "welcome", "first_chatbot"], "day7"),
    ("mid-market", ["discovery", "kickoff"], "week1"),
    ("mid-market", ["implementation"], "week2"),
    ("mid-market", ["training", "go_live"], "week3"),
    ("mid-market", ["review_30"], "week4"),
]


@pytest.mark.parametrize(("name", "steps", "milestone"), MILESTONES)
def test_o1_a_milestone_is_reached_by_the_criteria_of_the_steps_done(
    name: str, steps: list[str], milestone: str
) -> None:
    state = FRESH
    for position, step in enumerate(steps):
        assert milestone not in state.milestones
        state, happened = do(PROGRAMS[name], state, step, day(position))
    assert state.milestones[milestone] == day(len(steps) - 1)
    assert f"milestone_reached:{milestone}" in happened


def test_o2_a_stall_is_kept_and_comes_once_until_there_is_progress() -> None:
    assert onboarding.stall_due(SELF_SERVE, FRESH) == day(3)
    stalled = onboarding.stall(FRESH)
    assert (onboarding.status(stalled), stalled.stalls) == (OnboardingStatus.STALLED, 1)
    assert onboarding.stall_due(SELF_SERVE, stalled) is None
    assert onboarding.blockers(stalled) == ("onboarding_stalled",)


def test_o3_the_current_step_is_the_first_not_done_and_none_when_all_are() -> None:
    state = FRESH
    assert onboarding.current_step(SELF_SERVE, state) == "welcome"
    state, _ = do(SELF_SERVE, state, "customize")
    assert onboarding.current_step(SELF_SERVE, state) == "welcome"
    state, _ = do(SELF_SERVE, state, "welcome")
    assert onboarding.current_step(SELF_SERVE, state) == "first_chatbot"
    for step in SELF_SERVE.steps:
        state, _ = do(SELF_SERVE, state, step.id)
    assert onboarding.current_step(SELF_SERVE, state) is None


@pytest.mark.parametrize(
    ("asked", "field"), [(StepDone(step_id="dance"), "step_id"), (StepDone(criterion="danced"), "criterion")]
)
def test_o4_an_unknown_step_is_refused_with_the_list_of_steps(asked: StepDone, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        onboarding.find_step(SELF_SERVE, asked)
    assert refused.value.field == field
    for step in SELF_SERVE.steps:
        assert f"{step.id} ({step.criterion})" in str(refused.value)


def test_o4_a_request_that_names_nothing_is_refused() -> None:
    with pytest.raises(BadInput):
        onboarding.find_step(SELF_SERVE, StepDone())


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_step_is_found_by_id_and_by_criterion(name: str) -> None:
    for step in PROGRAMS[name].steps:
        assert onboarding.find_step(PROGRAMS[name], StepDone(step_id=step.id)) == step
        assert onboarding.find_step(PROGRAMS[name], StepDone(criterion=step.criterion)) == step


def test_o5_completion_happens_once_and_optional_steps_later_do_not_repeat_it() -> None:
    state = all_done(SELF_SERVE, but=("customize",))
    assert state.finished is None
    state, happened = do(SELF_SERVE, state, "customize", day(5))
    assert happened == ["milestone_reached:day7", "onboarding_completed"]
    state, happened = do(SELF_SERVE, state, "invite_team", day(6))
    assert happened == []
    assert state.finished == day(5)
    assert onboarding.status(state) is OnboardingStatus.COMPLETED


def test_o6_what_a_step_makes_happen_has_a_key_of_its_own_that_a_second_try_repeats() -> None:
    step = onboarding.find_step(SELF_SERVE, StepDone(step_id="first_conversation"))
    first, second = (onboarding.complete(SELF_SERVE, FRESH, step, START, "e-9")[1] for _ in range(2))
    assert first == second
    assert [one.key for one in first] == ["e-9>first_value_reached:", "e-9>milestone_reached:day3"]
    assert all(one.at == START for one in first)


def test_a_step_done_twice_is_done_once() -> None:
    state, _ = do(SELF_SERVE, FRESH, "welcome", day(1))
    again, happened = do(SELF_SERVE, state, "welcome", day(2))
    assert again is state
    assert happened == []


def test_o7_progress_ends_a_stall_and_the_next_one_counts_anew() -> None:
    state, happened = do(SELF_SERVE, onboarding.stall(FRESH), "welcome", day(5))
    assert happened == ["onboarding_resumed"]
    assert (onboarding.status(state), onboarding.blockers(state)) == (OnboardingStatus.IN_PROGRESS, ())
    assert onboarding.stall_due(SELF_SERVE, state) == day(8)
    assert onboarding.stall(state).stalls == 2


def test_o8_completion_asks_for_a_stage_as_an_event_and_writes_none() -> None:
    _, happened = do(MID_MARKET, all_done(MID_MARKET, but=("review_30",)), "review_30")
    assert "onboarding_completed" in happened
    assert "stage" not in OnboardingState.model_fields


def test_o9_the_stall_clock_is_the_last_progress_and_a_step_told_late_does_not_turn_it_back() -> None:
    state, _ = do(SELF_SERVE, FRESH, "welcome", day(2))
    state, _ = do(SELF_SERVE, state, "install", day(1))
    assert state.last_progress == day(2)
    assert onboarding.stall_due(SELF_SERVE, state) == day(5)
    patient = SELF_SERVE.model_copy(update={"stall_after": timedelta(days=10)})
    assert onboarding.stall_due(patient, state) == day(12)


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_finished_never_stalls(name: str) -> None:
    assert onboarding.stall_due(PROGRAMS[name], all_done(PROGRAMS[name])) is None


def test_a_milestone_is_late_after_its_target_day_and_blocks_until_it_is_reached() -> None:
    state = FRESH
    due = []
    while (late := onboarding.late_due(SELF_SERVE, state, START)) is not None:
        due.append(late)
        state = onboarding.mark_late(state, late[1])
    assert due == [(day(1), "day1"), (day(3), "day3"), (day(7), "day7")]
    assert onboarding.blockers(state) == ("milestone_late:day1", "milestone_late:day3", "milestone_late:day7")
    state, _ = do(SELF_SERVE, state, "first_conversation", day(9))
    assert state.late == ("day1", "day7")
    assert onboarding.late_due(SELF_SERVE, state, START) is None


def test_a_milestone_reached_in_time_is_never_late() -> None:
    state, _ = do(SELF_SERVE, FRESH, "first_conversation")
    assert onboarding.late_due(SELF_SERVE, onboarding.mark_late(state, "day1"), START) == (day(7), "day7")


@pytest.mark.parametrize(("name", "step"), [("self-serve", "first_conversation"), ("mid-market", "go_live")])
def test_time_to_first_value_counts_from_the_subscription(name: str, step: str) -> None:
    program = PROGRAMS[name]
    before = onboarding.record(
        program, FRESH, customer="C-1", cycle=1, playbook=name, version=1, started=START - timedelta(days=1)
    )
    assert (before.first_value, before.time_to_first_value) == (None, None)
    state, happened = do(program, FRESH, step, day(4))
    assert "first_value_reached" in happened
    after = onboarding.record(
        program, state, customer="C-1", cycle=1, playbook=name, version=1, started=START - timedelta(days=1)
    )
    assert (after.first_value, after.time_to_first_value) == (day(4), timedelta(days=5))


def test_the_record_says_where_it_stands() -> None:
    state, _ = do(SELF_SERVE, onboarding.mark_late(FRESH, "day1"), "customize", day(1))
    state, _ = do(SELF_SERVE, state, "welcome", day(2))
    record = onboarding.record(
        SELF_SERVE, onboarding.stall(state), customer="C-1", cycle=2, playbook="p", version=3, started=START
    )
    assert record.completed_steps == ("welcome", "customize")
    assert (record.current_step, record.progress, record.status) == ("first_chatbot", 40, "stalled")
    assert (record.late, record.blockers) == (("day1",), ("milestone_late:day1", "onboarding_stalled"))
    ended = onboarding.record(
        SELF_SERVE, state, customer="C-1", cycle=2, playbook="p", version=3, started=START, ended=True
    )
    assert ended.status == OnboardingStatus.ENDED


@BOUNDED
@given(st.sampled_from(sorted(PROGRAMS)), st.data())
def test_any_order_of_completions_gives_the_same_milestones_and_progress(name: str, data: st.DataObject) -> None:
    program = PROGRAMS[name]
    steps = [step.id for step in program.steps]
    chosen = data.draw(st.lists(st.sampled_from(steps), max_size=10))
    state, events = FRESH, list[str]()
    for position, step in enumerate(chosen):
        before = onboarding.progress(program, state)
        state, happened = do(program, state, step, day(position))
        events += happened
        assert onboarding.progress(program, state) >= before
    other = FRESH
    others = list[str]()
    for step in data.draw(st.permutations(chosen)):
        other, happened = do(program, other, step)
        others += happened
    assert set(state.completed) == set(other.completed) == set(chosen)
    assert set(state.milestones) == set(other.milestones)
    assert onboarding.progress(program, state) == onboarding.progress(program, other)
    assert onboarding.current_step(program, state) == onboarding.current_step(program, other)
    assert (state.finished is None) == (other.finished is None)
    assert sorted(events) == sorted(others)
    assert len(set(events)) == len(events), "nothing happens twice"
    assert OnboardingState.model_validate_json(state.model_dump_json()) == state
