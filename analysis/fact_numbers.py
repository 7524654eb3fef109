"""Columns of facts as the rules read them one by one (``rules.predicates``): numbers, words counted, true or false.

A page's columns are looked at once each, whoever asks; most hold nothing but whole numbers, which need no look at all.
"""

from collections.abc import Callable, Mapping, Sequence
from types import NoneType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rules.predicates import as_number

Column = Sequence[float | None]
Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

_WHOLE, _NUMBERS = frozenset({int, NoneType}), frozenset({int, float, NoneType})


class Numbers:
    """The facts of a page of that many customers; a fact without a column is unknown of all."""

    def __init__(self, facts: Mapping[str, Sequence[Any]], customers: int) -> None:
        self._facts = dict(facts)
        self.customers = customers
        self._known: dict[str, Column] = {}
        self._arrays: dict[str, Floats] = {}

    def add(self, name: str, column: Column) -> None:
        """A fact that an evaluation computes itself, in the place of the recorded one."""
        self._facts[name] = self._known[name] = column
        self._arrays.pop(name, None)

    def known(self, name: str) -> Column:
        """As ``rules.predicates.number`` of each; a list of words counts as how many they are."""
        if name not in self._known:
            self._known[name] = _numbers(self._column(name))
        return self._known[name]

    def of(self, name: str) -> Floats:
        """The same, NaN where unknown."""
        if name not in self._arrays:
            self._arrays[name] = np.array(self.known(name), dtype=np.float64)
        return self._arrays[name]

    def where(self, name: str, wanted: object) -> Truths:
        """Where the fact is known to be true, or to be false."""
        return np.array([value is wanted for value in self._column(name)], dtype=np.bool_)

    def picked(self, rows: Sequence[int]) -> "Numbers":
        """The same facts of some of the customers."""
        facts = {name: [column[row] for row in rows] for name, column in self._facts.items()}
        return Numbers(facts, len(rows))

    def _column(self, name: str) -> Sequence[Any]:
        column = self._facts.get(name)
        return [None] * self.customers if column is None else column


def once(write: Callable[[float | None], str], column: Column) -> list[str]:
    """What is written of each value, written once for all who share it; ``1`` and ``1.0`` are two values."""
    kinds = set(map(type, column)) - {NoneType}
    if len(kinds) <= 1:
        texts = {value: write(value) for value in set(column)}
        return [texts[value] for value in column]
    kept = {key: write(key[1]) for key in {(type(value), value) for value in column}}
    return [kept[type(value), value] for value in column]


def _numbers(column: Sequence[Any]) -> Column:
    kinds = frozenset(map(type, column))
    if kinds <= _WHOLE:
        return column
    if kinds <= _NUMBERS and not any(value is not None and value - value != 0 for value in column):
        return column
    return [len(value) if isinstance(value, list | tuple) else as_number(value) for value in column]
