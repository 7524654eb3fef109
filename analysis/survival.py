"""Time until something that has not happened to everyone yet: Kaplan and Meier's curve, from scipy (section 17).

Who has not got there counts for the time they were watched; leaving them out would make every product look fast.
"""

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from analysis.intervals import LEVEL, Floats
from models.figure import Interval


class Watched(NamedTuple):
    """Days until it happened, or until the watching ended."""

    days: float
    happened: bool


class Median(NamedTuple):
    """Days by which half had got there (None: half have not), and where Greenwood's band crosses one half."""

    days: float | None
    interval: Interval | None
    happened: int
    watched: int


def median(watched: Sequence[Watched]) -> Median:
    """The median of the curve."""
    happened = sum(one.happened for one in watched)
    if not happened:
        return Median(None, None, 0, len(watched))
    survival = stats.ecdf(censored(watched)).sf
    band: Any  # the stubs take its ends for numbers; they are curves
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # undefined ends are dealt with below
        band = survival.confidence_interval(LEVEL, method="log-log")
    days = _crossing(survival.quantiles, survival.probabilities)
    if days is None:
        return Median(None, None, happened, len(watched))
    # Undefined once everybody has got there: the band is then as wide as it can be.
    over = survival.probabilities == 0
    low = _crossing(band.low.quantiles, np.where(over, 0.0, np.nan_to_num(band.low.probabilities, nan=1.0)))
    high = _crossing(band.high.quantiles, np.nan_to_num(band.high.probabilities, nan=1.0))
    interval = Interval(low=low, high=high, level=LEVEL, method="Kaplan-Meier, Greenwood (log-log)")
    return Median(days, interval, happened, len(watched))


def faster(before: Sequence[Watched], after: Sequence[Watched]) -> float | None:
    """The chance of curves as far apart if nothing changed: the log-rank test; None where nobody got there."""
    if not any(one.happened for one in before) or not any(one.happened for one in after):
        return None
    return float(stats.logrank(censored(before), censored(after)).pvalue)


def censored(watched: Sequence[Watched]) -> stats.CensoredData:
    """As scipy wants it."""
    return stats.CensoredData(
        uncensored=[one.days for one in watched if one.happened],
        right=[one.days for one in watched if not one.happened],
    )


def _crossing(days: Floats, share: Floats) -> float | None:
    """The first day by which no more than half are left."""
    there = np.flatnonzero(share <= 0.5)
    return float(days[there[0]]) if there.size else None
