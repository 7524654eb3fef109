"""Two independent shares compared: an interval for their difference, and what a number of accounts could show.

Newcombe (1998), method 10: Wilson's intervals of the two shares, squared and added. It keeps to [-1, 1], and to its
level with few events, where a normal interval does not.
"""

from math import ceil, sqrt
from typing import NamedTuple

from scipy import stats

from analysis import intervals
from models.figure import Interval

POWER = 0.8


class Share(NamedTuple):
    """k of n, with Wilson's interval."""

    k: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself."""
        return self.k / self.n


def share(k: int, n: int) -> Share:
    """k of n, n above 0."""
    found = intervals.share(k, n)
    assert found.low is not None
    assert found.high is not None
    return Share(k, n, float(found.low), float(found.high))


def difference(treated: Share, holdout: Share) -> Interval:
    """Of the treated share less the holdout's."""
    apart = treated.value - holdout.value
    low = apart - squared_and_added(treated.value - treated.low, holdout.high - holdout.value)
    high = apart + squared_and_added(treated.high - treated.value, holdout.value - holdout.low)
    return Interval(low=max(low, -1.0), high=min(high, 1.0), level=intervals.LEVEL, method="Newcombe")


def squared_and_added(one: float, other: float) -> float:
    """The length of the step to one end of the interval."""
    return sqrt(one * one + other * other)


def smallest_visible(base: float, treated: int, holdout: int) -> float:
    """The difference from a base share that so many accounts would show four times in five (normal approximation)."""
    spread = base * (1 - base) * (1 / treated + 1 / holdout)
    return float((stats.norm.ppf(0.5 + intervals.LEVEL / 2) + stats.norm.ppf(POWER)) * sqrt(spread))


def accounts_needed(base: float, effect: float, fraction: float) -> int:
    """Accounts in both arms together to show an effect four times in five, with that fraction held out."""
    reach = float(stats.norm.ppf(0.5 + intervals.LEVEL / 2) + stats.norm.ppf(POWER))
    spread = base * (1 - base) * (1 / fraction + 1 / (1 - fraction))
    return ceil(spread * (reach / effect) ** 2)
