"""A page of customers decided at once: health on columns, everything else by the same rules (sections 5 to 8).

``rules.evaluation.decide_one`` decides the same of each of them alone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any, NamedTuple

from analysis.answer_columns import answer_columns
from analysis.fact_numbers import Numbers
from analysis.health_matrix import HealthMatrix, score_columns
from analysis.measured_columns import measured_columns
from models.health import HealthConfig, HealthConfigs, HealthFigures, HealthGrade
from models.standing import Calendar, Evaluated, Measured, RuleBook, Standing
from rules.evaluation import evaluate, reads
from rules.health import looked_at
from rules.health_seen import see_health

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
        self.metrics = tuple(dict.fromkeys(name for one in configs.configurations for name in looked_at(one)))
        self.reads = reads(configs)

    def decide(
        self, standings: Sequence[Standing], facts: Mapping[str, Sequence[Any]], at: datetime, when: Calendar
    ) -> PageDecisions:
        """Decide each; ``facts`` are columns aligned with the standings."""
        done = PageDecisions([], {})
        numbers = Numbers(facts, len(standings))
        health: dict[int, tuple[HealthConfig, Measured, HealthFigures]] = {}
        for config, rows in self._by_config(standings):
            own = numbers if len(rows) == len(standings) else numbers.picked(rows)
            measured = measured_columns(config, self._version[config.name], own)
            columns = {name: own.of(name) for name in config.metrics() if name in facts}
            figures = _figures(score_columns(config, columns, len(rows)))
            health.update(zip(rows, zip(repeat(config), measured, figures), strict=False))
        scored = [health[row][2] for row in range(len(standings))]
        answers = answer_columns(numbers, standings, scored, self._book)
        names = tuple(facts)
        for row, (one, said, line) in enumerate(
            zip(standings, answers, zip(*facts.values(), strict=True), strict=True)
        ):
            config, own_metrics, own_figures = health[row]
            try:
                seen = see_health(config, self._version[config.name], own_metrics, own_figures, one)
                known = dict(zip(names, line, strict=True))
                done.evaluated.append(evaluate(one, known, seen, said, at, when, config, self._book))
            except Exception as error:
                # Whatever is wrong with one customer's rows, the others are evaluated, and it is told by name.
                done.unread[one.customer] = f"{type(error).__name__}: {error}"[:300]
        return done

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


def _figures(found: HealthMatrix) -> list[HealthFigures]:
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
