"""The health score of one customer: the readable reference (section 5.2 of the domain, H1-H5, H9).

``analysis.health_matrix`` does the same arithmetic on columns, operation by operation in the same order, and must give
equal results. None is unknown: it is left out and its weight goes to what is known.
"""

import math
from collections.abc import Mapping

from models.base import Instant
from models.errors import BadInput
from models.health import (
    ComponentDefinition,
    ComponentTrend,
    GradeThresholds,
    HealthComponent,
    HealthConfig,
    HealthFigures,
    HealthGrade,
    HealthScore,
    HealthTrend,
    MetricDefinition,
    MetricDetail,
    PreviousHealth,
)
from rules import health_notes
from rules.rounding import round_half_up

HALF_WITHIN = 1e-9
"""Weights such as 0.3 have no exact binary form, so a sum that is a half on paper may lie a hair below it."""

COVERAGE_STEPS = 1e9
"""Coverage is kept to nine decimals: for the same reason 0.5 must be 0.5."""

_COMPONENT_TRENDS = {
    HealthTrend.IMPROVING: ComponentTrend.UP,
    HealthTrend.STABLE: ComponentTrend.STABLE,
    HealthTrend.DECLINING: ComponentTrend.DOWN,
}

Metrics = Mapping[str, float | None]


def score(config: HealthConfig, metrics: Metrics, previous: PreviousHealth | None, as_of: Instant) -> HealthScore:
    """The score of a customer whose metrics as of that moment are these, with parts, trend and words.

    Metrics have the units of section 0.3; names the configuration does not know are used for risk factors and
    opportunities or ignored. A provisional previous score counts as none (section 3.4).

    Raises:
        BadInput: a metric is not a finite number.
    """
    _check(config, metrics)
    return assemble(config, metrics, measure(config, metrics), previous, as_of)


def assemble(
    config: HealthConfig,
    metrics: Metrics,
    figures: HealthFigures,
    previous: PreviousHealth | None,
    as_of: Instant,
) -> HealthScore:
    """The whole score from its figures; ``rules.health_document`` writes the same as it is stored."""
    compared = previous if previous is not None and not previous.provisional else None
    components = tuple(
        HealthComponent(
            name=component.name,
            weight=component.weight,
            score=value,
            trend=component_trend(value, compared.components.get(component.name) if compared else None, config),
            details=tuple(_detail(metric, metrics.get(metric.name)) for metric in component.metrics),
        )
        for component, value in zip(config.components, figures.components, strict=True)
    )
    return HealthScore(
        score=figures.score,
        grade=figures.grade,
        trend=trend(figures.score, compared.score if compared else None, config),
        components=components,
        risk_factors=health_notes.risk_factors(config.notes, components, metrics),
        opportunities=health_notes.opportunities(config.notes, metrics),
        coverage=figures.coverage,
        provisional=figures.provisional,
        last_calculated=as_of,
        config_name=config.name,
        config_version=config.version(),
        inputs={name: metrics.get(name) for name in looked_at(config)},
    )


def measure(config: HealthConfig, metrics: Metrics) -> HealthFigures:
    """The figures alone. The metrics are finite numbers or None."""
    scores = tuple(component_score(component, metrics) for component in config.components)
    whole = _weighed([(value, part.weight) for part, value in zip(config.components, scores, strict=True)])
    covered = coverage(config, metrics)
    provisional = whole is None or covered < config.minimum_coverage
    return HealthFigures(scores, whole, covered, provisional, grade(whole, config.thresholds))


def normalise(metric: MetricDefinition, value: float) -> float:
    """The worth of a value, 0..100 (H1, H2, H9)."""
    if metric.inverse:
        assert metric.worst is not None  # a checked configuration has one
        if value <= metric.ideal:
            return 100.0
        if value >= metric.worst:
            return 0.0
        return 100 * (metric.worst - value) / (metric.worst - metric.ideal)
    return min(100.0, max(0.0, value / metric.ideal * 100))


def component_score(component: ComponentDefinition, metrics: Metrics) -> int | None:
    """The rounded mean of the known metrics by weight; None if none is known (H3)."""
    known = [(metrics.get(metric.name), metric) for metric in component.metrics]
    return _weighed([(None if value is None else normalise(m, value), m.weight) for value, m in known])


def coverage(config: HealthConfig, metrics: Metrics) -> float:
    """Share of the weights for which a value is known, 0..1."""
    known = 0.0
    for component in config.components:
        for metric in component.metrics:
            if metrics.get(metric.name) is not None:
                known += component.weight * metric.weight
    return math.floor(known * COVERAGE_STEPS + 0.5) / COVERAGE_STEPS


def grade(value: int | None, thresholds: GradeThresholds) -> HealthGrade | None:
    """The letter of a score; an unknown score has none."""
    if value is None:
        return None
    steps = (
        (thresholds.A, HealthGrade.A),
        (thresholds.B, HealthGrade.B),
        (thresholds.C, HealthGrade.C),
        (thresholds.D, HealthGrade.D),
    )
    return next((letter for lowest, letter in steps if value >= lowest), HealthGrade.F)


def trend(value: int | None, previous: int | None, config: HealthConfig) -> HealthTrend:
    """Against the previous score; 0 is a real score (H5), and without one to compare nothing moves."""
    if value is None or previous is None:
        return HealthTrend.STABLE
    if value - previous > config.trend_beyond:
        return HealthTrend.IMPROVING
    return HealthTrend.DECLINING if value - previous < -config.trend_beyond else HealthTrend.STABLE


def component_trend(value: int | None, previous: int | None, config: HealthConfig) -> ComponentTrend:
    """The same limits, in a component's words (H4)."""
    return _COMPONENT_TRENDS[trend(value, previous, config)]


def looked_at(config: HealthConfig) -> tuple[str, ...]:
    """Every metric that a score under this configuration reads, each once, in order."""
    return tuple(dict.fromkeys((*config.metrics(), *health_notes.READ)))


def _weighed(parts: list[tuple[float | None, float]]) -> int | None:
    total = weights = 0.0
    for value, weight in parts:
        if value is not None:
            total += value * weight
            weights += weight
    return round_half_up(total / weights + HALF_WITHIN) if weights else None


def _detail(metric: MetricDefinition, value: float | None) -> MetricDetail:
    worth = None if value is None else normalise(metric, value)
    return MetricDetail(name=metric.name, weight=metric.weight, ideal=metric.ideal, value=value, normalised=worth)


def _check(config: HealthConfig, metrics: Metrics) -> None:
    for name in looked_at(config):
        value = metrics.get(name)
        if value is not None and not math.isfinite(value):
            raise BadInput("not a finite number", field=name, value=value)
