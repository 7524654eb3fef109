"""Virtual time and real time are one line read both ways, and a timer never fires early."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.clock import REAL, Clock

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
BOUNDED = settings(max_examples=200, derandomize=True, deadline=None)

MOMENTS = st.integers(-(10**8), 10**9).map(lambda seconds: EPOCH + timedelta(seconds=seconds))
FACTORS = st.sampled_from((0.5, 1.0, 2.0, 60.0, 1440.0, 43200.0, 86400.0))
CLOCKS = st.builds(Clock, real_epoch=MOMENTS, virtual_epoch=MOMENTS, factor=FACTORS)
SECONDS = st.integers(-(10**8), 10**9)
"""Virtual seconds from a clock's epoch: three decades on, however fast it goes."""


def real_moment(clock: Clock, virtual_seconds: int) -> datetime:
    return clock.real(clock.virtual_epoch + timedelta(seconds=virtual_seconds))


def test_the_clock_of_nobody_who_asked_is_the_wall_clock() -> None:
    now = datetime(2026, 7, 1, 12, 34, 56, 789, tzinfo=UTC)
    assert REAL.virtual(now) == REAL.real(now) == now


@BOUNDED
@given(CLOCKS, SECONDS)
def test_there_and_back_again_is_where_one_was(clock: Clock, seconds: int) -> None:
    """A real microsecond is ``factor`` virtual ones: that is how fine a virtual moment can be met."""
    virtual = clock.virtual_epoch + timedelta(seconds=seconds)
    real = clock.real(virtual)
    assert abs(clock.virtual(real) - virtual) <= timedelta(microseconds=1 + clock.factor)
    assert abs(clock.real(clock.virtual(real)) - real) <= timedelta(microseconds=2)


@BOUNDED
@given(CLOCKS, SECONDS, st.integers(0, 10**6))
def test_later_is_later_on_both(clock: Clock, seconds: int, more: int) -> None:
    moment = real_moment(clock, seconds)
    later = moment + timedelta(microseconds=more)
    assert clock.virtual(later) >= clock.virtual(moment)
    assert clock.real(later) >= clock.real(moment)


@BOUNDED
@given(CLOCKS, SECONDS, st.integers(-(10**6), 10**9))
def test_a_timer_is_whole_seconds_never_early_and_less_than_a_second_late(
    clock: Clock, seconds: int, ahead: int
) -> None:
    real_now = real_moment(clock, seconds)
    now = clock.virtual(real_now)
    until = now + timedelta(seconds=ahead)
    delay = clock.real_delay(until, now)
    assert delay >= timedelta(0)
    assert delay.microseconds == 0
    assert clock.virtual(real_now + delay) >= until
    if ahead > 0:
        exact = timedelta(seconds=ahead) / clock.factor
        assert exact <= delay < exact + timedelta(seconds=1)


# (factor, virtual seconds ahead, real seconds)
DELAYS = [(1, 0, 0), (1, -5, 0), (1, 1, 1), (1, 0.000001, 1), (1, 1.5, 2), (43200, 86400, 2), (43200, 86401, 3),
          (43200, 1, 1), (0.5, 3, 6), (86400, 30 * 86400, 30)]  # fmt: skip


@pytest.mark.parametrize(("factor", "ahead", "expected"), DELAYS)
def test_a_delay_is_rounded_up_to_the_second(factor: float, ahead: float, expected: int) -> None:
    delay = Clock(factor=factor).real_delay(EPOCH + timedelta(seconds=ahead), EPOCH)
    assert delay == timedelta(seconds=expected)


def test_both_answers_are_in_utc() -> None:
    madrid_summer = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    clock = Clock(virtual_epoch=madrid_summer, real_epoch=madrid_summer, factor=2)
    assert clock.virtual(madrid_summer).tzinfo is clock.real(madrid_summer).tzinfo is UTC


@pytest.mark.parametrize("factor", [0, -1])
def test_time_does_not_stand_still_or_run_back(factor: float) -> None:
    with pytest.raises(ValidationError):
        Clock(factor=factor)


@BOUNDED
@given(CLOCKS, SECONDS)
def test_a_clock_read_back_shows_the_same_time(clock: Clock, seconds: int) -> None:
    moment = real_moment(clock, seconds)
    again = Clock.model_validate_json(clock.model_dump_json())
    assert again == clock
    assert again.virtual(moment) == clock.virtual(moment)
