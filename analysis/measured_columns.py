"""The metrics of health of a page, and what is written of them: ``rules.health_seen.measured`` on columns."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from analysis.fact_numbers import Numbers, once
from models.health import HealthConfig
from models.standing import Measured
from rules.health import looked_at
from rules.health_document import detail, input_of, inputs_of
from rules.health_seen import identity_of


def measured_columns(config: HealthConfig, version: str, numbers: Numbers) -> list[Measured]:
    """One for each customer of the page; ``version`` is the configuration's."""
    names = looked_at(config)
    metrics = [metric for component in config.components for metric in component.metrics]
    values = _lines([numbers.known(name) for name in names], numbers.customers)
    details = _lines([once(partial(detail, one), numbers.known(one.name)) for one in metrics], numbers.customers)
    inputs = _lines([once(partial(input_of, name), numbers.known(name)) for name in names], numbers.customers)
    found = []
    for each, own, texts in zip(values, details, inputs, strict=True):
        whole = inputs_of(texts)
        found.append(Measured(dict(zip(names, each, strict=True)), own, whole, identity_of(version, whole)))
    return found


def _lines(columns: Sequence[Sequence[Any]], customers: int) -> Iterable[tuple[Any, ...]]:
    """The rows of the columns, also of no column at all."""
    return zip(*columns, strict=True) if columns else ((),) * customers
