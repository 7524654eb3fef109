"""Where a run of a playbook stands, and what it does next: the values the interpreter folds."""

from datetime import timedelta
from enum import StrEnum
from operator import not_
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from models.base import Carried, Instant
from models.calendar import Calendar
from models.enums import Role, RunStatus, WaitingFor


class StepStatus(StrEnum):
    """Life of one step in one run. ``unreached``: its branch was not taken."""

    PENDING = "pending"
    RUNNING = "running"
    HELD = "held"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNREACHED = "unreached"

    @property
    def settled(self) -> bool:
        """Nothing more will happen to it."""
        return self in (StepStatus.DONE, StepStatus.SKIPPED, StepStatus.FAILED, StepStatus.UNREACHED)


class StepState(Carried):
    """One step: when it is due (once its anchor is known), and how it ended."""

    status: StepStatus = StepStatus.PENDING
    due: Instant | None = None
    planned: Instant | None = Field(
        default=None, exclude_if=not_, description="The due moment before a hold or a closed window moved it."
    )
    began: Instant | None = None
    ended: Instant | None = None
    result: str = ""
    reason: str = ""


class RunState(Carried):
    """A run, folded from its start, its events and its step results. Never mutated: each fold gives a new one."""

    started: Instant
    status: RunStatus = RunStatus.RUNNING
    reason: str = ""
    ended: Instant | None = None
    not_before: Instant | None = Field(default=None, description="Steps due earlier are skipped: before import.")
    steps: dict[str, StepState] = Field(default_factory=dict)
    events: dict[str, Instant] = Field(default_factory=dict, description="First time of each event name seen.")
    latest: dict[str, Instant] = Field(default_factory=dict, description="Latest time of each event name seen.")
    values: dict[str, JsonValue] = Field(default_factory=dict, description="What the trigger carried; read by branch.")
    escalated: int = 0
    answered: bool = False
    dates: dict[str, Instant] = Field(default_factory=dict, description="Dates that `until` may name.")
    calendar: Calendar | None = Field(
        default=None, exclude_if=not_, description="Of the customer's place; a run that needs none has none."
    )


class Do(Carried):
    """Run this step's activity now."""

    decision: Literal["do"] = "do"
    step_id: str
    due: Instant


class Escalate(Carried):
    """The timeline passed without an outcome: tell the next role of the path."""

    decision: Literal["escalate"] = "escalate"
    level: int
    role: Role
    due: Instant


class Wait(Carried):
    """Nothing to do before ``until`` (None: until an event comes)."""

    decision: Literal["wait"] = "wait"
    until: Instant | None
    waiting_for: WaitingFor
    reason: str


class End(Carried):
    """The run is over."""

    decision: Literal["end"] = "end"
    status: RunStatus
    reason: str


Decision = Annotated[Do | Escalate | Wait | End, Field(discriminator="decision")]

ResultStatus = Literal["done", "skipped", "failed", "held", "deferred", "goal_met", "exited"]


class StepResult(Carried):
    """What a step's activity answers.

    ``deferred``: the window is closed, try at ``until``. ``held``: outreach is held until ``outreach_activated``.
    ``goal_met`` and ``exited``: the facts already say that the run is over. What is empty is left out of the history.
    """

    status: ResultStatus
    reason: str = Field(default="", exclude_if=not_)
    until: Instant | None = Field(default=None, exclude_if=not_)
    facts: dict[str, JsonValue] = Field(default_factory=dict, exclude_if=not_, description="What a condition saw.")
    deliveries: tuple[int, ...] = Field(
        default=(), exclude_if=not_, description="Outbox ids of webhooks stored and to be delivered."
    )
    values: dict[str, JsonValue] = Field(
        default_factory=dict, exclude_if=not_, description="Values for later branches."
    )


HELD_UNTIL = "outreach_activated"
"""The event that releases held steps after an import."""

RESUMED = "outreach_resumed"
"""The event that releases steps held by another playbook or by an operator."""

RELEASES = (HELD_UNTIL, RESUMED)

END_RUN = "end_run"
"""Told to one run: it is over, with this ``status`` and for this ``reason``."""

SUPERSEDED = ("signal_cleared", "superseded")
"""An event of this kind whose data say so ``by``: the signal is not gone, a worse one took its place (C2)."""

APPROVAL_DECIDED = "approval_decided"
"""The event by which a named person's decision reaches a run."""

ASKED_APPROVAL = "approval:"
"""Before the number, in the values of a run: the run asked for this approval."""

OWN = ("term", "quarter", "referral_id")
"""What a run may be the only one of: an event about another one is not for it."""

SAID = ("approved", "score", "decision")
"""What an event says that later branches may read."""

ZERO = timedelta(0)
