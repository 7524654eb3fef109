"""Every health configuration held against what then happened, at several horizons, and what the past would have wanted.

"Not enough churn to tell" is an answer and is given per horizon, per segment and per proposal (section 18.6).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from analysis.calibration import RESAMPLES, Estimate, Skill, drawn_by_customer, skill, too_few
from analysis.calibration_sample import Floats, Sample, Split, split
from analysis.calibration_weights import Proposal, propose
from analysis.health_matrix import score_columns
from models.health_config import HealthConfig

HORIZONS = (60, 90, 180)
"""Days within which leaving is asked for."""


@dataclass(frozen=True)
class Draw:
    """How intervals are drawn: the same seed gives the same ones."""

    seed: int = 20260101
    times: int = RESAMPLES


@dataclass(frozen=True)
class Held:
    """One configuration at one horizon. ``unscored``: rows without a score that counts, which are left out."""

    horizon: int
    rows: int
    unscored: int
    not_followed: int
    trained_on: int
    trained_events: int
    from_day: float | None
    skill: Skill | None
    reason: str
    segments: Mapping[str, Skill | str]


@dataclass(frozen=True)
class Proposed:
    """Other weights, and by how much they rank the later rows better; ``config`` only where that is beyond chance."""

    config: HealthConfig | None
    weights: Mapping[str, float]
    notes: Mapping[str, str]
    gain: Estimate | None
    rows: int
    reason: str


@dataclass(frozen=True)
class Calibrated:
    """What was found of one configuration. ``known``: the share of rows in which each of its metrics is known."""

    config: HealthConfig
    held: tuple[Held, ...]
    proposed: Proposed
    known: Mapping[str, float]


def calibrate(
    config: HealthConfig,
    sample: Sample,
    *,
    horizons: Sequence[int] = HORIZONS,
    decide_on: int = 90,
    draw: Draw = Draw(),
) -> Calibrated:
    """Hold one configuration against the sample; ``decide_on``: the horizon that a proposal is made for."""
    scored = score_columns(config, dict(sample.metrics), len(sample))
    counts = np.isfinite(scored.score) & ~scored.provisional
    rows = sample.where(counts)
    unscored = int(np.sum(~counts))
    score = scored.score[counts]
    held = tuple(_hold(rows, score, one, unscored, draw) for one in horizons)
    parts = {name: part[counts] for name, part in scored.components.items()}
    known = {name: float(np.mean(np.isfinite(sample.metrics[name]))) for name in config.metrics()}
    return Calibrated(config, held, _propose(config, rows, score, parts, decide_on, draw), known)


def _hold(sample: Sample, score: Floats, horizon: int, unscored: int, draw: Draw) -> Held:
    known, left = sample.followed(horizon), sample.left(horizon)
    parts = split(sample, horizon)
    reason = _reason(parts, left, known) if len(sample) else _unscored(unscored)
    found = None if reason or parts is None else skill(sample, score, left, parts, seed=draw.seed, draws=draw.times)
    return Held(
        horizon=horizon,
        rows=int(known.sum()),
        unscored=unscored,
        not_followed=int(np.sum(~known)),
        trained_on=int(parts.train.sum()) if parts else 0,
        trained_events=int(np.sum(parts.train & left)) if parts else 0,
        from_day=parts.day if parts else None,
        skill=found,
        reason=reason,
        segments={} if found is None or parts is None else _by_segment(sample, score, left, parts, draw),
    )


def _unscored(rows: int) -> str:
    return f"none of {rows} rows has a score that counts: too little of what it weighs is known"


def _reason(parts: Split | None, left: NDArray[np.bool_], known: NDArray[np.bool_]) -> str:
    if parts is None:
        return f"not enough churn to tell: {int(np.sum(left & known))} departures in {int(known.sum())} rows"
    for side, name in ((parts.train, "to learn from"), (parts.test, "to be judged by")):
        few = too_few(side, left)
        if few:
            return f"not enough churn to tell: {name} {few}"
    return ""


def _by_segment(
    sample: Sample, score: Floats, left: NDArray[np.bool_], parts: Split, draw: Draw
) -> dict[str, Skill | str]:
    """Each segment on its own later rows, with the curve of the whole book."""
    found: dict[str, Skill | str] = {}
    for segment in sorted(set(sample.segment.tolist())):
        within = sample.segment == segment
        few = too_few(parts.test & within, left)
        narrowed = Split(parts.day, parts.train, parts.test & within)
        found[segment] = few or skill(sample, score, left, narrowed, seed=draw.seed, draws=draw.times)
    return found


def _propose(
    config: HealthConfig, sample: Sample, score: Floats, parts: Mapping[str, Floats], horizon: int, draw: Draw
) -> Proposed:
    sides, left = split(sample, horizon), sample.left(horizon)
    reason = _reason(sides, left, sample.followed(horizon)) if len(sample) else "no row has a score that counts"
    if reason or sides is None:
        return Proposed(None, {}, {}, None, 0, reason)
    present = {part.name: part.weight for part in config.components}
    train = sides.train
    wanted = propose({name: part[train] for name, part in parts.items()}, present, left[train], sample.customer[train])
    if wanted is None:
        return Proposed(None, {}, {}, None, 0, "no part says anything of who leaves, in the right direction")
    changed = _reweighed(config, wanted)
    other = score_columns(changed, dict(sample.metrics), len(sample)).score
    gain, rows = _gain(sample, score, other, left, sides, draw), int(sides.test.sum())
    if gain.low <= 0:
        why = "the present weights do as well on the later rows, or the difference is within chance"
        return Proposed(None, wanted.weights, wanted.notes, gain, rows, why)
    return Proposed(changed, wanted.weights, wanted.notes, gain, rows, "")


def _reweighed(config: HealthConfig, wanted: Proposal) -> HealthConfig:
    parts = tuple(part.model_copy(update={"weight": wanted.weights[part.name]}) for part in config.components)
    return HealthConfig.model_validate({**config.model_dump(), "components": [part.model_dump() for part in parts]})


def _gain(sample: Sample, score: Floats, other: Floats, left: NDArray[np.bool_], sides: Split, draw: Draw) -> Estimate:
    """By how much the area under the curve grows on the later rows, drawn in pairs."""
    rows = np.flatnonzero(sides.test)
    happened = left[rows].astype(float)
    names, owner = np.unique(sample.customer[rows], return_inverse=True)

    def grows(weight: Floats) -> float:
        then = roc_auc_score(happened, -other[rows], sample_weight=weight)
        return float(then - roc_auc_score(happened, -score[rows], sample_weight=weight))

    return drawn_by_customer(names.shape[0], owner, happened, (grows,), seed=draw.seed, draws=draw.times)[0]
