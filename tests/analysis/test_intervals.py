"""Intervals: against published values, and that they say nothing where nothing varies."""

import numpy as np
import pytest

from analysis import intervals
from models.figure import Interval


def test_wilson_as_published() -> None:
    found = intervals.share(15, 50)  # Newcombe 1998, the method's textbook figures: 0.191..0.438
    assert found.low == pytest.approx(0.1910, abs=1e-4)
    assert found.high == pytest.approx(0.4375, abs=1e-4)
    assert intervals.share(0, 20).low == 0


def test_nothing_varies_so_nothing_is_said() -> None:
    assert isinstance(intervals.mean([4.0, 4.0, 4.0]), str)
    assert isinstance(intervals.ratio([1.0, 1.0], [1.0, 1.0]), str)
    assert isinstance(intervals.ratio([1.0], [2.0]), str)


def test_the_same_rows_give_the_same_interval() -> None:
    values = np.random.default_rng(1).normal(4, 1, 60)
    assert intervals.mean(values) == intervals.mean(values)


def test_resampling_and_the_linear_approximation_agree() -> None:
    chance = np.random.default_rng(2)
    whole = chance.gamma(2, 100, intervals.RESAMPLED_UP_TO)
    part = whole * chance.random(len(whole))
    drawn = intervals.ratio(part, whole)
    direct = intervals.ratio(np.append(part, part[0]), np.append(whole, whole[0]))
    assert isinstance(drawn, Interval)
    assert isinstance(direct, Interval)
    assert drawn.method != direct.method
    assert drawn.low == pytest.approx(direct.low, abs=0.003)
    assert drawn.high == pytest.approx(direct.high, abs=0.003)


def test_a_large_difference_is_told_from_chance_and_a_small_one_is_not() -> None:
    assert intervals.shares_differ((10, 100), (30, 100)) < 0.01
    assert intervals.shares_differ((10, 100), (11, 100)) > 0.5
    assert intervals.means_differ([1.0, 1.0], [1.0, 1.0]) is None
    small = intervals.means_differ([1.0, 2.0, 3.0], [1.1, 2.1, 3.1])
    assert small is not None
    assert small > 0.5


def test_an_interval_around_a_value_stays_within_what_is_possible() -> None:
    found = intervals.around(98, 10, least=-100, most=100, method="normal")
    assert isinstance(found, Interval)
    assert found.high == 100
    assert isinstance(intervals.around(98, 0, least=-100, most=100, method="normal"), str)
