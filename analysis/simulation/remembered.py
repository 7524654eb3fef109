"""Answers of pure rules, remembered by everything they read: a book asks the same of thousands of customers.

Each stands in for the rule itself and gives what it gives; only a value of another type (``True`` for 1) is another
question. Never more than :data:`KEPT` answers of one rule. The facts given name everything that the rule reads.
"""

from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from pydantic import JsonValue

from models import condition
from models.enums import LifecycleStage
from models.lifecycle import StageVerdict
from models.signals import SUPERSEDES, ChurnSignalType, SignalReading
from models.stages import LifecycleConfig, StageRule
from rules import churn, lifecycle, stage_table

KEPT = 20_000

Facts = Mapping[str, JsonValue]
Key = tuple[object, ...]
Values = tuple[Any, ...]
"""Of facts, in the order in which a rule or a condition names them."""


def _key(values: Values) -> Key:
    return (values, *map(type, values))


def _hashable(values: Values) -> Values:
    return tuple([tuple(value) if isinstance(value, list) else value for value in values])


def _remembering(rule: StageRule) -> StageRule:
    """The row of the table, which remembers what it answered. It reads no more than ``rule.facts``."""
    if len(rule.facts) == 1:
        return rule
    kept: dict[Key, bool | None] = {}
    read, ask, lists = itemgetter(*rule.facts), rule.holds, "at_risk_causes" in rule.facts

    def holds(facts: Facts, config: LifecycleConfig) -> bool | None:
        assert config is lifecycle.DEFAULTS, "answers of one configuration only"
        key = _key(_hashable(read(facts)) if lists else read(facts))
        if key not in kept:
            if len(kept) >= KEPT:
                kept.clear()
            kept[key] = ask(facts, config)
        return kept[key]

    return rule._replace(holds=holds)


_RULES = tuple(_remembering(rule) for rule in stage_table.RULES)
RULES_OF = {stage: tuple(rule for rule in _RULES if stage in rule.stages) for stage in LifecycleStage}
"""The table of section 3.4 as far as it is for customers of a stage."""

_VERDICTS: dict[Key, StageVerdict | None] = {}


def decide(stage: LifecycleStage | None, facts: Facts) -> StageVerdict | None:
    """As ``rules.lifecycle.decide``, of few facts in an order of their own: what it reads on every event."""
    key = (stage, *_key(tuple(facts.values())))
    if key not in _VERDICTS:
        if len(_VERDICTS) >= KEPT:
            _VERDICTS.clear()
        _VERDICTS[key] = lifecycle.decide(stage, facts)
    return _VERDICTS[key]


class Signals(NamedTuple):
    """What the signals say of the facts: those that would be open, those that are known to be false, each reading."""

    fire: frozenset[ChurnSignalType]
    gone: frozenset[ChurnSignalType]
    readings: tuple[SignalReading, ...]


_SIGNALS: dict[Key, Signals] = {}
_read_by_signals = itemgetter(*churn.FACTS)


def signals(facts: Facts) -> Signals:
    """As ``rules.churn.readings``."""
    key = _key(_read_by_signals(facts))
    if key not in _SIGNALS:
        if len(_SIGNALS) >= KEPT:
            _SIGNALS.clear()
        found = churn.readings(facts)
        fire = {reading.rule.type for reading in found if reading.fires}
        fire -= {weaker for stronger, weaker in SUPERSEDES.items() if stronger in fire}
        gone = frozenset(reading.rule.type for reading in found if reading.fires is False)
        _SIGNALS[key] = Signals(frozenset(fire), gone, found)
    return _SIGNALS[key]


@lru_cache(maxsize=4096)
def names(source: str) -> tuple[str, ...]:
    """What a condition reads, in order."""
    return tuple(sorted(condition.names(source)))


_CONDITIONS: dict[Key, bool | None] = {}


def evaluate(source: str, values: Values) -> bool | None:
    """As ``models.condition.evaluate``, of the plain values of its :func:`names`."""
    key = (source, values, *map(type, values))
    if key not in _CONDITIONS:
        if len(_CONDITIONS) >= KEPT:
            _CONDITIONS.clear()
        _CONDITIONS[key] = condition.evaluate(source, dict(zip(names(source), values, strict=True)))
    return _CONDITIONS[key]
