"""Alerts on health (section 5.5): limits, the window, re-arming, and falls neither hidden nor told twice (H6)."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.enums import Severity
from models.health import HealthGrade
from models.health_alerts import DROPPED_20, AlertOutcome, AlertState, HealthAlertType, ScorePoint
from rules.health import grade
from rules.health_alerts import fold, look
from tests.rules.health_making import AT, CONFIG
from tests.rules.making import BOUNDED

LIMITS = CONFIG.alerts
DAY = timedelta(days=1)
NEW = AlertState()


def point(score: int | None, day: float = 0, *, provisional: bool = False) -> ScorePoint:
    letter = grade(score, CONFIG.thresholds)
    return ScorePoint(at=AT + day * DAY, score=score, grade=letter, provisional=provisional)


def daily(*scores: int | None) -> list[AlertOutcome]:
    """One calculation a day; None is a day with a provisional score of 1."""
    points = [point(1 if score is None else score, day, provisional=score is None) for day, score in enumerate(scores)]
    return list(fold(points, NEW, LIMITS))


def falls(outcomes: Sequence[AlertOutcome]) -> list[tuple[int, int | None]]:
    """(day, high) of each alert of a fall."""
    return [
        (day, alert.previous)
        for day, outcome in enumerate(outcomes)
        for alert in outcome.alerts
        if alert.type is HealthAlertType.DROP
    ]


def starts(outcomes: Sequence[AlertOutcome]) -> list[int]:
    """Days on which the play is triggered."""
    return [day for day, outcome in enumerate(outcomes) if DROPPED_20 in outcome.triggers]


Case = tuple[tuple[int | None, ...], list[int], list[int]]

FALLS: dict[str, Case] = {
    "15 is no alert": ((80, 65), [], []),
    "16 is one": ((80, 64), [1], []),
    "19 starts no play": ((80, 61), [1], []),
    "20 starts the play": ((80, 60), [1], [1]),
    "a first score has nothing to fall from": ((3,), [], []),
    "a zero is a score": ((16, 0), [1], []),
    "a slow decline is seen": ((80, 76, 72, 68, 64), [4], []),
    "the same low score is told once": ((80, 60, 60, 60, 60), [1], [1]),
    "a little deeper is not told again": ((80, 64, 63, 61), [1], []),
    "a fall of 16 that becomes 20 starts the play": ((80, 64, 60), [1], [2]),
    "9 further is not told": ((80, 60, 51), [1], [1]),
    "10 further is told": ((80, 60, 50), [1, 2], [1, 2]),
    "10 further by small steps is told once": ((80, 60, 58, 55, 52, 50, 48), [1, 5], [1, 5]),
    "a half recovery does not arm": ((80, 60, 74, 60), [1], [1]),
    "within 5 of the high arms": ((80, 60, 75, 60), [1, 3], [1, 3]),
    "a provisional score neither alerts nor counts": ((80, None, 70), [], []),
    "nor does it arm or hide": ((80, 60, None, 60, None, 50), [1, 5], [1, 5]),
    "a rise is no fall": ((20, 90, 100), [], []),
}


@pytest.mark.parametrize("name", FALLS)
def test_a_fall_is_told(name: str) -> None:
    scores, told, started = FALLS[name]
    outcomes = daily(*scores)
    assert [day for day, _ in falls(outcomes)] == told
    assert starts(outcomes) == started


def test_the_alert_holds_the_high_and_the_score() -> None:
    (alert,) = daily(70, 80, 78, 64)[3].alerts
    assert (alert.type, alert.severity) == (HealthAlertType.DROP, Severity.HIGH)
    assert (alert.previous, alert.score, alert.grade) == (80, 64, HealthGrade.B)
    assert "80" in alert.message
    assert "64" in alert.message


@pytest.mark.parametrize(("days", "told"), [(29, True), (30, True), (30.001, False), (31, False)])
def test_only_a_high_of_the_last_30_days_counts(days: float, told: bool) -> None:
    outcome = look([point(80)], point(60, days), NEW, LIMITS)
    assert bool(outcome.alerts) == told
    assert bool(outcome.triggers) == told


def test_who_settles_lower_has_a_new_high_to_fall_from() -> None:
    settled = daily(80, *[60] * 40, 44)
    assert falls(settled) == [(1, 80), (41, 60)]


def test_who_climbs_slowly_and_falls_again_is_told_though_the_old_high_was_never_reached() -> None:
    climbed = daily(80, *[50] * 35, *range(51, 71), 54)
    assert falls(climbed) == [(1, 80), (56, 70)]


AT_RISK = [
    ((39,), [0]),
    ((40,), []),
    ((40, 39), [1]),
    ((39, 38, 19, 25), [0]),
    ((39, 40, 39), [0, 2]),
    ((39, None, 39), [0]),
    ((None, 39), [1]),
    ((50, None, None, 10), [3]),
]


@pytest.mark.parametrize(("scores", "told"), AT_RISK)
def test_a_low_grade_is_told_when_it_is_entered(scores: tuple[int | None, ...], told: list[int]) -> None:
    found = [
        (day, alert)
        for day, outcome in enumerate(daily(*scores))
        for alert in outcome.alerts
        if alert.type is HealthAlertType.AT_RISK
    ]
    assert [day for day, _ in found] == told
    assert all(alert.severity is Severity.CRITICAL for _, alert in found)
    assert all(f"health grade {alert.grade.value}" in alert.message for _, alert in found)


def test_one_score_may_cause_both_alerts() -> None:
    both = daily(60, 35)[1]
    assert [alert.type.value for alert in both.alerts] == ["health_score_drop", "customer_at_risk"]
    assert both.triggers == (DROPPED_20,)


def test_a_score_from_before_the_last_look_changes_nothing() -> None:
    state = daily(80, 78)[1].state
    assert look([point(80)], point(10, 0.5), state, LIMITS) == AlertOutcome(state=state)


def test_a_look_repeated_after_a_crash_says_the_same_and_after_the_record_says_nothing() -> None:
    past, now = [point(80)], point(30, 1)
    first = look(past, now, daily(80)[0].state, LIMITS)
    assert look(past, now, daily(80)[0].state, LIMITS) == first
    again = look([*past, now], now, first.state, LIMITS)
    assert (again.alerts, again.triggers, again.state) == ((), (), first.state)


SCORES = st.lists(st.integers(0, 100), min_size=1, max_size=25)


@BOUNDED
@given(SCORES, st.lists(st.integers(1, 5), min_size=25, max_size=25))
def test_calculating_more_often_changes_no_alert(scores: list[int], times: list[int]) -> None:
    once = fold([point(score, day) for day, score in enumerate(scores)], NEW, LIMITS)
    often = fold(
        [
            point(score, day + part / repeats)
            for day, (score, repeats) in enumerate(zip(scores, times, strict=False))
            for part in range(repeats)
        ],
        NEW,
        LIMITS,
    )
    assert [alert for one in often for alert in one.alerts] == [alert for one in once for alert in one.alerts]
    assert [name for one in often for name in one.triggers] == [name for one in once for name in one.triggers]
    assert all(one.state.drop_fired == other.state.drop_fired for one, other in zip(once[-1:], often[-1:], strict=True))


@BOUNDED
@given(st.integers(16, 100), st.integers(0, 84), st.lists(st.integers(0, 100), max_size=20))
def test_a_fall_is_told_however_many_steps_it_takes(high: int, low: int, steps: list[int]) -> None:
    assume(high - low > LIMITS.drop_above)
    between = sorted((step for step in steps if low < step < high), reverse=True)
    outcomes = daily(high, *between, low)
    told = falls(outcomes)
    assert told
    assert len(told) <= 1 + (high - LIMITS.drop_above - 1 - low) // LIMITS.rearm_further
    assert bool(starts(outcomes)) == (high - low >= LIMITS.trigger_from)


@BOUNDED
@given(st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1, max_size=70))
def test_whoever_is_far_below_the_high_has_been_told_since_last_being_near_it(scores: list[int | None]) -> None:
    outcomes = daily(*scores)
    told = [day for day, _ in falls(outcomes)]
    for day, score in enumerate(scores):
        if score is None:
            assert not outcomes[day].alerts
            continue
        if score >= _high(scores, day) - LIMITS.drop_above:
            assert day not in told
            continue
        near = [was for was in range(day) if _near(scores, was)]
        assert [when for when in told if max(near, default=-1) < when <= day]


@BOUNDED
@given(st.lists(st.integers(0, 100), min_size=1, max_size=70))
def test_between_two_alerts_lies_a_recovery_or_10_points(scores: list[int]) -> None:
    told = [day for day, _ in falls(daily(*scores))]
    for first, second in pairwise(told):
        recovered = any(_near([*scores], day) for day in range(first + 1, second + 1))
        assert recovered or any(
            scores[day] <= scores[first] - LIMITS.rearm_further for day in range(first + 1, second + 1)
        )


def _high(scores: Sequence[int | None], day: int) -> int:
    return max(score for score in scores[max(day - 30, 0) : day + 1] if score is not None)


def _near(scores: Sequence[int | None], day: int) -> bool:
    score = scores[day]
    return score is not None and score >= _high(scores, day) - LIMITS.rearm_within
