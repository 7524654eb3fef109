"""What an evaluation decides of a simulated customer: stage, churn signals, what a day makes due.

By the rules of ``rules.evaluation``, as far as they read what is simulated: the health score, the engagement score and
opportunities are as they are stored or declared, and alerts on them are not raised.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import JsonValue

from analysis.simulation import calendar, remembered
from analysis.simulation.situation import Situation
from analysis.simulation.world import World
from models.enums import TriggeredBy
from models.lifecycle import StageVerdict
from models.records import Transition
from rules import churn, lifecycle

Told = tuple[str, str, dict[str, str | int | float | bool | None]]
_METRICS = tuple(name for name in lifecycle.FACTS_FULL if name not in lifecycle.SUPPLIED)


class Evaluation:
    """Of one customer."""

    def __init__(self, world: World, who: Situation) -> None:
        self._world, self._who = world, who

    def verdict(self, now: datetime) -> StageVerdict | None:
        """The stage change that the whole table asks for."""
        who = self._who
        if who.stage is None:
            return None
        facts: dict[str, JsonValue] = {
            **who.facts(_METRICS, now, now),
            "health_provisional": False,
            "renewal_completed": who.renewal == "renewed",
            "at_risk_causes": list(who.at_risk_causes) if who.at_risk_causes is not None else None,
            "at_risk_origin": who.at_risk_origin,
        }
        return lifecycle.decide(who.stage, facts, rules=remembered.RULES_OF[who.stage])

    def moved(self, verdict: StageVerdict, key: str, now: datetime) -> Transition:
        """The customer is in that stage from now on."""
        before = self._who.stage
        self._who.move(verdict)
        return Transition(
            customer=self._who.account.id,
            from_stage=before,
            to_stage=verdict.to,
            at=now,
            rule=verdict.rule,
            reason=verdict.reason,
            triggered_by=TriggeredBy.AUTOMATIC,
            cause=key,
            facts=verdict.facts,
        )

    def tells(self, now: datetime) -> Iterator[Told]:
        """Signals that open and clear, then what has become due; each once."""
        who = self._who
        fold = churn.fold_of(who.stage, who.signals, who.facts(churn.FACTS, now, now), now, read=remembered.readings)
        who.signals = fold.open
        for signal in fold.cleared:
            superseded = signal.cleared_by is not None and signal.cleared_by.value == "superseded"
            data: dict[str, str | int | float | bool | None] = {"by": "superseded"} if superseded else {}
            yield "signal_cleared", signal.type.value, data
        for signal in churn.by_priority(fold.opened):
            yield "signal_opened", signal.type.value, {"severity": signal.severity.value}
        for one in calendar.check(self._world, who, now):
            yield one.kind, one.subject, one.data
