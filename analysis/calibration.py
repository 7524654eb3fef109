"""How well a score foretold who left: discrimination, calibration and skill, out of time (section 18.6).

The score is turned into a chance by a logistic curve fitted on the earlier rows; everything told is of the later ones.
A customer stands in several rows, so an interval comes from drawing customers, never rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, bootstrap
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from analysis.calibration_sample import Floats, Sample, Split

LEVEL = 0.95
RESAMPLES = 400
ENOUGH = 20
"""Fewest who left, and fewest who stayed, on either side of the split: below it nothing can be told."""

BINS = 5
_SMOOTH = 1e6  # the curve's two parameters are not held back


@dataclass(frozen=True)
class Estimate:
    """A number with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Bin:
    """Customers with a like chance: the mean foretold, and the share that left with its interval."""

    n: int
    events: int
    foretold: float
    observed: Estimate


@dataclass(frozen=True)
class Skill:
    """How well one score did on the later rows. ``base_rate`` is the earlier rows' share that left."""

    rows: int
    customers: int
    events: int
    base_rate: float
    auc: Estimate
    brier: Estimate
    skill: Estimate
    bins: tuple[Bin, ...]


def too_few(rows: NDArray[np.bool_], left: NDArray[np.bool_]) -> str:
    """Why these rows cannot tell anything, or nothing."""
    events, stayed = int(np.sum(left & rows)), int(np.sum(rows & ~left))
    if events < ENOUGH:
        return f"{events} departures in {events + stayed} rows; {ENOUGH} are needed"
    if stayed < ENOUGH:
        return f"{stayed} who stayed in {events + stayed} rows; {ENOUGH} are needed"
    return ""


def chances(score: Floats, left: NDArray[np.bool_], train: NDArray[np.bool_]) -> Floats:
    """The chance to leave that each row's score means, by a curve fitted on the earlier rows."""
    curve = LogisticRegression(C=_SMOOTH).fit(score[train, None] / 100, left[train])
    found: Floats = curve.predict_proba(score[:, None] / 100)[:, 1]
    return found


def skill(sample: Sample, score: Floats, left: NDArray[np.bool_], parts: Split, *, seed: int, draws: int) -> Skill:
    """The figures of a score that is known in every row of both sides."""
    chance = chances(score, left, parts.train)
    base = float(np.mean(left[parts.train]))
    rows = np.flatnonzero(parts.test)
    happened, foretold, risk = left[rows].astype(float), chance[rows], -score[rows]
    names, owner = np.unique(sample.customer[rows], return_inverse=True)

    def auc(weight: Floats) -> float:
        return float(roc_auc_score(happened, risk, sample_weight=weight))

    def brier(weight: Floats) -> float:
        return float(brier_score_loss(happened, foretold, sample_weight=weight))

    def against_base(weight: Floats) -> float:
        reference = float(np.average((happened - base) ** 2, weights=weight))
        return 1 - brier(weight) / reference

    measured = drawn_by_customer(names.shape[0], owner, happened, (auc, brier, against_base), seed=seed, draws=draws)
    return Skill(
        rows=rows.shape[0],
        customers=names.shape[0],
        events=int(happened.sum()),
        base_rate=base,
        auc=measured[0],
        brier=measured[1],
        skill=measured[2],
        bins=_bins(foretold, happened),
    )


def drawn_by_customer(
    customers: int,
    owner: NDArray[np.intp],
    happened: Floats,
    statistics: Sequence[Callable[[Floats], float]],
    *,
    seed: int,
    draws: int,
) -> list[Estimate]:
    """Each statistic of row weights, with a percentile interval over customers drawn with replacement."""
    everyone = np.ones(owner.shape[0])

    def of_draw(drawn: NDArray[np.intp]) -> Floats:
        weight = np.bincount(drawn, minlength=customers)[owner].astype(float)
        if not (weight * happened).any() or not (weight * (1 - happened)).any():
            return np.full(len(statistics), np.nan)  # a draw in which nobody, or everybody, left says nothing
        return np.array([statistic(weight) for statistic in statistics])

    drawn = bootstrap(
        (np.arange(customers),),
        lambda draw: of_draw(draw),
        n_resamples=draws,
        vectorized=False,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    spread = np.atleast_2d(drawn.bootstrap_distribution)
    edges = np.nanquantile(spread, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=1)
    return [
        Estimate(statistic(everyone), float(edges[0, at]), float(edges[1, at]))
        for at, statistic in enumerate(statistics)
    ]


def _bins(foretold: Floats, happened: Floats) -> tuple[Bin, ...]:
    """The reliability curve: fifths of the rows by their chance; equal chances stay together."""
    edges = np.unique(np.quantile(foretold, np.linspace(0, 1, BINS + 1)[1:-1]))
    at = np.searchsorted(edges, foretold, side="left")
    return tuple(_bin(foretold[at == one], happened[at == one]) for one in np.unique(at))


def _bin(foretold: Floats, happened: Floats) -> Bin:
    n, events = foretold.shape[0], int(happened.sum())
    between = binomtest(events, n).proportion_ci(LEVEL, method="wilson")
    return Bin(n, events, float(foretold.mean()), Estimate(events / n, float(between.low), float(between.high)))
