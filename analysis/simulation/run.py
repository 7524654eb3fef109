"""One run of one playbook in a simulation: what ``workflows.play`` and ``workflows.onboarding`` order, without waiting.

The interpreter decides every step; this only asks it, carries out what it says, and says when it wants to be woken.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from analysis.simulation.asked import Asked
from analysis.simulation.effects import Effects
from analysis.simulation.heard import NOTHING, Data, Heard, heard
from analysis.simulation.paths import Node, Paths
from analysis.simulation.situation import Situation, Tracker
from analysis.simulation.tally import Rise
from models.calendar import Calendar
from models.enums import RunStatus
from models.errors import BadInput
from models.play import OnboardingState, StepDone
from models.playbook import ActStep
from models.run import OWN, Do, End, Escalate
from rules import onboarding
from rules.quarters import quarter_end

STEP_COMPLETED = "onboarding_step_completed"
_OURS = {True: "own", False: "other"}

Tell = Callable[[Heard], None]
React = Callable[["Run", str, datetime, str], None]


_CARRIED = {"type": "expansion_type"}
_VALUES = frozenset({"severity", "score", "grade", "expansion_type", "timing", "drop", "days", "limit", *OWN})


def carried(seen: Heard, term: str) -> dict[str, str | int | float | bool | None]:
    """What of its event a run carries (``activities.starts``); ``term``: of a renewal, where the event does not say."""
    said = {_CARRIED.get(name, name): value for name, value in seen.data.items()}
    found = {name: value for name, value in said.items() if name in _VALUES}
    return {"term": term, **found} if term else found


class Start(NamedTuple):
    """How a run begins: its name, its moment, the event that started it and what that said."""

    name: str
    started: datetime
    trigger: str = ""
    values: Data = NOTHING
    calendar: Calendar | None = None


class Run:
    """A run under way. ``tell`` reports to the lifecycle; ``react`` asks whether somebody answers a step."""

    def __init__(self, paths: Paths, who: Situation, begin: Start, effects: Effects, tell: Tell, react: React) -> None:
        self.name = begin.name
        self.paths = paths
        self.playbook = paths.playbook
        self.who = who
        self.started = begin.started
        self.open = True
        self.until: datetime | None = None
        self.wants = paths.wants
        self._effects = effects
        self._tally = effects.tally
        self._tell = tell
        self._react = react
        self._shown: set[str] = set()
        self._opened: frozenset[str] = frozenset()
        self._own = begin.values
        account = who.account
        dates = {"renewal_date": account.renewal_at, "trial_ends_at": account.trial_ends_at}
        if isinstance(quarter := begin.values.get("quarter"), str):
            dates["quarter_end"] = quarter_end(quarter, who.world.rules.business_zone)
        self.node: Node = paths.begin(
            {
                "plan": account.plan,
                "segment": account.segment,
                "cycle": who.cycle,
                **_owned(begin.values, begin.values),
            },
            {name: moment - self.started for name, moment in dates.items() if moment is not None},
            started=self.started,
            trigger=begin.trigger,
            calendar=begin.calendar if paths.keeps_dates else None,
        )
        if self.playbook.program is not None and who.tracker is None:
            who.tracker = Tracker(self.playbook, self.started, OnboardingState(last_progress=self.started))

    def observe(self, seen: Heard) -> None:
        """Fold an event; a step done is tracked first, and what it makes happen is seen first too."""
        if self.playbook.program is not None and seen.kind == STEP_COMPLETED:
            self._step_done(seen)
        self._see(seen.kind, seen.subject, seen.at, seen.data)

    def answer(self, outcome: str, now: datetime, step: str = "") -> bool:
        """A person's outcome; whether anything awaited it."""
        before = self.node
        self.node = self.paths.answer(self.node, outcome, now - self.started, step)
        return self.node is not before

    def go_on(self, now: datetime) -> datetime | None:
        """Do everything that is due; returns when it wants to be woken, None: at the next event or never."""
        at, keep_open = now - self.started, False
        while True:
            if self.playbook.program is not None:
                self._watch_the_clock(now)
                keep_open = self.who.tracker is not None and self.who.tracker.state.finished is None
            node, decision = self.paths.advance(self.node, at, keep_open=keep_open)
            self.node = node
            if node.awaits != self._opened:
                self._begun_awaits(now)
            if isinstance(decision, Do):
                self._do(decision.step_id, now)
            elif isinstance(decision, Escalate):
                rise = Rise(self.who.account.id, now, self.playbook.id, decision.role.value, decision.level)
                self._tally.rises.append(rise)
                self.node = self.paths.escalated(node, decision.level)
            elif isinstance(decision, End):
                self._end(decision.status, decision.reason)
                return None
            else:
                until = None if decision.until is None else decision.until - node.origin + self.started
                return until if self.playbook.program is None else self._sooner(until)

    def stop(self) -> None:
        """The simulation is over while this runs."""
        self._count("open", "the simulation ended")

    def _do(self, step_id: str, now: datetime) -> None:
        step = self.paths.acts[step_id]
        asked = Asked(self.who, self.playbook, step, self.started, now, self.paths.over, self._shown, self.name)
        answer = self._effects.run(asked)
        until = None if answer.until is None else answer.until - self.started
        self.node = self.paths.ran(
            self.node, step_id, answer.status, answer.reason, until, now - self.started, answer.values
        )
        if answer.status in ("skipped", "failed"):
            self._tally.refused[self.playbook.id, step_id, answer.reason] += 1
        if answer.status == "done":
            template = step.params.get("template") if isinstance(step, ActStep) else None
            self._react(self, step_id, now, str(template or ""))

    def _begun_awaits(self, now: datetime) -> None:
        for step_id in sorted(self.node.awaits - self._opened):
            self._react(self, step_id, now, "")
        self._opened = self.node.awaits

    def _end(self, status: RunStatus, reason: str) -> None:
        self.open = False
        self._count(status.value, reason)

    def _count(self, status: str, reason: str) -> None:
        self._tally.ends[self.playbook.id, status, reason] += 1
        self._tally.results.update(self.paths.results(self.node))

    def _see(self, kind: str, subject: str, at: datetime, data: Data | None = None) -> None:
        told = _owned(data, self._own) if data else None
        self.node = self.paths.observe(self.node, kind, subject, at - self.started, told)

    def _step_done(self, seen: Heard) -> None:
        tracker = self.who.tracker
        assert tracker is not None
        assert self.playbook.program is not None
        asked = StepDone(step_id=str(seen.data.get("step_id") or ""), criterion=seen.subject)
        try:
            step = onboarding.find_step(self.playbook.program, asked)
        except BadInput as error:
            self._tally.refused[self.playbook.id, "onboarding step", str(error)] += 1
            return
        after, happened = onboarding.complete(self.playbook.program, tracker.state, step, seen.at, seen.key)
        if after is tracker.state:
            return
        tracker.state = after
        for occurrence in happened:
            self._see(occurrence.kind, occurrence.subject, occurrence.at)
        self._tell(heard("onboarding_progressed", f"{self.name}>{step.id}", seen.at))

    def _watch_the_clock(self, now: datetime) -> None:
        """Stalls and late milestones whose moment has passed."""
        tracker, program = self.who.tracker, self.playbook.program
        if tracker is None or program is None or self.node.state.status is not RunStatus.RUNNING:
            return
        late = onboarding.late_due(program, tracker.state, self.started)
        while late is not None and late[0] <= now:
            tracker.state = onboarding.mark_late(tracker.state, late[1])
            self._see("milestone_late", late[1], late[0])
            late = onboarding.late_due(program, tracker.state, self.started)
        stalls = onboarding.stall_due(program, tracker.state)
        if stalls is not None and stalls <= now:
            tracker.state = onboarding.stall(tracker.state)
            self._see("onboarding_stalled", "", stalls)
            key = f"{self.name}>stall{tracker.state.stalls}"
            self._tell(heard("onboarding_stalled", key, stalls))

    def _sooner(self, until: datetime | None) -> datetime | None:
        """Or when the onboarding counts as stalled, or a milestone as late."""
        tracker, program = self.who.tracker, self.playbook.program
        if tracker is None or program is None:
            return until
        late = onboarding.late_due(program, tracker.state, self.started)
        moments = (until, onboarding.stall_due(program, tracker.state), late[0] if late else None)
        return min((moment for moment in moments if moment is not None), default=None)


def _owned(told: Data, mine: Data) -> Data:
    """What an event says, with terms, quarters and referrals told only as the run's own or another one: no run reads
    more of them, and runs of different terms can be folded once."""
    return {name: _OURS[value == mine.get(name)] if name in OWN else value for name, value in told.items()}
