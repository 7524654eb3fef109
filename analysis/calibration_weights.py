"""Weights that the past would have wanted: a proposal for a person, never applied (section 18.6).

A regularised logistic regression of leaving on what each component lacks to 100, fitted on the earlier rows. The
strength of the regularisation is chosen by cross-validation over customers. A part that is known for too few keeps its
weight, since nothing is known against it; a part that shows no effect in the right direction gets the least weight.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold

from analysis.calibration_sample import Floats

KNOWN_FOR = 0.5
"""Share of the earlier rows for which a part must be known to be judged."""

LEAST = 0.01
_FOLDS = 4
_STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0)


@dataclass(frozen=True)
class Proposal:
    """Weights by part, in hundredths that sum to 1, and what was said of each."""

    weights: dict[str, float]
    notes: dict[str, str]


def propose(
    parts: dict[str, Floats],
    present: dict[str, float],
    left: NDArray[np.bool_],
    customer: NDArray[np.str_],
) -> Proposal | None:
    """From component scores (0..100, NaN unknown) of the earlier rows; None when no part can be judged."""
    notes = {}
    judged = []
    for name, score in parts.items():
        share = float(np.mean(np.isfinite(score)))
        if share < KNOWN_FOR:
            notes[name] = f"known for {share:.0%} of the rows: keeps its weight"
        else:
            judged.append(name)
    if not judged:
        return None
    effects = _effects({name: _risk(parts[name]) for name in judged}, left, customer)
    free = 1 - sum(present[name] for name in parts if name not in judged)
    shares = {name: present[name] for name in parts if name not in judged}
    total = sum(effects.values())
    if total <= 0:
        return None
    for name in judged:
        shares[name] = free * effects[name] / total
        notes[name] = "no effect in the right direction" if effects[name] == 0 else ""
    return Proposal(_in_hundredths(shares), notes)


def _risk(score: Floats) -> Floats:
    """What is missing to 100, as a share; unknown is the mean, which says nothing either way."""
    lacking = (100 - score) / 100
    filled: Floats = np.where(np.isfinite(lacking), lacking, np.nanmean(lacking))
    return filled


def _effects(risks: dict[str, Floats], left: NDArray[np.bool_], customer: NDArray[np.str_]) -> dict[str, float]:
    """Coefficients, none below 0: a part that would say the reverse is left out and the others fitted again."""
    kept = list(risks)
    while kept:
        columns = np.column_stack([risks[name] for name in kept])
        folds = min(_FOLDS, np.unique(customer).shape[0])
        search = GridSearchCV(
            LogisticRegression(max_iter=1000), {"C": list(_STRENGTHS)}, scoring="neg_log_loss", cv=GroupKFold(folds)
        )
        search.fit(columns, left, groups=customer)
        found = dict(zip(kept, search.best_estimator_.coef_[0].tolist(), strict=True))
        wrong = [name for name, effect in found.items() if effect <= 0]
        if not wrong:
            return {name: found.get(name, 0.0) for name in risks}
        kept.remove(min(wrong, key=lambda name: found[name]))
    return dict.fromkeys(risks, 0.0)


def _in_hundredths(shares: dict[str, float]) -> dict[str, float]:
    """Rounded so that they sum to 1 and none is below the least; the largest remainders are rounded up."""
    floor = {name: max(LEAST * 100, np.floor(share * 100)) for name, share in shares.items()}
    order = sorted(shares, key=lambda name: shares[name] * 100 - floor[name], reverse=True)
    missing = round(100 - sum(floor.values()))
    while missing:
        for name in order if missing > 0 else sorted(shares, key=lambda name: -floor[name]):
            if not missing:
                break
            step = 1 if missing > 0 else -1
            if floor[name] + step >= LEAST * 100:
                floor[name] += step
                missing -= step
    return {name: float(floor[name]) / 100 for name in shares}
