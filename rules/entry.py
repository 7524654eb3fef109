"""What an occurrence starts, and what stands in the way of a play (sections 3.5, 7.3 and 14.1 of the domain). Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from pydantic import JsonValue

from models.enums import LifecycleStage, Severity
from models.event_kinds import EventType
from models.events import Happened
from models.playbook import Playbook
from models.playbook_rules import OncePer, named_by
from models.signals import CHURN_SIGNALS, SUPERSEDES, ChurnSignalType
from models.stages import AtRiskCause
from rules.at_risk import saving_signal

_SAME_MEANING = {
    "cancellation_requested": "signal_opened:cancellation_request",
    "nps_processed:detractor": "signal_opened:nps_detractor",
}
"""Two names of one trigger (G12): whichever is heard first starts the one process, the other finds it open."""

_SEVERITIES = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)

HELD_AT_MOST = timedelta(days=30)
"""A play that another one holds is given up after that."""


_OF_SIGNAL = {rule.type.value: rule.severity for rule in CHURN_SIGNALS}


class Ran(Protocol):
    """A run of a customer, as far as it stands in the way of another."""

    @property
    def playbook(self) -> str: ...
    @property
    def ended(self) -> datetime | None: ...


class Moved(Protocol):
    """A stage change: ``models.records.Transition`` as far as it is read here."""

    @property
    def to_stage(self) -> LifecycleStage: ...
    @property
    def facts(self) -> Mapping[str, JsonValue]: ...


def triggers(seen: Happened, transition: Moved | None) -> tuple[str, ...]:
    """Full names of triggers, in order: what happened, what means the same, what the stage brings."""
    names = [seen.name]
    if other := _SAME_MEANING.get(seen.name):
        names.append(other)
    if transition is not None:
        match transition.to_stage:
            case LifecycleStage.AT_RISK:
                names.append(_of_causes(transition))
            case LifecycleStage.RENEWING:
                names.append("renewal_due:60")
            case _:
                pass
    return tuple(dict.fromkeys(names))


def _of_causes(transition: Moved) -> str:
    """The save play of the signal that put the customer at risk, else that of a health drop (section 3.5)."""
    told = transition.facts.get("at_risk_causes")
    known = {cause.value: cause for cause in AtRiskCause}
    causes = [known[str(one)] for one in told if str(one) in known] if isinstance(told, list | tuple) else []
    signal = saving_signal(causes)
    return "health_dropped" if signal is None else f"signal_opened:{signal.value}"


def subject(trigger: str) -> str:
    """What a trigger is about: the signal of ``signal_opened:<signal>``."""
    return trigger.partition(":")[2]


def usual_severity(signal: str) -> Severity:
    """As the signal's rule has it."""
    return _OF_SIGNAL.get(signal, Severity.MEDIUM)


def severity(signal: str, seen: Happened) -> Severity:
    """As told with the signal, else as its rule has it."""
    told = seen.data.get("severity")
    if isinstance(told, str) and told in Severity.__members__.values():
        return Severity(told)
    return usual_severity(signal)


def once(playbook: Playbook, seen: Happened, *, term: str, cycle: int) -> str | None:
    """The unit of which the playbook runs once, in words that name it; None: it is not limited so."""
    unit = playbook.reentry.once_per
    match unit:
        case None:
            return None
        case OncePer.TERM:
            value = str(seen.data.get("term") or term)
        case OncePer.CYCLE:
            value = str(cycle)
        case OncePer.QUARTER:
            value = str(seen.data.get("quarter") or f"{seen.at.year}-Q{(seen.at.month + 2) // 3}")
        case OncePer.OPPORTUNITY:
            value = str(seen.data.get("key") or seen.subject or seen.key)
        case OncePer.RESPONSE:
            value = str(seen.data.get("response_id") or seen.key)
        case OncePer.CUSTOMER:
            value = "once"
    return f"{unit.value}:{value}"


class ClosedOpportunity(NamedTuple):
    """An opportunity that was won or lost; ``unit``: as :func:`once` names it."""

    unit: str
    status: str


def closed_opportunity(seen: Happened) -> ClosedOpportunity | None:
    """What the word to review the stage says of one, if it does."""
    key, status = seen.data.get("opportunity"), seen.data.get("status")
    if seen.kind != EventType.STAGE_REVIEW or not isinstance(key, str) or not isinstance(status, str):
        return None
    return ClosedOpportunity(f"{OncePer.OPPORTUNITY.value}:{key}", status)


def too_soon(
    playbook: Playbook, runs: Iterable[Ran], now: datetime, *, last: Severity | None, severe: Severity
) -> str | None:
    """Why it may not start again yet: the cool-down after its last run; a risen severity does not wait (C7).

    ``last``: how severe its signal was the last time.
    """
    wait = playbook.cools_down
    ended = [run.ended for run in runs if run.playbook == playbook.id and run.ended is not None]
    if not ended or not wait or now - max(ended) >= wait:
        return None
    rose = last is not None and _SEVERITIES.index(severe) > _SEVERITIES.index(last)
    if rose and playbook.reentry.unless_severity_rose:
        return None
    return f"cool-down of {wait.days} days since {max(ended):%Y-%m-%d}"


def no_term(playbook: Playbook, term: str, now: datetime) -> str | None:
    """Why a renewal has no term to work on: none is known, or it is over and its mails would speak of a past day."""
    if playbook.process != "renewal":
        return None
    if not term:
        return "renewal date unknown"
    return f"the term ended on {term}" if term < now.date().isoformat() else None


def holder(playbook: Playbook, open_runs: Iterable[str]) -> str | None:
    """The open play that keeps this one from starting, or None. ``open_runs``: ids of playbooks."""
    return next((other for other in open_runs if named_by(playbook.excludes.held_by, other)), None)


def superseded_by(signal: str) -> ChurnSignalType | None:
    """The signal whose intervention ends when this one's begins (C2)."""
    known = ChurnSignalType.__members__.values()
    return SUPERSEDES.get(ChurnSignalType(signal)) if signal in known else None
