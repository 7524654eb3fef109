"""A health score as it is stored, straight from its figures: what ``rules.health.score`` gives, written as JSON.

The sweep makes one for each customer and day, and nobody looks at most of them: values of the model are made when one
is read. A test holds the two equal.
"""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import JsonValue

from models.health import (
    ComponentTrend,
    HealthConfig,
    HealthFigures,
    HealthNote,
    PreviousHealth,
)
from rules import health, health_notes

Metrics = Mapping[str, float | None]


class Part(NamedTuple):
    """A component as the notes look at it."""

    name: str
    score: int | None
    trend: ComponentTrend


def document(
    config: HealthConfig, metrics: Metrics, figures: HealthFigures, previous: PreviousHealth | None, version: str
) -> dict[str, JsonValue]:
    """Every field of ``models.health.HealthScore`` but the moment. ``metrics`` are those the configuration looks at."""
    before = previous if previous is not None and not previous.provisional else None
    known = before.components if before is not None else {}
    parts = tuple(
        Part(component.name, score, health.component_trend(score, known.get(component.name), config))
        for component, score in zip(config.components, figures.components, strict=True)
    )
    return {
        "score": figures.score,
        "grade": figures.grade.value if figures.grade is not None else None,
        "trend": health.trend(figures.score, before.score if before is not None else None, config).value,
        "components": [
            {
                "name": part.name,
                "weight": component.weight,
                "score": part.score,
                "trend": part.trend.value,
                "details": [
                    {
                        "name": metric.name,
                        "weight": metric.weight,
                        "ideal": metric.ideal,
                        "value": value,
                        "normalised": None if value is None else health.normalise(metric, value),
                    }
                    for metric, value in ((metric, metrics.get(metric.name)) for metric in component.metrics)
                ],
            }
            for component, part in zip(config.components, parts, strict=True)
        ],
        "risk_factors": [_note(each) for each in health_notes.risk_factors(config.notes, parts, metrics)],
        "opportunities": [_note(each) for each in health_notes.opportunities(config.notes, metrics)],
        "coverage": figures.coverage,
        "provisional": figures.provisional,
        "config_name": config.name,
        "config_version": version,
        "inputs": dict(metrics),
    }


def _note(note: HealthNote) -> dict[str, JsonValue]:
    return {"code": note.code, "subject": note.subject, "value": note.value, "text": note.text}
