"""What an occurrence starts for one simulated customer, and what it ends: ``activities.starting``, by ``rules.entry``.

Every reason is a rule's; only where runs and interventions are kept differs.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from analysis.simulation.heard import Heard
from analysis.simulation.remembered import names
from analysis.simulation.situation import Moved, Situation
from analysis.simulation.tally import Tally
from analysis.simulation.world import PastRun, World
from models.enums import LifecycleStage, RunStatus, Segment
from models.experiment import Arm
from models.playbook import Playbook
from models.playbook_rules import named_by
from models.run import RESUMED
from rules import entry, holdout

ONBOARDS = "subscription_created"


class Begin(NamedTuple):
    """A run to begin: its playbook, its name, and the name of its trigger."""

    playbook: Playbook
    name: str
    trigger: str


class Stop(NamedTuple):
    """An open run to end."""

    name: str
    status: RunStatus
    reason: str


class _Held(NamedTuple):
    playbook: Playbook
    seen: Heard
    trigger: str
    since: datetime


@dataclass(slots=True)
class Row:
    """A run, open or past, as far as others ask of it. ``signal``: what it is the save play of."""

    name: str
    playbook: str
    signal: str
    ended: datetime | None = None


class Admission:
    """One customer's runs, open and past, and what may start beside them."""

    def __init__(self, world: World, who: Situation, tally: Tally) -> None:
        self._world, self._who, self._tally = world, who, tally
        self._numbers: Counter[str] = Counter()
        self._causes: set[tuple[str, str]] = set()
        self._held: list[_Held] = []
        self._rows: dict[str, Row] = {}
        self._open: dict[str, Row] = {}
        for past in who.account.past:
            self._remember(past)

    def name_of(self, playbook: Playbook, seen: Heard) -> str | None:
        """The name of a run of which there is one (of a term, a quarter, a referral, a cycle), or None."""
        match playbook.process:
            case "onboarding":
                return f"onboarding:{self._who.cycle}"
            case "renewal":
                return f"renewal:{self._term(seen)}"
            case "qbr" if seen.data.get("quarter"):
                return f"qbr:{seen.data['quarter']}"
            case "referral":
                return f"referral:{seen.data.get('referral_id') or seen.key}"
            case _:
                return None

    def decide(
        self, seen: Heard, transition: Moved | None, now: datetime, begin: Callable[[Begin], None]
    ) -> list[Stop]:
        """Begin what starts, at once and in order; returns what ends."""
        stops: list[Stop] = []
        if transition is not None and transition.to_stage is LifecycleStage.CHURNED:
            stops += self._end_all(f"the customer left: {transition.rule}")
        segment = self._who.account.segment
        if segment is None:
            return stops
        if transition is not None and transition.to_stage is LifecycleStage.ONBOARDING:
            program = self._world.program(segment)
            name = f"onboarding:{self._who.cycle}"
            if name in self._rows:
                return stops
            if program is not None and self._world.plays(program):
                self.open_as(program, name)
                begin(Begin(program, name, ONBOARDS))
            self._start_all(seen, ONBOARDS, segment, now, begin, stops)
        else:
            for trigger in entry.triggers(seen, transition):
                if trigger != ONBOARDS:
                    self._start_all(seen, trigger, segment, now, begin, stops)
        if seen.kind == RESUMED:
            self._try_held(now, begin, stops)
        return stops

    def ended(self, name: str, at: datetime) -> None:
        """A run is over."""
        self._open.pop(name).ended = at

    def onboarded(self) -> bool:
        """Whether the present cycle's onboarding has begun."""
        return f"onboarding:{self._who.cycle}" in self._rows

    def open_as(self, playbook: Playbook, name: str) -> None:
        """A run is under way."""
        self._rows[name] = self._open[name] = Row(name, playbook.id, _signal(playbook))

    def paused_by(self, playbook: str) -> str | None:
        """The open play that keeps this one from reaching anybody outside, or None."""
        for row in self._open.values():
            pauses = self._world.pauses.get(row.playbook)
            if pauses is not None and row.playbook != playbook and named_by(pauses, playbook):
                return row.playbook
        return None

    def _start_all(
        self,
        seen: Heard,
        trigger: str,
        segment: Segment,
        now: datetime,
        begin: Callable[[Begin], None],
        stops: list[Stop],
    ) -> None:
        for playbook in self._world.started_by(trigger, segment):
            self._start(playbook, seen, trigger, now, begin, stops)

    def _start(
        self,
        playbook: Playbook,
        seen: Heard,
        trigger: str,
        now: datetime,
        begin: Callable[[Begin], None],
        stops: list[Stop],
    ) -> bool:
        if not self._world.plays(playbook):
            return False
        unit = entry.once(playbook, seen, term=self._term(seen), cycle=self._who.cycle)
        cause = (self._counter(playbook), unit or seen.key)
        fixed = self.name_of(playbook, seen)
        if cause in self._causes or fixed in self._open:
            return False
        reason = self._against(playbook, seen, fixed, now)
        holder = None if reason else entry.holder(playbook, [row.playbook for row in self._open.values()])
        if reason or holder:
            if holder:
                self._held.append(_Held(playbook, seen, trigger, now))
            self._tally.declined[playbook.id, reason or f"held by {holder}"] += 1
            return False
        self._causes.add(cause)
        self._numbers[cause[0]] += 1
        name = fixed or f"{cause[0]}#{self._numbers[cause[0]]}"
        self.open_as(playbook, name)
        begin(Begin(playbook, name, trigger))
        stops += self._stop_others(playbook, name)
        return True

    def _against(self, playbook: Playbook, seen: Heard, fixed: str | None, now: datetime) -> str | None:
        """Why it does not start, or None; in the engine's order."""
        if self._who.stage is LifecycleStage.CHURNED and playbook.trigger != "subscription_cancelled":
            return "the customer has left"
        signal = _signal(playbook)
        if self._merged(playbook, signal):
            return "already open"
        if fixed in self._rows:
            return "ran already"
        if over := entry.no_term(playbook, self._term(seen), now):
            return over
        severe = entry.severity(signal, seen)
        again = signal and any(row.signal == signal for row in self._rows.values())
        last = entry.usual_severity(signal) if again else None
        if entry.too_soon(playbook, self._rows.values(), now, last=last, severe=severe):
            return "cool-down"
        if playbook.entry is not None and self._who.holds(playbook.entry, now, seen.at) is not True:
            facts = self._who.facts(names(playbook.entry), now, seen.at)
            unknown = ", ".join(name for name, value in facts.items() if value is None)
            return f"not: {playbook.entry}" + (f" (unknown: {unknown})" if unknown else "")
        drawn = holdout.assignment(playbook, self._who.account.id, now)
        if drawn is not None and drawn.arm is Arm.HOLDOUT:
            self._tally.held_out[playbook.id] += 1
            return "held out of the experiment"
        return None

    def _try_held(self, now: datetime, begin: Callable[[Begin], None], stops: list[Stop]) -> None:
        waiting, self._held = self._held, []
        for one in waiting:
            if now - one.since <= entry.HELD_AT_MOST:
                self._start(one.playbook, one.seen, one.trigger, now, begin, stops)

    def _merged(self, playbook: Playbook, signal: str) -> bool:
        opened = self._open.values()
        if signal and any(row.signal == signal for row in opened):
            return True
        alone = playbook.process not in ("renewal", "qbr", "referral")
        return alone and any(row.playbook == playbook.id for row in opened)

    def _stop_others(self, playbook: Playbook, name: str) -> list[Stop]:
        lesser = entry.superseded_by(_signal(playbook))
        found = []
        for other, row in self._open.items():
            old = lesser is not None and row.signal == lesser.value
            if other != name and (old or named_by(playbook.excludes.stops, row.playbook)):
                found.append(Stop(other, RunStatus.SUPERSEDED, f"superseded by {playbook.id}"))
        return found

    def _end_all(self, reason: str) -> list[Stop]:
        return [Stop(name, RunStatus.EXITED, reason) for name in self._open]

    def _remember(self, past: PastRun) -> None:
        name = past.name or f"{past.playbook}@{past.started.isoformat()}"
        self._rows[name] = Row(name, past.playbook, past.signal, past.ended)

    def _counter(self, playbook: Playbook) -> str:
        if playbook.process == "save":
            return f"save:{entry.subject(playbook.trigger)}"
        return "nps" if playbook.process == "nps" else playbook.id

    def _term(self, seen: Heard) -> str:
        told, at = seen.data.get("term"), self._who.account.renewal_at
        return str(told) if told else (at.date().isoformat() if at is not None else "")


def _signal(playbook: Playbook) -> str:
    """Whose save play it is."""
    return entry.subject(playbook.trigger) if playbook.process == "save" else ""
