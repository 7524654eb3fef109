"""What an occurrence starts for one simulated customer, and what it ends: ``activities.starting``, by ``rules.entry``.

Every reason is a rule's; only where runs and interventions are kept differs.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from analysis.simulation.remembered import evaluate, names
from analysis.simulation.situation import Situation
from analysis.simulation.tally import Tally
from analysis.simulation.world import PastRun, World
from models.enums import LifecycleStage, RunStatus, Segment
from models.events import Occurrence
from models.experiment import Arm
from models.people import Intervention, InterventionStatus
from models.playbook import Playbook
from models.playbook_rules import named_by
from models.records import RunRow, Transition
from models.run import RESUMED
from rules import entry, holdout

ONBOARDS = "subscription_created"
OPEN = InterventionStatus.IN_PROGRESS


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
    seen: Occurrence
    trigger: str
    since: datetime


class Admission:
    """One customer's runs, open and past, and what may start beside them."""

    def __init__(self, world: World, who: Situation, tally: Tally) -> None:
        self._world, self._who, self._tally = world, who, tally
        self._numbers: Counter[str] = Counter()
        self._causes: set[tuple[str, str]] = set()
        self._held: list[_Held] = []
        self._signals: dict[str, str] = {}
        self.rows: dict[str, RunRow] = {}
        for past in who.account.past:
            self._remember(past)

    def name_of(self, playbook: Playbook, seen: Occurrence) -> str | None:
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
        self, seen: Occurrence, transition: Transition | None, now: datetime, begin: Callable[[Begin], None]
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
            if name in self.rows:
                return stops
            if program is not None and self._world.plays(program):
                self._open(program, name, now)
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
        self.rows[name] = self.rows[name].model_copy(update={"ended": at})

    def onboarded(self) -> bool:
        """Whether the present cycle's onboarding has begun."""
        return f"onboarding:{self._who.cycle}" in self.rows

    def open_as(self, playbook: Playbook, name: str, started: datetime) -> None:
        """A run that was under way at the beginning."""
        self._open(playbook, name, started)

    def paused_by(self, playbook: str) -> str | None:
        """The open play that keeps this one from reaching anybody outside, or None."""
        pausing = ((row, self._world.pauses(row.playbook)) for row in self.rows.values() if row.ended is None)
        return next(
            (
                row.playbook
                for row, names in pausing
                if names and row.playbook != playbook and named_by(names, playbook)
            ),
            None,
        )

    def _start_all(
        self,
        seen: Occurrence,
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
        seen: Occurrence,
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
        if cause in self._causes or (fixed is not None and fixed in self.rows and self.rows[fixed].ended is None):
            return False
        reason = self._against(playbook, seen, fixed, now)
        holder = None if reason else entry.holder(playbook, self._open_playbooks())
        if reason or holder:
            if holder:
                self._held.append(_Held(playbook, seen, trigger, now))
            self._tally.declined[playbook.id, reason or f"held by {holder}"] += 1
            return False
        self._causes.add(cause)
        self._numbers[cause[0]] += 1
        name = fixed or f"{cause[0]}#{self._numbers[cause[0]]}"
        self._open(playbook, name, now)
        begin(Begin(playbook, name, trigger))
        stops += self._stop_others(playbook, name)
        return True

    def _against(self, playbook: Playbook, seen: Occurrence, fixed: str | None, now: datetime) -> str | None:
        """Why it does not start, or None; in the engine's order."""
        if self._who.stage is LifecycleStage.CHURNED and playbook.trigger != "subscription_cancelled":
            return "the customer has left"
        signal = entry.subject(playbook.trigger) if playbook.process == "save" else ""
        if self._merged(playbook, signal):
            return "already open"
        if fixed is not None and fixed in self.rows:
            return "ran already"
        if playbook.process == "renewal" and not self._term(seen):
            return "renewal date unknown"
        severe = entry.severity(signal, seen)
        if entry.too_soon(playbook, self.rows.values(), now, last=self._last(signal), severe=severe):
            return "cool-down"
        if playbook.entry is not None:
            facts = self._who.facts(names(playbook.entry), now, seen.at)
            if evaluate(playbook.entry, facts) is not True:
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
        opened = [row for row in self.rows.values() if row.ended is None]
        if signal and any(self._signals.get(row.workflow_id) == signal for row in opened):
            return True
        return playbook.process not in ("renewal", "qbr", "referral") and playbook.id in {
            one.playbook for one in opened
        }

    def _last(self, signal: str) -> Intervention | None:
        mine = [row for name, row in self.rows.items() if signal and self._signals.get(name) == signal]
        return self._intervention(max(mine, key=lambda row: row.started), signal) if mine else None

    def _intervention(self, row: RunRow, signal: str) -> Intervention:
        told = Occurrence(kind="signal_opened", subject=signal, key="", at=row.started)
        return Intervention(
            workflow_id=row.workflow_id,
            customer=row.customer,
            signal=signal,
            playbook=row.playbook,
            severity=entry.severity(signal, told),
            status=OPEN if row.ended is None else InterventionStatus.SUCCEEDED,
            started_at=row.started,
            owner="",
        )

    def _stop_others(self, playbook: Playbook, name: str) -> list[Stop]:
        signal = entry.subject(playbook.trigger) if playbook.process == "save" else ""
        lesser = entry.superseded_by(signal)
        found = []
        for other, row in self.rows.items():
            if row.ended is None and other != name:
                old = lesser is not None and self._signals.get(other) == lesser.value
                if old or named_by(playbook.excludes.stops, row.playbook):
                    found.append(Stop(other, RunStatus.SUPERSEDED, f"superseded by {playbook.id}"))
        return found

    def _end_all(self, reason: str) -> list[Stop]:
        return [Stop(name, RunStatus.EXITED, reason) for name, row in self.rows.items() if row.ended is None]

    def _open_playbooks(self) -> Iterable[str]:
        return [row.playbook for row in self.rows.values() if row.ended is None]

    def _open(self, playbook: Playbook, name: str, started: datetime) -> None:
        if playbook.process == "save":
            self._signals[name] = entry.subject(playbook.trigger)
        self.rows[name] = _row(self._who.account.id, name, playbook.process, playbook.id, started, None)

    def _remember(self, past: PastRun) -> None:
        name = past.name or f"{past.playbook}@{past.started.isoformat()}"
        self.rows[name] = _row(self._who.account.id, name, past.process, past.playbook, past.started, past.ended)
        if past.signal:
            self._signals[name] = past.signal

    def _counter(self, playbook: Playbook) -> str:
        if playbook.process == "save":
            return f"save:{entry.subject(playbook.trigger)}"
        return "nps" if playbook.process == "nps" else playbook.id

    def _term(self, seen: Occurrence) -> str:
        told, at = seen.data.get("term"), self._who.account.renewal_at
        return str(told) if told else (at.date().isoformat() if at is not None else "")


def _row(customer: str, name: str, process: str, playbook: str, started: datetime, ended: datetime | None) -> RunRow:
    return RunRow.model_construct(
        workflow_id=name, customer=customer, process=process, playbook=playbook, version=1, fingerprint="",
        status=RunStatus.RUNNING.value if ended is None else RunStatus.COMPLETED.value, reason="", started=started,
        ended=ended,
    )  # fmt: skip
