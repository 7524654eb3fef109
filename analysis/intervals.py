"""How sure a figure is: intervals and tests, all of them scipy's (sections 11.3, 17 and 18 of the domain).

A resampling starts from the same seed each time, so the same rows give the same interval.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from models.figure import Interval

LEVEL = 0.95
RESAMPLES = 1_999
SEED = 20260302
RESAMPLED_UP_TO = 2_000
"""More accounts than these are not resampled: the ratio's linear approximation agrees with it then, at a thousandth of
the work."""

Floats = NDArray[np.float64]


def share(k: int, n: int) -> Interval:
    """Of a share k of n, by Wilson's method."""
    found = stats.binomtest(k, n).proportion_ci(LEVEL, method="wilson")
    return Interval(low=float(found.low), high=float(found.high), level=LEVEL, method="Wilson")


def mean(values: Sequence[float] | Floats) -> Interval | str:
    """Of a mean, by resampling; or why there is none."""
    taken = np.asarray(values, np.float64)
    if len(taken) < 2 or np.ptp(taken) == 0:
        return "all alike, so resampling tells nothing"
    if len(taken) > RESAMPLED_UP_TO:
        low, high = stats.norm.interval(LEVEL, taken.mean(), stats.sem(taken))
        return Interval(low=float(low), high=float(high), level=LEVEL, method="normal, of the mean")
    found = stats.bootstrap(
        (taken,), np.mean, n_resamples=RESAMPLES, confidence_level=LEVEL, method="percentile",
        rng=np.random.default_rng(SEED), batch=200,
    ).confidence_interval  # fmt: skip
    return Interval(low=float(found.low), high=float(found.high), level=LEVEL, method="bootstrap")


def ratio(part: Sequence[float] | Floats, whole: Sequence[float] | Floats) -> Interval | str:
    """Of sum(part) / sum(whole), accounts resampled whole; or why there is none."""
    above, below = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    if len(above) < 2:
        return "a single account cannot be resampled"
    value = above.sum() / below.sum()
    apart = (above - value * below) / below.mean()
    if np.ptp(apart) == 0:
        return "all accounts alike, so resampling tells nothing"
    if len(above) > RESAMPLED_UP_TO:
        low, high = stats.norm.interval(LEVEL, value, stats.sem(apart))
        return Interval(
            low=max(0.0, float(low)), high=float(high), level=LEVEL, method="linearised ratio, accounts as units"
        )
    found = stats.bootstrap(
        (above, below), _ratio, paired=True, vectorized=True, n_resamples=RESAMPLES, confidence_level=LEVEL,
        method="percentile", rng=np.random.default_rng(SEED), batch=200,
    ).confidence_interval  # fmt: skip
    return Interval(low=float(found.low), high=float(found.high), level=LEVEL, method="bootstrap over accounts")


def _ratio(above: Floats, below: Floats, axis: int = -1) -> Any:
    return above.sum(axis=axis) / below.sum(axis=axis)


def around(value: float, error: float, *, least: float, most: float, method: str) -> Interval | str:
    """Of a value with a standard error, kept within what is possible; or why there is none."""
    if error <= 0:
        return "all alike, so nothing tells how sure it is"
    low, high = stats.norm.interval(LEVEL, value, error)
    return Interval(low=max(least, float(low)), high=min(most, float(high)), level=LEVEL, method=method)


def shares_differ(before: tuple[int, int], after: tuple[int, int]) -> float:
    """The chance of two shares (k of n) lying as far apart if nothing changed: Fisher's exact test, two-sided."""
    table = np.array([[before[0], before[1] - before[0]], [after[0], after[1] - after[0]]])
    return float(stats.fisher_exact(table).pvalue)


def means_differ(before: Sequence[float] | Floats, after: Sequence[float] | Floats) -> float | None:
    """The same of two means: Welch's test; None where nothing varies."""
    if min(len(before), len(after)) < 2 or np.ptp(before) + np.ptp(after) == 0:
        return None
    return float(stats.ttest_ind(before, after, equal_var=False).pvalue)


def ratios_differ(before: tuple[Floats, Floats], after: tuple[Floats, Floats]) -> float | None:
    """The same of two ratios of sums, (parts, wholes) each, linearised; None where nothing varies."""
    if min(len(before[0]), len(after[0])) < 2:
        return None
    values, errors = [], []
    for part, whole in (before, after):
        values.append(part.sum() / whole.sum())
        errors.append(stats.sem((part - values[-1] * whole) / whole.mean()))
    error = float(np.hypot(*errors))
    return float(2 * stats.norm.sf(abs(values[1] - values[0]) / error)) if error > 0 else None
