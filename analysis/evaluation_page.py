"""A page of customers decided at once: health on columns, everything else by the same rules (sections 5 to 8).

``rules.evaluation.decide_one`` decides the same of each of them alone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from analysis.health_matrix import HealthMatrix, score_columns
from models.health import HealthConfig, HealthConfigs, HealthFigures, HealthGrade
from models.standing import Calendar, Evaluated, RuleBook, Standing
from rules.evaluation import evaluate, reads
from rules.health import looked_at
from rules.health_seen import metrics_of, see_health

_GRADES: dict[str, HealthGrade | None] = {"": None, **{grade.value: grade for grade in HealthGrade}}


class PageDecisions(NamedTuple):
    """What was decided of a page. ``unread``: whose evaluation failed, and why; it fails nobody else's."""

    evaluated: list[Evaluated]
    unread: dict[str, str]


class PageDecider:
    """Decides pages under one set of configurations."""

    def __init__(self, configs: HealthConfigs, book: RuleBook) -> None:
        self._configs = configs
        self._book = book
        self._version = {config.name: config.version() for config in configs.configurations}
        self._looked_at = {config.name: looked_at(config) for config in configs.configurations}
        self.metrics = tuple(dict.fromkeys(name for one in configs.configurations for name in looked_at(one)))
        self.reads = reads(configs)

    def decide(
        self, standings: Sequence[Standing], facts: Mapping[str, Sequence[Any]], at: datetime, when: Calendar
    ) -> PageDecisions:
        """Decide each; ``facts`` are columns aligned with the standings."""
        columns = {name: _floats(facts[name]) for name in self.metrics if name in facts}
        names, lines = tuple(facts), list(zip(*facts.values(), strict=True))
        done = PageDecisions([], {})
        decided: dict[int, Evaluated] = {}
        for config, rows in self._by_config(standings):
            picked = np.asarray(rows)
            scores = score_columns(config, {name: column[picked] for name, column in columns.items()}, len(rows))
            for row, figures in zip(rows, _figures(config, scores), strict=True):
                known = dict(zip(names, lines[row], strict=True))
                try:
                    found = self._one(config, standings[row], known, figures, at, when)
                except Exception as error:
                    # Whatever is wrong with one customer's rows, the others are evaluated, and it is told by name.
                    done.unread[standings[row].customer] = f"{type(error).__name__}: {error}"[:300]
                    continue
                decided[row] = found
        done.evaluated.extend(decided[row] for row in sorted(decided))
        return done

    def _one(
        self,
        config: HealthConfig,
        one: Standing,
        known: Mapping[str, Any],
        figures: HealthFigures,
        at: datetime,
        when: Calendar,
    ) -> Evaluated:
        metrics = metrics_of(self._looked_at[config.name], known)
        seen = see_health(config, self._version[config.name], metrics, figures, one)
        return evaluate(one, known, seen, at, when, config, self._book)

    def _by_config(self, standings: Sequence[Standing]) -> list[tuple[HealthConfig, list[int]]]:
        chosen: dict[tuple[object, object], HealthConfig] = {}
        found: dict[str, list[int]] = {}
        for row, one in enumerate(standings):
            kind = (one.segment, one.stage)
            if kind not in chosen:
                chosen[kind] = self._configs.of(one.segment, one.stage)
            found.setdefault(chosen[kind].name, []).append(row)
        named = {config.name: config for config in self._configs.configurations}
        return [(named[name], rows) for name, rows in found.items()]


def _floats(values: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """NaN is unknown; a list of words counts as how many they are."""
    if any(isinstance(value, list | tuple) for value in values):
        values = [None if value is None else len(value) for value in values]
    return np.array(values, dtype=np.float64)


def _figures(config: HealthConfig, found: HealthMatrix) -> list[HealthFigures]:
    parts = [[None if value != value else int(value) for value in row.tolist()] for row in found.components.values()]
    return [
        HealthFigures(tuple(own), None if score != score else int(score), coverage, provisional, _GRADES[grade])
        for own, score, coverage, provisional, grade in zip(
            zip(*parts, strict=True),
            found.score.tolist(),
            found.coverage.tolist(),
            found.provisional.tolist(),
            found.grade.tolist(),
            strict=True,
        )
    ]
