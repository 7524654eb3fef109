"""Small playbooks and a driver that runs them the way a workflow does, with answers told in advance."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings

from models.enums import RunStatus
from models.events import Occurrence
from models.playbook import Playbook
from models.run import Decision, Do, Escalate, RunState, StepResult, StepStatus, Wait
from rules import interpreter

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DONE = StepResult(status="done")

BOUNDED = settings(max_examples=150, derandomize=True, deadline=None)
"""The same examples in every run, so that a failure is one anybody can repeat."""

Fields = dict[str, Any]


def hour(hours: float) -> datetime:
    """The moment so many hours after the trigger."""
    return START + timedelta(hours=hours)


def play(*steps: Fields, **rest: Any) -> Playbook:
    """A playbook of these steps."""
    whole: Fields = {"id": "p", "version": 1, "title": "t", "process": "sequence", "trigger": "trial_started"}
    return Playbook.model_validate({**whole, "steps": list(steps), **rest})


def act(name: str = "a", **fields: Any) -> Fields:
    return {"id": name, "kind": "act", "do": "assign_csm", **fields}


def pause(name: str = "w", **fields: Any) -> Fields:
    return {"id": name, "kind": "wait", **fields}


def hear(name: str = "h", **fields: Any) -> Fields:
    return {"id": name, "kind": "await", **fields}


def choose(name: str, *cases: tuple[str, str], **fields: Any) -> Fields:
    return {"id": name, "kind": "branch", "cases": [{"if": c, "then": t} for c, t in cases], **fields}


def rise(name: str = "r", **fields: Any) -> Fields:
    return {"id": name, "kind": "escalate", "role": "cs_manager", **fields}


def event(name: str, at: datetime) -> Occurrence:
    kind, _, subject = name.partition(":")
    return Occurrence(kind=kind, subject=subject, at=at, key=f"{name}@{at.isoformat()}")


class Run:
    """A run with its activities answered from ``answers`` (in turn; the last one again and again; else done)."""

    def __init__(
        self, playbook: Playbook, answers: Mapping[str, Sequence[StepResult]] | None = None, **begun: Any
    ) -> None:
        self.playbook = playbook
        self.answers = {name: list(given) for name, given in (answers or {}).items()}
        self.state: RunState = interpreter.begin(playbook, begun.pop("started", START), **begun)
        self.now = self.state.started
        self.did: list[tuple[str, datetime]] = []
        self.told: list[tuple[str, datetime]] = []

    def look(self, now: datetime, *, keep_open: bool = False) -> Decision:
        """Do all there is to do at this moment; returns the wait or the end."""
        self.now = max(now, self.now)
        for _ in range(100):
            self.state, decision = interpreter.advance(self.playbook, self.state, now, keep_open=keep_open)
            match decision:
                case Do():
                    self.did.append((decision.step_id, now))
                    self.state = interpreter.run_step(self.state, decision.step_id, now)
                    self.state = interpreter.settle(
                        self.playbook, self.state, decision.step_id, self._answer(decision.step_id), now
                    )
                case Escalate():
                    self.told.append((decision.role.value, now))
                    self.state = interpreter.escalated(self.state, decision.level)
                case _:
                    return decision
        raise AssertionError("it never comes to rest")

    def until(self, moment: datetime) -> Decision:
        """Look at each moment it asks for, and at the last."""
        decision = self.look(self.now)
        while isinstance(decision, Wait) and decision.until is not None and decision.until <= moment:
            assert decision.until > self.now
            decision = self.look(decision.until)
        return self.look(moment) if isinstance(decision, Wait) else decision

    def happens(self, name: str, at: datetime) -> None:
        self.state = interpreter.observe(self.playbook, self.state, event(name, at))

    def says(self, outcome: str, at: datetime) -> None:
        self.state = interpreter.answer(self.playbook, self.state, outcome, at)

    def ends(self, name: str) -> tuple[str, str, datetime | None]:
        """A step's status, result and end."""
        one = self.state.steps[name]
        return one.status.value, one.result, one.ended

    def how(self, name: str) -> StepStatus:
        return self.state.steps[name].status

    @property
    def status(self) -> RunStatus:
        return self.state.status

    def _answer(self, name: str) -> StepResult:
        given = self.answers.get(name, [DONE])
        return given.pop(0) if len(given) > 1 else given[0]
