"""Rounding, segments, working days, and a run in words."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import Plan, RunStatus, Segment
from models.run import StepResult, Wait
from rules import interpreter, narrate
from rules.calendar import next_working_days
from rules.rounding import round_half_up
from rules.segments import guided, segment_of
from tests.rules.making import BOUNDED, Run, act, hear, hour, pause, play

ROUNDED = [
    (0, 0),
    (0.49, 0),
    (0.5, 1),
    (1.5, 2),
    (2.5, 3),
    (-0.5, 0),
    (-1.5, -1),
    (-1.51, -2),
    (16.666, 17),
    (83.33, 83),
]


@pytest.mark.parametrize(("value", "rounded"), ROUNDED)
def test_a_half_goes_up_and_never_to_the_even(value: float, rounded: int) -> None:
    assert round_half_up(value) == rounded


@BOUNDED
@given(st.integers(0, 1000), st.integers(1, 1000))
def test_a_share_in_percent_is_the_nearest_whole_number(part: int, whole: int) -> None:
    assert abs(round_half_up(100 * part / whole) - 100 * part / whole) <= 0.5


OF_PLAN = [
    (Plan.STARTER, Segment.SELF_SERVE),
    (Plan.GROWTH, Segment.SMB),
    (Plan.PRO, Segment.MID_MARKET),
    (Plan.ENTERPRISE, Segment.ENTERPRISE),
    (None, None),
]


@pytest.mark.parametrize(("plan", "segment"), OF_PLAN)
def test_the_plan_gives_the_segment_unless_one_is_stored(plan: Plan | None, segment: Segment | None) -> None:
    assert segment_of(plan, None) is segment
    for stored in Segment:
        assert segment_of(plan, stored) is stored


def test_every_plan_has_a_segment() -> None:
    assert {plan for plan, _ in OF_PLAN if plan} == set(Plan)


def test_mid_market_and_enterprise_are_guided_and_nobody_else() -> None:
    assert {segment for segment in Segment if guided(segment)} == {Segment.MID_MARKET, Segment.ENTERPRISE}


# March 2026: the 2nd is a Monday.
WORKING = [(2, 0, 2), (2, 1, 3), (5, 1, 6), (6, 1, 9), (7, 1, 9), (8, 1, 9), (7, 0, 7), (6, 5, 13), (2, 10, 16)]


@pytest.mark.parametrize(("day", "days", "expected"), WORKING)
def test_working_days_leave_out_saturday_and_sunday(day: int, days: int, expected: int) -> None:
    now = datetime(2026, 3, day, 9, 30, tzinfo=UTC)
    assert next_working_days(now, days) == datetime(2026, 3, expected, 9, 30, tzinfo=UTC)


def test_a_run_in_words_says_what_was_what_is_and_what_it_waits_for() -> None:
    steps = [
        act("mail", title="Welcome"),
        act("oops"),
        act("not_wanted", after="oops", on=["done"]),
        act("held"),
        hear("asked", outcomes=["yes"], timeout="2 days"),
        pause("later", delay="5 days"),
        act("skipped"),
    ]
    answers = {
        "oops": [StepResult(status="failed", reason="no address")],
        "held": [StepResult(status="held", reason="outreach is held")],
        "skipped": [StepResult(status="skipped", reason="has a manager")],
    }
    run = Run(play(*steps), answers)
    wait = run.look(hour(0))
    assert isinstance(wait, Wait)
    assert narrate.details(run.playbook, run.state, wait).splitlines() == [
        "Waits for **person** until **2026-03-04 09:00 UTC**: asked: yes",
        "",
        "- ✓ Welcome: 2026-03-02 09:00 done",
        "- ✗ oops: 2026-03-02 09:00 failed (no address)",
        "- · not_wanted: 2026-03-02 09:00 unreached (oops ended failed)",
        "- ‖ held: 2026-03-02 09:00 held (outreach is held)",
        "- ▶ asked: 2026-03-02 09:00 running",
        "- ○ later: 2026-03-07 09:00 pending",
        "- – skipped: 2026-03-02 09:00 skipped (has a manager)",
    ]
    run.state = interpreter.finish(run.state, RunStatus.EXITED, "they left", hour(3))
    assert narrate.ended(run.playbook, run.state).startswith("Ended: **exited** (they left)\n\n- ✓ Welcome")


def test_a_cause_is_kept_short() -> None:
    assert narrate.cause(ValueError("x" * 1000)) == "x" * 300
