"""Which stored facts tell that a playbook's trigger held on a day: only what can be known of the past.

A trigger that nothing stored dates (a fall of a score that was never kept) cannot be tested on the past, and is refused
with the reason.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from analysis.backtest import FALSE, HOLDS, UNKNOWN
from models.condition import evaluate, names
from models.errors import BadInput
from models.nps import NpsConfig
from models.playbook import Playbook
from models.signals import SUPERSEDES, ChurnConfig, ChurnSignalType, SignalRule
from rules import nps
from rules.predicates import flag, holds, number

Row = Mapping[str, Any]
Predicate = Callable[[Row], bool | None]

NEAR_LIMIT = 0.8
"""Share of a plan's limit from which it is near (section 14.1)."""

_SAME = {
    "cancellation_requested": ChurnSignalType.CANCELLATION_REQUEST,
    "payment_failed": ChurnSignalType.FAILED_PAYMENT,
}


class Watch(NamedTuple):
    """Facts to read on each day, and whether the trigger holds for a row of them."""

    facts: tuple[str, ...]
    holds: Predicate


def watch(trigger: str, playbook: Playbook | None = None) -> Watch:
    """How a trigger is seen in stored facts, narrowed to the playbook's segments and entry condition.

    Raises:
        BadInput: nothing that is stored says when it happened.
    """
    facts, says = _trigger(trigger)
    if playbook is None:
        return Watch(facts, says)
    segments = {segment.value for segment in playbook.segments}
    asked = tuple(sorted(names(playbook.entry))) if playbook.entry else ()
    wanted = (*facts, *asked, *(("segment",) if segments else ()))

    def narrowed(row: Row) -> bool | None:
        if segments and row["segment"] not in segments:
            return None if row["segment"] is None else False
        held = says(row)
        if held is not True or playbook.entry is None:
            return held
        return evaluate(playbook.entry, row)

    return Watch(tuple(dict.fromkeys(wanted)), narrowed)


def signs(watched: Watch, columns: Mapping[str, Sequence[Any]], rows: int) -> list[int]:
    """HOLDS, FALSE or UNKNOWN for each row of a page of facts."""
    found = []
    for position in range(rows):
        held = watched.holds({name: columns[name][position] for name in watched.facts})
        found.append(UNKNOWN if held is None else HOLDS if held else FALSE)
    return found


def _trigger(trigger: str) -> tuple[tuple[str, ...], Predicate]:
    kind, _, subject = trigger.partition(":")
    if kind in _SAME:
        return _signal(_SAME[kind])
    if kind == "signal_opened" and subject in {one.value for one in ChurnSignalType}:
        return _signal(ChurnSignalType(subject))
    if kind == "renewal_due" and subject.isdecimal():
        return ("days_until_renewal",), lambda row: _between(number(row, "days_until_renewal"), 0, int(subject))
    if kind == "nps_processed" and subject:
        return ("nps_score",), lambda row: _nps(row, subject)
    if kind == "limit_near":
        return ("usage_vs_limit",), lambda row: _between(number(row, "usage_vs_limit"), NEAR_LIMIT, float("inf"))
    if kind == "onboarding_stalled":
        return (
            "onboarding_status",
        ), lambda row: None if row["onboarding_status"] is None else row["onboarding_status"] == "stalled"
    if kind == "subscription_created":
        return ("days_as_customer",), lambda row: _between(number(row, "days_as_customer"), 0, 31)
    raise BadInput(
        "nothing stored says on which day this happened, so the past cannot tell", field="trigger", value=trigger
    )


def _signal(kind: ChurnSignalType) -> tuple[tuple[str, ...], Predicate]:
    """The rule of section 7.1; a weaker signal is not open while the stronger one is (C2)."""
    rules = {rule.type: rule for rule in ChurnConfig().signals}
    rule = rules[kind]
    stronger = [rules[one] for one, weaker in SUPERSEDES.items() if weaker is kind]
    facts = tuple(dict.fromkeys((rule.metric, *(one.metric for one in stronger))))

    def says(row: Row) -> bool | None:
        return False if any(_fires(one, row) for one in stronger) else _fires(rule, row)

    return facts, says


def _fires(rule: SignalRule, row: Row) -> bool | None:
    value = flag(row, rule.metric) if isinstance(rule.threshold, bool) else number(row, rule.metric)
    return holds(value, rule.comparison, rule.threshold)


def _between(value: float | None, low: float, high: float) -> bool | None:
    return None if value is None else low <= value <= high


def _nps(row: Row, wanted: str) -> bool | None:
    score = number(row, "nps_score")
    return None if score is None else nps.classify(int(score), NpsConfig()).value == wanted
