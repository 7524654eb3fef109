"""Arm against arm, as assigned: figures by hand, and how often chance is taken for an effect, worked out exactly."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analysis import two_shares
from analysis.uplift import Followed, Plan, uplift
from models.experiment import Arm, Outcome
from models.uplift import Comparison
from tests.analysis.shares_exactly import missed

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WITHIN = timedelta(days=90)
T, H = Arm.TREATED, Arm.HOLDOUT


def people(arm: Arm, n: int, left: int, *, days_ago: float = 120, after: float = 30) -> list[Followed]:
    """n accounts assigned so long ago, of which some had the outcome so many days later."""
    at = NOW - timedelta(days=days_ago)
    return [Followed(arm, at, at + timedelta(days=after) if number < left else None) for number in range(n)]


def compare(*accounts: list[Followed], effect: float | None = None) -> Comparison:
    plan = Plan("p", "e", 0.2, WITHIN, effect, NOW)
    return uplift(plan, [(Outcome.CHURNED, [one for part in accounts for one in part])]).comparisons[0]


def test_a_difference_comes_with_interval_n_of_each_arm_and_what_could_be_seen() -> None:
    found = compare(people(T, 400, 40), people(H, 100, 20))
    assert [(arm.assigned, arm.followed, arm.events) for arm in found.arms] == [(400, 400, 40), (100, 100, 20)]
    assert found.difference.value == pytest.approx(-0.1)
    assert found.difference.interval == two_shares.difference(two_shares.share(40, 400), two_shares.share(20, 100))
    assert found.verdict == "less with the playbook"
    assert found.p is not None
    assert found.p < 0.05
    assert found.smallest_visible.value == pytest.approx(0.1253, abs=1e-3)


PUBLISHED = [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((10, 10), (0, 20), 0.6791, 1)]
"""Newcombe (1998), table II, method 10: examples a, b and h."""


@pytest.mark.parametrize(("one", "other", "low", "high"), PUBLISHED)
def test_the_interval_is_the_published_one(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    found = two_shares.difference(two_shares.share(*one), two_shares.share(*other))
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


def test_those_whose_window_is_not_over_are_not_counted_even_if_they_left() -> None:
    young = people(T, 50, 50, days_ago=60, after=1)
    found = compare(people(T, 100, 10), young, people(H, 100, 10))
    assert (found.arms[0].assigned, found.arms[0].followed, found.arms[0].events) == (150, 100, 10)


def test_what_happened_before_the_assignment_or_after_the_window_does_not_count() -> None:
    early, late = people(T, 100, 30, after=-5), people(H, 100, 30, after=91)
    found = compare(early, late)
    assert [arm.events for arm in found.arms] == [0, 0]


FEW = [
    (people(T, 29, 10) + people(H, 100, 30), "only 29 of the treated arm"),
    (people(T, 100, 30), "only 0 of the holdout arm"),
    (people(T, 100, 4) + people(H, 100, 5), "only 9 outcomes in both arms"),
]


@pytest.mark.parametrize(("accounts", "reason"), FEW)
def test_too_few_are_not_compared(accounts: list[Followed], reason: str) -> None:
    found = compare(accounts)
    assert found.difference.value is None
    assert reason in found.difference.reason
    assert found.verdict == f"cannot tell: {found.difference.reason}"
    assert found.p is None
    assert found.smallest_visible.value is None


def test_it_says_when_it_could_tell_from_how_fast_accounts_come() -> None:
    half = [Followed(T if n % 5 else H, NOW - timedelta(days=n / 2), None) for n in range(400)]
    base = [one._replace(event=one.at + timedelta(days=1)) if n % 10 == 0 else one for n, one in enumerate(half)]
    found = compare(base, effect=0.05)
    assert found.needed is not None
    assert found.needed == two_shares.accounts_needed(found.arms[1].events / found.arms[1].followed, 0.05, 0.2)
    assert found.tell_on is not None
    missing = found.needed - 400
    expected = NOW + timedelta(days=missing / 2) + WITHIN
    assert abs((found.tell_on - expected.date()).days) <= 0.01 * missing  # the rate is that of thirteen weeks
    planned = compare(base)
    assert planned.wanted == pytest.approx(0.25 * found.arms[1].events / found.arms[1].followed)


def test_an_experiment_nobody_is_in_tells_nothing_and_promises_nothing() -> None:
    done = uplift(Plan("p", "e", 0.1, WITHIN, None, NOW), [(Outcome.CHURNED, [])])
    assert done.first_assigned is None
    assert done.comparisons[0].tell_on is None
    assert "cannot tell" in done.comparisons[0].verdict


def test_more_accounts_make_a_smaller_effect_visible_and_the_plan_agrees_with_it() -> None:
    assert two_shares.smallest_visible(0.1, 800, 200) < two_shares.smallest_visible(0.1, 80, 20)
    needed = two_shares.accounts_needed(0.1, 0.03, 0.2)
    assert two_shares.smallest_visible(0.1, round(needed * 0.8), round(needed * 0.2)) == pytest.approx(0.03, rel=0.01)


@pytest.mark.parametrize(("treated", "holdout", "base"), [(160, 40, 0.2), (120, 80, 0.1), (100, 100, 0.5)])
def test_without_an_effect_one_is_found_once_in_twenty_at_most_and_a_half(
    treated: int, holdout: int, base: float
) -> None:
    """Exact, by the chance of every outcome. The stated tolerance is one percent above the nominal five."""
    _, false = missed(treated, holdout, base, 0.0)
    assert 0.02 < false < 0.06


@pytest.mark.parametrize(("base", "effect"), [(0.3, -0.15), (0.2, -0.1), (0.1, 0.1), (0.5, 0.2)])
def test_a_planted_effect_lies_in_the_interval_nineteen_times_in_twenty(base: float, effect: float) -> None:
    """Exact. The stated tolerance is one percent below the nominal ninety-five."""
    wrong, _ = missed(160, 40, base, effect)
    assert 1 - wrong > 0.94


@pytest.mark.parametrize("sign", [1, -1])
def test_about_as_often_as_planned_an_effect_of_the_visible_size_is_found(sign: int) -> None:
    visible = two_shares.smallest_visible(0.3, 160, 160)
    _, found = missed(160, 160, 0.3, sign * visible)
    assert found == pytest.approx(two_shares.POWER, abs=0.1)


def test_dates_that_no_calendar_has_are_not_promised() -> None:
    slow = [Followed(T if n % 5 else H, NOW - timedelta(days=700 - n), None) for n in range(300)]
    some = [one._replace(event=one.at + timedelta(days=2)) if n % 9 == 0 else one for n, one in enumerate(slow)]
    found = compare(some, effect=1e-6)
    assert found.tell_on is None
    assert compare(some, effect=0.2).tell_on is not None
    assert isinstance(compare(some, effect=0.2).tell_on, date)
