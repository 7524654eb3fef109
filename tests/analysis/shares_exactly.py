"""How often the interval of a difference is wrong, exactly: every outcome by its chance, no drawing of lots."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis import two_shares
from models.figure import Interval

Floats = NDArray[np.float64]


@lru_cache(maxsize=64)
def ends(treated: int, holdout: int) -> tuple[Floats, Floats]:
    """Low and high end for every pair of counts, by the code that is used."""
    shares = [[two_shares.share(k, n) for k in range(n + 1)] for n in (treated, holdout)]
    found = np.array(
        [[_ends(two_shares.difference(one, other)) for other in shares[1]] for one in shares[0]], np.float64
    )
    return found[..., 0], found[..., 1]


def _ends(interval: Interval) -> tuple[float, float]:
    assert interval.low is not None
    assert interval.high is not None
    return float(interval.low), float(interval.high)


def missed(treated: int, holdout: int, base: float, effect: float) -> tuple[float, float]:
    """(chance that the interval misses the true difference, chance that it leaves out zero)."""
    low, high = ends(treated, holdout)
    chance = np.outer(
        stats.binom.pmf(np.arange(treated + 1), treated, base + effect),
        stats.binom.pmf(np.arange(holdout + 1), holdout, base),
    )
    wrong = (low > effect + 1e-12) | (high < effect - 1e-12)
    found = (low > 0) | (high < 0)
    return float(chance[wrong].sum()), float(chance[found].sum())
