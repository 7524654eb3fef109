"""Health scores of a whole page of customers at once, on columns (section 5.2 of the domain).

The same operations in the same order as ``rules.health``, so the results are equal to the last bit; NaN stands for
unknown. Rows are taken in blocks that stay in the processor's cache; memory grows with the page, not with the metrics.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.errors import BadInput
from models.health import HealthConfig, HealthGrade, MetricDefinition
from rules.health import COVERAGE_STEPS, HALF_WITHIN

BLOCK = 8_192

Floats = NDArray[np.float64]
Columns = Mapping[str, Floats]

_LETTERS = np.array([*(grade.value for grade in reversed(HealthGrade)), ""])
_NO_LETTER = len(HealthGrade)


@dataclass(frozen=True)
class HealthMatrix:
    """One row per customer. Scores are whole numbers 0..100 or NaN; an unknown grade is the empty string."""

    components: dict[str, Floats]
    score: Floats
    coverage: Floats
    provisional: NDArray[np.bool_]
    grade: NDArray[np.str_]


def score_columns(config: HealthConfig, columns: Columns, customers: int) -> HealthMatrix:
    """Score that many customers. A metric without a column is unknown for all; other columns are ignored.

    Raises:
        BadInput: a column has another length or type, or holds an infinite number.
    """
    used = {name: _column(name, columns[name], customers) for name in config.metrics() if name in columns}
    parts = np.empty((len(config.components), customers))
    found = HealthMatrix(
        components={part.name: row for part, row in zip(config.components, parts, strict=True)},
        score=np.empty(customers),
        coverage=np.empty(customers),
        provisional=np.empty(customers, np.bool_),
        grade=np.empty(customers, _LETTERS.dtype),
    )
    with np.errstate(invalid="ignore", divide="ignore", over="ignore", under="ignore"):
        for start in range(0, customers, BLOCK):
            rows = slice(start, start + BLOCK)
            _score_block(config, used, found, parts, rows)
    return found


def normalise(metric: MetricDefinition, value: Floats) -> Floats:
    """The worth of each value, 0..100 (H1, H2, H9); NaN stays NaN."""
    if metric.inverse:
        assert metric.worst is not None  # a checked configuration has one
        between = 100 * (metric.worst - value) / (metric.worst - metric.ideal)
        worth: Floats = np.where(value <= metric.ideal, 100.0, np.where(value >= metric.worst, 0.0, between))
        return worth
    clamped: Floats = np.minimum(100.0, np.maximum(0.0, value / metric.ideal * 100))
    return clamped


def trends(score: Floats, previous: Floats, config: HealthConfig) -> NDArray[np.int8]:
    """1 improving, -1 declining, 0 stable or nothing to compare; ``previous`` is NaN where provisional or none."""
    with np.errstate(invalid="ignore"):
        moved = score - previous
        up, down = moved > config.trend_beyond, moved < -config.trend_beyond
    return up.astype(np.int8) - down.astype(np.int8)


def _score_block(config: HealthConfig, columns: Columns, found: HealthMatrix, parts: Floats, rows: slice) -> None:
    size = found.score[rows].shape[0]
    known_share = np.zeros(size)
    whole, whole_weight = np.zeros(size), np.zeros(size)
    for component, part in zip(config.components, parts, strict=True):
        total, weights = np.zeros(size), np.zeros(size)
        for metric in component.metrics:
            if metric.name not in columns:
                continue
            value = columns[metric.name][rows]
            known = value == value  # NaN is not itself
            total += np.where(known, normalise(metric, value) * metric.weight, 0.0)
            weights += known * metric.weight
            known_share += known * (component.weight * metric.weight)
        score = _rounded(total, weights)
        part[rows] = score
        known = score == score
        whole += np.where(known, score * component.weight, 0.0)
        whole_weight += known * component.weight
    score = _rounded(whole, whole_weight)
    coverage = np.floor(known_share * COVERAGE_STEPS + 0.5) / COVERAGE_STEPS
    found.score[rows] = score
    found.coverage[rows] = coverage
    found.provisional[rows] = (score != score) | (coverage < config.minimum_coverage)
    found.grade[rows] = _grades(score, config)


def _rounded(total: Floats, weights: Floats) -> Floats:
    """Half up; nothing known divides 0 by 0, which is NaN, as meant."""
    mean: Floats = total / weights
    return np.floor(mean + HALF_WITHIN + 0.5)


def _grades(score: Floats, config: HealthConfig) -> NDArray[np.str_]:
    limits = config.thresholds
    steps = np.zeros(score.shape, np.intp)
    for lowest in (limits.D, limits.C, limits.B, limits.A):
        steps += score >= lowest
    steps[score != score] = _NO_LETTER
    return _LETTERS[steps]


def _column(name: str, column: Floats, customers: int) -> Floats:
    if column.shape != (customers,) or column.dtype != np.float64:
        raise BadInput(f"a column of {customers} float64 was expected, not {column.shape} {column.dtype}", field=name)
    if np.isinf(column).any():
        raise BadInput("not a finite number", field=name)
    return column
