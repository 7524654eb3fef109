"""A health score as it is stored, straight from its figures: what ``rules.health.score`` gives, written as JSON.

The sweep makes one for each customer and day, and nobody looks at most of them: values of the model are made when one
is read. What is written of a metric depends on its value alone, so that a page writes it once for all who share it. A
test holds the document equal to the score.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic_core import to_json

from models.health import (
    ComponentTrend,
    HealthConfig,
    HealthFigures,
    HealthNote,
    MetricDefinition,
    PreviousHealth,
)
from models.json_text import JsonText
from rules import health, health_notes

Metrics = Mapping[str, float | None]


class Part(NamedTuple):
    """A component as the notes look at it."""

    name: str
    score: int | None
    trend: ComponentTrend


def document(
    config: HealthConfig,
    metrics: Metrics,
    details: Sequence[str],
    inputs: str,
    figures: HealthFigures,
    previous: PreviousHealth | None,
    version: str,
) -> dict[str, Any]:
    """Every field of ``models.health.HealthScore`` but the moment.

    ``metrics`` are those the configuration looks at; ``details`` and ``inputs`` are what :func:`detail` and
    :func:`input_of` write of them.
    """
    before = previous if previous is not None and not previous.provisional else None
    known = before.components if before is not None else {}
    parts, components = [], []
    for (name, head, own), score in zip(_shape(config, version), figures.components, strict=True):
        trend = health.component_trend(score, known.get(name), config)
        parts.append(Part(name, score, trend))
        said = number_text(score)
        components.append(f'{head}{said},"trend":"{trend.value}","details":[{",".join(details[own])}]}}')
    return {
        "score": figures.score,
        "grade": figures.grade.value if figures.grade is not None else None,
        "trend": health.trend(figures.score, before.score if before is not None else None, config).value,
        "components": JsonText(f"[{','.join(components)}]"),
        "risk_factors": _notes(health_notes.risk_factors(config.notes, parts, metrics)),
        "opportunities": _notes(health_notes.opportunities(config.notes, metrics)),
        "coverage": figures.coverage,
        "provisional": figures.provisional,
        "config_name": config.name,
        "config_version": version,
        "inputs": JsonText(inputs),
    }


class _Component(NamedTuple):
    """What is the same of a component for every customer. ``own``: which of the details are its."""

    name: str
    head: str
    own: slice


_SHAPES: dict[tuple[str, str], tuple[_Component, ...]] = {}


def _shape(config: HealthConfig, version: str) -> tuple[_Component, ...]:
    """Of a configuration, by its name and the hash of its content."""
    key = (config.name, version)
    if key not in _SHAPES:
        found, at = [], 0
        for component in config.components:
            head = f'{{"name":{json.dumps(component.name)},"weight":{component.weight!r},"score":'
            found.append(_Component(component.name, head, slice(at, at + len(component.metrics))))
            at += len(component.metrics)
        _SHAPES[key] = tuple(found)
    return _SHAPES[key]


def detail(metric: MetricDefinition, value: float | None) -> str:
    """What is written of one metric of a component (``models.health.MetricDetail``)."""
    worth = None if value is None else health.normalise(metric, value)
    return (
        f'{{"name":{_quoted(metric.name)},"weight":{metric.weight!r},"ideal":{metric.ideal!r},'
        f'"value":{number_text(value)},"normalised":{number_text(worth)}}}'
    )


def input_of(name: str, value: float | None) -> str:
    """What is written of one metric that was looked at."""
    return f"{_quoted(name)}:{number_text(value)}"


def inputs_of(written: Iterable[str]) -> str:
    """All of them."""
    return f"{{{','.join(written)}}}"


def number_text(value: float | None) -> str:
    """A finite number, or null, in JSON; -0.0 is 0.0."""
    return "null" if value is None else repr(value + 0)


@lru_cache(maxsize=1000)
def _quoted(name: str) -> str:
    return json.dumps(name)


def _notes(found: Sequence[HealthNote]) -> JsonText:
    return JsonText(to_json(found).decode()) if found else _NOTHING


_NOTHING = JsonText("[]")
