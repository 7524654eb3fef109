"""The interpreter, asked once for each different course of a run: runs that go the same way share their states.

A run depends on its moments only by their distance from its start, unless it counts working days or names a local time;
so every other run is folded as if it had started at one moment, and each answer of the interpreter is kept under what
was asked. Two customers who get the same play on the same morning and do not answer are folded once. When an event came
tells two runs apart only where a step counts from it, and while a run waits, nothing else is decided until then.
Nothing is decided here: what is not kept yet is asked of :mod:`rules.interpreter`, as the engine asks it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from analysis.simulation.asked import over
from analysis.simulation.heard import Data
from models.calendar import Calendar
from models.condition import names
from models.events import Occurrence
from models.playbook import ActStep, AwaitStep, BranchStep, EscalateStep, Playbook
from models.run import OWN, SAID, Decision, RunState, StepResult, StepState, StepStatus, Wait
from rules import interpreter

ORIGIN = datetime(2001, 1, 1, tzinfo=UTC)
"""When every run starts that keeps no dates."""

KEPT = 30_000
"""Most states kept by one process; beyond that runs are folded without being shared. About 2 KB each."""

Key = tuple[object, ...]

HEARD = frozenset({*OWN, *SAID, "by", "approval_id", "status", "reason"})
"""What of an event's data a run reads."""


@dataclass(slots=True)
class Node:
    """A state of a run, what may follow from it, and the awaits that are open in it."""

    state: RunState
    origin: datetime
    next: dict[Key, "Node"] = field(default_factory=dict)
    decided: dict[tuple[timedelta, bool], tuple["Node", Decision]] = field(default_factory=dict)
    waits: dict[bool, tuple[timedelta, timedelta | None, Wait]] = field(default_factory=dict)
    """A wait, since when it is known to be what is decided, and until when."""
    awaits: frozenset[str] = frozenset()
    results: tuple[tuple[str, str, str], ...] = ()


class Paths:
    """The courses of one playbook."""

    def __init__(self, playbook: Playbook) -> None:
        self.playbook = playbook
        self.keeps_dates = playbook.keeps_dates
        self.acts = {step.id: step for step in playbook.steps if isinstance(step, ActStep | EscalateStep)}
        self.over = over(playbook)
        self.wants = frozenset(playbook.wants())
        self.reads = frozenset(
            name for step in playbook.steps if isinstance(step, BranchStep) for case in step.cases
            for name in names(case.if_)
        )  # fmt: skip
        self.dates = frozenset(step.until.value for step in playbook.steps if step.until is not None)
        self.awaiting = tuple(step.id for step in playbook.steps if isinstance(step, AwaitStep))
        counted = {step.after.removeprefix("event:") for step in playbook.steps}
        self._counted_from = counted.union(*(step.events for step in playbook.steps if isinstance(step, AwaitStep)))
        self._roots: dict[Key, Node] = {}
        self._kept = 0

    def begin(
        self,
        values: Mapping[str, JsonValue],
        dates: Mapping[str, timedelta],
        *,
        started: datetime,
        trigger: str = "",
        calendar: Calendar | None = None,
    ) -> Node:
        """A run at its trigger; ``dates`` as distances from it. ``calendar``: for a playbook that keeps dates.

        Only what the playbook reads tells two runs apart.
        """
        origin = started if self.keeps_dates else ORIGIN
        values = {name: value for name, value in values.items() if name in self.reads or name in OWN}
        dates = {name: distance for name, distance in dates.items() if name in self.dates}
        place = (started, calendar.zone, calendar.country) if calendar is not None else None
        key: Key = (trigger, place, *sorted(values.items()), *sorted(dates.items()))
        if key not in self._roots:
            moments = {name: origin + distance for name, distance in dates.items()}
            state = interpreter.begin(
                self.playbook, origin, values=values, dates=moments, calendar=calendar, trigger=trigger
            )
            node = self._node(self._told_apart(state), origin)
            if not self._room():
                return node
            self._roots[key] = node
        return self._roots[key]

    def resume(self, node: Node, steps: Mapping[str, StepState], by: timedelta) -> Node:
        """A run as it is recorded: its steps, moved by so much, laid over its beginning. Not shared."""
        moved = _shifted(steps, by)
        known = {name: moved.get(name, fresh) for name, fresh in node.state.steps.items()}
        return self._node(node.state.model_copy(update={"steps": known}), node.origin)

    def advance(self, node: Node, at: timedelta, *, keep_open: bool) -> tuple[Node, Decision]:
        """What is next, so long after the start."""
        if (known := node.waits.get(keep_open)) is not None:
            since, until, wait = known
            if since <= at and (until is None or at < until):
                return node, wait
        found = node.decided.get((at, keep_open))
        if found is None:
            state, decision = interpreter.advance(self.playbook, node.state, node.origin + at, keep_open=keep_open)
            after = node if state is node.state else self._node(state, node.origin)
            found = (after, decision)
            if self._room():
                node.decided[at, keep_open] = found
                if isinstance(decision, Wait):
                    until = None if decision.until is None else decision.until - node.origin
                    after.waits[keep_open] = (at, until, decision)
        return found

    def observe(self, node: Node, kind: str, subject: str, at: timedelta, data: Data | None = None) -> Node:
        """An event reached the run, with what it says to runs."""
        told = {name: value for name, value in (data or {}).items() if name in HEARD}
        key: Key = ("observe", kind, subject, at, *sorted(told.items()))
        if (found := node.next.get(key)) is None:
            seen = Occurrence(kind=kind, subject=subject, key="", at=node.origin + at, data=told)
            state = self._told_apart(interpreter.observe(self.playbook, node.state, seen))
            found = self._keep(node, key, node.state if state == node.state else state)
        return found

    def answer(self, node: Node, outcome: str, at: timedelta, step: str) -> Node:
        """A person's outcome for a step; one that is not open now changes nothing."""
        key: Key = ("answer", outcome, at, step)
        if (found := node.next.get(key)) is None:
            state = interpreter.answer(self.playbook, node.state, outcome, node.origin + at, step=step)
            found = self._keep(node, key, state)
        return found

    def ran(
        self,
        node: Node,
        step: str,
        status: str,
        reason: str,
        until: timedelta | None,
        at: timedelta,
        values: tuple[tuple[str, str], ...] = (),
    ) -> Node:
        """A step's activity was asked and has answered, in one moment."""
        key: Key = ("ran", step, status, reason, until, at, values)
        if (found := node.next.get(key)) is None:
            result = StepResult.model_validate(
                {
                    "status": status,
                    "reason": reason,
                    "until": None if until is None else node.origin + until,
                    "values": dict(values),
                }
            )
            asked = interpreter.run_step(node.state, step, node.origin + at)
            found = self._keep(node, key, interpreter.settle(self.playbook, asked, step, result, node.origin + at))
        return found

    def escalated(self, node: Node, level: int) -> Node:
        """The role of this level was told."""
        key: Key = ("escalated", level)
        if (found := node.next.get(key)) is None:
            found = self._keep(node, key, interpreter.escalated(node.state, level))
        return found

    def results(self, node: Node) -> tuple[tuple[str, str, str], ...]:
        """Playbook, step and result of each step, or its status while it has none."""
        if not node.results:
            steps = node.state.steps.items()
            node.results = tuple((self.playbook.id, step, one.result or one.status.value) for step, one in steps)
        return node.results

    def _told_apart(self, state: RunState) -> RunState:
        """The run without moments from which nothing counts: an event that no step is for leaves it as it was."""
        first = {name: at for name, at in state.events.items() if name in self._counted_from}
        latest = {name: at for name, at in state.latest.items() if name in self._counted_from}
        return state.model_copy(update={"events": first, "latest": latest})

    def _keep(self, node: Node, key: Key, state: RunState) -> Node:
        found = node if state is node.state else self._node(state, node.origin)
        if self._room():
            node.next[key] = found
        return found

    def _node(self, state: RunState, origin: datetime) -> Node:
        self._kept += 1
        opened = (name for name in self.awaiting if state.steps[name].status is StepStatus.RUNNING)
        return Node(state, origin, awaits=frozenset(opened))

    def _room(self) -> bool:
        return self._kept < KEPT


Courses = dict[tuple[str, int, tuple[str, ...]], Paths]
"""By id, version and segments of the playbook."""


def _shifted(steps: Mapping[str, StepState], by: timedelta) -> dict[str, StepState]:
    def move(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment + by

    return {
        name: one.model_copy(update={"due": move(one.due), "began": move(one.began), "ended": move(one.ended)})
        for name, one in steps.items()
    }
