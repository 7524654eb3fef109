"""Comparisons over facts, three-valued: unknown is None and never fires (section 0.1 of the domain, G3).

A fact that is absent, None, of another type or not finite is unknown. Booleans are no numbers.
"""

import math
import operator
from collections.abc import Callable, Iterable, Mapping

from pydantic import JsonValue

from models.signals import Comparison

Facts = Mapping[str, JsonValue]


def number(facts: Facts, name: str) -> float | None:
    """The fact as a number; None when unknown."""
    value = facts.get(name)
    # By far the most common, and an evaluation asks some fifty times.
    return value if value is None or type(value) is int else as_number(value)


def as_number(value: object) -> float | None:
    """The value if it is a finite number, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def flag(facts: Facts, name: str) -> bool | None:
    """The fact as true or false; None when unknown."""
    value = facts.get(name)
    return value if isinstance(value, bool) else None


def health(facts: Facts) -> float | None:
    """``health_score``; a provisional one counts as unknown in every rule (section 3.4)."""
    return None if flag(facts, "health_provisional") else number(facts, "health_score")


_COMPARED: dict[Comparison, Callable[[float | bool, float | bool], bool]] = {
    Comparison.MORE_THAN: operator.gt,
    Comparison.AT_LEAST: operator.ge,
    Comparison.LESS_THAN: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.IS: operator.is_,
}


def holds(value: float | bool | None, comparison: Comparison, threshold: float | bool) -> bool | None:
    """The comparison exactly as written: strict or not (G5); None when the value is unknown."""
    if value is None:
        return None
    return _COMPARED[comparison](value, threshold)


def both(*parts: bool | None) -> bool | None:
    """Three-valued and: false if any part is false, else unknown if any is, else true."""
    if False in parts:
        return False
    return None if None in parts else True


def either(parts: Iterable[bool | None]) -> bool | None:
    """Three-valued or: true if any part is true, else unknown if any is, else false."""
    unknown = False
    for part in parts:
        if part:
            return True
        unknown = unknown or part is None
    return None if unknown else False


def negated(part: bool | None) -> bool | None:
    """Three-valued not."""
    return None if part is None else not part


_ALIASES = {"nps_age_days": "days_since_nps", "expansion_open": "expansion_opportunity"}


def canonical(facts: Facts) -> Facts:
    """The facts under the names of the catalogue: a caller's other spelling fills a name that is unknown (G1)."""
    renamed = {
        name: facts[alias]
        for alias, name in _ALIASES.items()
        if facts.get(alias) is not None and facts.get(name) is None
    }
    return {**facts, **renamed} if renamed else facts
