"""What an evaluation decides of a simulated customer: stage, churn signals, what a day makes due.

By the rules of ``rules.evaluation``, as far as they read what is simulated: the health score, the engagement score and
opportunities are as they are stored or declared, and alerts on them are not raised.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from pydantic import JsonValue

from analysis.simulation import calendar, remembered
from analysis.simulation.situation import Situation
from analysis.simulation.world import World
from models.lifecycle import StageVerdict
from rules import churn, lifecycle

Told = tuple[str, str, dict[str, str | int | float | bool | None]]
Facts = Mapping[str, JsonValue]


class Evaluation:
    """Of one customer."""

    def __init__(self, world: World, who: Situation) -> None:
        self._world, self._who = world, who

    def verdict(self, facts: Facts) -> StageVerdict | None:
        """The stage change that the whole table asks for."""
        stage = self._who.stage
        return None if stage is None else lifecycle.decide(stage, facts, rules=remembered.RULES_OF[stage])

    def tells(self, facts: Facts, now: datetime) -> Iterator[Told]:
        """Signals that open and clear, then what has become due; each once."""
        yield from self._signals(facts, now)
        for one in calendar.check(self._world, self._who, facts, now):
            yield one.kind, one.subject, one.data

    def _signals(self, facts: Facts, now: datetime) -> Iterator[Told]:
        who, said = self._who, remembered.signals(facts)
        if who.standing is not None and said.fire <= who.standing and said.gone.isdisjoint(who.standing):
            return  # everything that fires is open, and nothing that is open is gone
        fold = churn.fold_of(who.stage, who.signals, facts, now, read=lambda _facts, _config: said.readings)
        who.signals, who.standing = fold.open, frozenset(signal.type for signal in fold.open)
        for signal in fold.cleared:
            superseded = signal.cleared_by is not None and signal.cleared_by.value == "superseded"
            data: dict[str, str | int | float | bool | None] = {"by": "superseded"} if superseded else {}
            yield "signal_cleared", signal.type.value, data
        for signal in churn.by_priority(fold.opened):
            yield "signal_opened", signal.type.value, {"severity": signal.severity.value}
