"""Which metrics a success criterion may name, and the fact each is read from (sections 0.3 and 10, S5)."""

from models.facts import CATALOGUE, FactType

ALIASES: dict[str, tuple[str, float]] = {
    "automation_rate_percent": ("automation_rate", 100.0),
    "csat_score": ("avg_csat", 1.0),
}
"""Other spellings (G1): the fact, and what its value is multiplied by."""

PLAN_METRICS = frozenset(
    {name for name, fact in CATALOGUE.items() if fact.type in (FactType.INT, FactType.DOUBLE)} | set(ALIASES)
)


def source_of(metric: str) -> tuple[str, float]:
    """The fact behind a metric, and the factor."""
    return ALIASES.get(metric, (metric, 1.0))
