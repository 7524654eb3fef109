"""A walk through a playbook: the pure interpreter, asked what is next, answered from a list of choices.

A choice is one of several things that can happen at a point: how a step's activity ends, what a person or the customer
answers, that nobody does. A walk follows the first of each; others are the walks that deviate from it in up to
``most`` places, so that every label is met, and every pair of deviations with it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from models.enums import RunStatus
from models.events import Occurrence
from models.playbook import ActStep, AwaitStep, BranchStep, Playbook
from models.run import Do, End, Escalate, RunState, StepResult, Wait
from rules import interpreter

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONGEST = 400
SAID_BY_VERBS = {"calculate_renewal_health": ("renewal_class", ("red", "green"))}


class Walk(NamedTuple):
    """One walk: the choices taken (index and how many there were), and how the run stood at its end."""

    taken: tuple[tuple[int, int], ...]
    state: RunState
    parked: bool


class _Walker:
    def __init__(self, playbook: Playbook, start: Occurrence, values: dict[str, str], prefix: tuple[int, ...]) -> None:
        self.playbook, self.prefix = playbook, prefix
        self.taken: list[tuple[int, int]] = []
        self.now = BEGAN
        self.told: set[str] = {start.name}
        self.silent = False
        self.endings = [goal.event for goal in playbook.goals] + [exit_.event for exit_ in playbook.exits]
        dates = {
            "renewal_date": BEGAN + timedelta(days=95),
            "trial_ends_at": BEGAN + timedelta(days=14),
            "quarter_end": BEGAN + timedelta(days=29),
        }
        state = interpreter.begin(playbook, BEGAN, values=values, dates=dates)
        self.state = interpreter.observe(playbook, state, start)

    def choose(self, options: int) -> int:
        number = len(self.taken)
        chosen = self.prefix[number] if number < len(self.prefix) else 0
        self.taken.append((chosen, options))
        return chosen

    def walk(self) -> Walk:
        for _ in range(LONGEST):
            keep_open = self.playbook.process == "onboarding"
            self.state, decision = interpreter.advance(self.playbook, self.state, self.now, keep_open=keep_open)
            match decision:
                case End():
                    return Walk(tuple(self.taken), self.state, parked=False)
                case Do():
                    self.do(decision)
                case Escalate():
                    self.state = interpreter.escalated(self.state, decision.level)
                case Wait():
                    if not self.wait(decision):
                        return Walk(tuple(self.taken), self.state, parked=True)
        raise AssertionError(f"{self.playbook.id}: no end after {LONGEST} decisions: {self.taken}")

    def do(self, do: Do) -> None:
        step = self.playbook.step(do.step_id)
        self.state = interpreter.run_step(self.state, step.id, self.now)
        verb = step.do if isinstance(step, ActStep) else ""
        name, said = SAID_BY_VERBS.get(verb, ("", ("",)))
        results = [StepResult(status="done", values={name: one} if name else {}) for one in said]
        results.append(StepResult(status="skipped", reason="condition false"))
        if any(other.after == step.id and other.on for other in self.playbook.steps):
            results.append(StepResult(status="failed", reason="refused"))
        if verb == "confirm_recovery":
            results = [StepResult(status="skipped"), StepResult(status="goal_met", reason="recovered")]
        # While the first step is tried, the run may end: its answer then changes nothing.
        endings = self.endings if len(self.taken) == 0 else []
        chosen = self.choose(len(results) + len(endings))
        if chosen >= len(results):
            self.hear(endings[chosen - len(results)])
            return
        result = results[chosen]
        self.state = interpreter.settle(self.playbook, self.state, step.id, result, self.now)

    def wait(self, wait: Wait) -> bool:
        """False: nothing can happen any more but an event that has been left out."""
        outcomes = interpreter.open_outcomes(self.playbook, self.state)
        events = [name for name in self.playbook.wants() if name not in self.told and name != "outreach_activated"]
        ordinary = [
            (verdict, name)
            for name in events
            if name not in self.endings
            for verdict in (("event", "refusal") if name.startswith("approval_decided") else ("event",))
        ]
        answers = [("outcome", name) for name in outcomes]
        passing = [("time", "")] if wait.until is not None else []
        ending = [("event", name) for name in events if name in self.endings]
        # Who has kept silent once keeps silent, until a choice says otherwise.
        options = [*passing, *answers, *ordinary, *ending] if self.silent else [*answers, *ordinary, *passing, *ending]
        if not options:
            return False
        kind, name = options[self.choose(len(options))]
        self.silent = kind == "time"
        if kind == "time":
            assert wait.until is not None
            assert wait.until > self.now, f"{self.playbook.id} waits for the past"
            self.now = wait.until
        elif kind == "outcome":
            self.state = interpreter.answer(self.playbook, self.state, name, self.now)
        else:
            self.hear(name, approved=kind == "event")
        return True

    def hear(self, name: str, *, approved: bool = True) -> None:
        """The event happens, a minute later."""
        self.now += timedelta(minutes=1)
        self.told.add(name)
        kind, _, subject = name.partition(":")
        seen = Occurrence(kind=kind, subject=subject, key=name, at=self.now, data={"approved": approved})
        self.state = interpreter.observe(self.playbook, self.state, seen)


def starts(playbook: Playbook) -> list[Occurrence]:
    """Every occurrence that can start it."""
    kind, _, subject = playbook.trigger.partition(":")
    subjects = [subject] if subject else {"renewal_due": ["90", "60", "30"]}.get(kind, [""])
    return [Occurrence(kind=kind, subject=one, key="start", at=BEGAN) for one in subjects]


def walks(playbook: Playbook, most: int) -> Iterator[Walk]:
    """Every walk that leaves the first choice in at most so many places, for each start and segment."""
    segments = {"starter": "self_serve", "enterprise": "enterprise"}
    branches = any(isinstance(step, BranchStep) for step in playbook.steps)
    for start in starts(playbook):
        for plan, segment in segments.items() if branches else [("enterprise", "enterprise")]:
            values = {"plan": plan, "segment": segment}
            waiting: list[tuple[tuple[int, ...], int]] = [((), 0)]
            while waiting:
                prefix, left = waiting.pop()
                walk = _Walker(playbook, start, values, prefix).walk()
                yield walk
                if left < most:
                    for number in range(len(prefix), len(walk.taken)):
                        chosen = tuple(taken for taken, _ in walk.taken[:number])
                        waiting.extend(((*chosen, other), left + 1) for other in range(1, walk.taken[number][1]))


def ended(walk: Walk) -> bool:
    """Whether the run is over; one that only an event can move is open by right."""
    return walk.state.status is not RunStatus.RUNNING


def awaits(playbook: Playbook) -> list[AwaitStep]:
    """Its await steps."""
    return [step for step in playbook.steps if isinstance(step, AwaitStep)]
