"""A customer's health as the other rules of an evaluation see it, and what it was calculated from (section 5)."""

import hashlib
from collections.abc import Iterable

from models.base import trusted
from models.facts import REGISTRY
from models.health import HealthConfig, HealthFigures, HealthTrend, PreviousHealth
from models.standing import HealthSeen, Measured, Standing
from rules.health import looked_at
from rules.health_document import detail, document, input_of, inputs_of
from rules.predicates import Facts, number


def measured(config: HealthConfig, version: str, facts: Facts) -> Measured:
    """The metrics of one customer; ``version`` is the configuration's."""
    values = metrics_of(looked_at(config), facts)
    details = tuple(
        detail(metric, values[metric.name]) for component in config.components for metric in component.metrics
    )
    inputs = inputs_of(input_of(name, value) for name, value in values.items())
    return Measured(values, details, inputs, identity_of(version, inputs))


def identity_of(version: str, inputs: str) -> str:
    """What tells one calculation from another: its configuration and its inputs as they are written."""
    return f"{version}:{digest(inputs)}"


def see_health(
    config: HealthConfig, version: str, metrics: Measured, figures: HealthFigures, one: Standing
) -> HealthSeen:
    """How a score stands against the one before; the same calculation again keeps its trend and is not stored again."""
    names = names_of(config)
    last, identity = one.last, metrics.identity
    if last is not None and last.memory.health == identity:
        return HealthSeen(figures, names, last.trend, identity, None)
    previous = previous_of(one)
    whole = document(config, metrics.values, metrics.details, metrics.inputs, figures, previous, version)
    return HealthSeen(figures, names, HealthTrend(whole["trend"]), identity, whole)


def metrics_of(names: Iterable[str], facts: Facts) -> dict[str, float | None]:
    """The metrics a configuration looks at (``rules.health.looked_at``), from the facts.

    A list of words counts as how many they are.
    """
    found: dict[str, float | None] = {}
    for name in names:
        value = facts.get(name)
        if value is None or type(value) is int:
            found[name] = value
        else:
            found[name] = len(value) if isinstance(value, list | tuple) else number(facts, name)
    return found


def previous_of(one: Standing) -> PreviousHealth | None:
    """What a new score is compared with; a provisional one counts as none."""
    last = one.last
    if last is None or last.provisional:
        return None
    return trusted(PreviousHealth, {"score": last.score, "provisional": False, "components": last.memory.components})


def silent_sources(config: HealthConfig, facts: Facts) -> frozenset[str]:
    """The sources of which this configuration weighs something and nothing is known."""
    said: dict[str, bool] = {}
    for name in config.metrics():
        entry = REGISTRY.get(name)
        source = name if entry is None else entry.feed.value if entry.feed is not None else entry.source
        said[source] = said.get(source, False) or facts.get(name) is not None
    return frozenset(source for source, any_known in said.items() if not any_known)


def names_of(config: HealthConfig) -> tuple[str, ...]:
    """Of its components."""
    return tuple([component.name for component in config.components])


def digest(written: str) -> str:
    """What tells two texts apart."""
    return hashlib.blake2b(written.encode(), digest_size=12).hexdigest()
