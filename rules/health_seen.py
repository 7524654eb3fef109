"""A customer's health as the other rules of an evaluation see it, and what it was calculated from (section 5)."""

import hashlib
from collections.abc import Iterable, Mapping

from models.facts import REGISTRY
from models.health import HealthConfig, HealthFigures, HealthTrend, PreviousHealth
from models.standing import HealthSeen, Standing
from rules.health_document import document
from rules.predicates import Facts, number


def see_health(
    config: HealthConfig,
    version: str,
    metrics: Mapping[str, float | None],
    figures: HealthFigures,
    one: Standing,
) -> HealthSeen:
    """How a score stands against the one before; the same calculation again keeps its trend and is not stored again.

    ``metrics`` are those that the configuration looks at, in its order; ``version`` is the configuration's.
    """
    names = tuple(component.name for component in config.components)
    identity = f"{version}:{digest(metrics)}"
    last = one.last
    if last is not None and last.memory.health == identity:
        return HealthSeen(figures, names, last.trend, identity, None)
    whole = document(config, metrics, figures, previous_of(one), version)
    return HealthSeen(figures, names, HealthTrend(str(whole["trend"])), identity, whole)


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
    return PreviousHealth(score=last.score, components=last.memory.components)


def silent_sources(config: HealthConfig, facts: Facts) -> frozenset[str]:
    """The sources of which this configuration weighs something and nothing is known."""
    said: dict[str, bool] = {}
    for name in config.metrics():
        entry = REGISTRY.get(name)
        source = name if entry is None else entry.feed.value if entry.feed is not None else entry.source
        said[source] = said.get(source, False) or facts.get(name) is not None
    return frozenset(source for source, any_known in said.items() if not any_known)


def digest(values: Mapping[str, float | None]) -> str:
    """What tells two sets of values apart."""
    text = "|".join(["" if value is None else repr(float(value)) for value in values.values()])
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
