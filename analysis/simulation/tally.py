"""What a simulation writes down: plain rows, so that two processes can be added up and a test can compare each."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class Send(NamedTuple):
    """A message that would go."""

    customer: str
    at: datetime
    playbook: str
    step: str
    template: str
    channel: str
    message_class: str


class TaskDue(NamedTuple):
    """A task that would be made."""

    customer: str
    at: datetime
    due: datetime
    playbook: str
    step: str
    kind: str
    owner: str = "csm"


class Rise(NamedTuple):
    """Somebody would be told: a level of an escalation path (level above 0) or an escalate step (0)."""

    customer: str
    at: datetime
    playbook: str
    role: str
    level: int


@dataclass
class Tally:
    """Everything that would happen, for some customers."""

    customers: int = 0
    events: int = 0
    sends: list[Send] = field(default_factory=list)
    tasks: list[TaskDue] = field(default_factory=list)
    rises: list[Rise] = field(default_factory=list)
    assigned: list[tuple[datetime, str, str]] = field(default_factory=list)
    """When, which customer, of which segment: who it falls to is decided over the whole book, in order of time."""
    capped: list[tuple[str, datetime, str, str]] = field(default_factory=list)
    """Customer, moment, playbook, step of a message that the weekly cap kept back."""
    deferred: Counter[tuple[str, str]] = field(default_factory=Counter)
    held: Counter[tuple[str, str]] = field(default_factory=Counter)
    starts: Counter[str] = field(default_factory=Counter)
    held_out: Counter[str] = field(default_factory=Counter)
    ends: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Playbook, status, reason."""
    results: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Playbook, step, result (or the status of a step that has none yet)."""
    declined: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Playbook, why it did not start where its trigger came."""
    refused: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Playbook, step, reason of what was skipped or failed."""
    effects: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Playbook, verb of other effects."""
    stages: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Take in another part of the book."""
        self.customers += other.customers
        self.events += other.events
        for name in ("sends", "tasks", "rises", "assigned", "capped"):
            getattr(self, name).extend(getattr(other, name))
        for name in (
            "deferred",
            "held",
            "starts",
            "held_out",
            "ends",
            "results",
            "declined",
            "refused",
            "effects",
            "stages",
        ):
            getattr(self, name).update(getattr(other, name))
