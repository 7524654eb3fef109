"""What people are asked and what they answer: interventions, outcomes, plays that did not start (sections 0.5, 7.3)."""

from enum import StrEnum

from pydantic import Field

from models.base import Carried, Instant
from models.enums import Role, Severity
from models.events import Occurrence

SILENT = frozenset({
    "no_answer", "not_reached", "no_show", "left_message", "no_response", "unreachable", "done", "skipped",
})  # fmt: skip
"""Outcomes that say nothing of the customer: any other one counts as a response (section 14.1, ``no_response``)."""


class InterventionStatus(StrEnum):
    """How an intervention stands (section 0.2)."""

    IN_PROGRESS = "in_progress"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ESCALATED = "escalated"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"

    @property
    def closed(self) -> bool:
        """Nothing more will happen to it; an escalated one is still open, with a higher role."""
        return self not in (InterventionStatus.IN_PROGRESS, InterventionStatus.ESCALATED)


class Intervention(Carried):
    """One save play of one signal: at most one is open for a customer and signal (C7)."""

    workflow_id: str
    customer: str
    signal: str
    playbook: str
    severity: Severity
    status: InterventionStatus = InterventionStatus.IN_PROGRESS
    started_at: Instant
    owner: str = Field(description="CSM id, or the team queue (G14).")
    due_at: Instant | None = Field(default=None, description="When the timeline passes for the first time.")
    escalation_level: int = 0
    outcome: str = ""
    reason: str = ""
    closed_at: Instant | None = None


class ChecklistMark(Carried):
    """One item of a task's checklist."""

    text: str
    done: bool = False


class Outcome(Carried):
    """What a person answered to a step, stored once for each request."""

    request_id: str
    workflow_id: str
    customer: str
    playbook: str
    step_id: str
    task_key: str = Field(default="", description="The task that it answers, if the step came after one.")
    outcome: str
    by: str
    note: str = ""
    at: Instant


class Declined(Carried):
    """A play that its trigger did not start, and why. ``held``: it is tried again when what holds it has ended."""

    customer: str
    playbook: str
    cause: str
    reason: str
    at: Instant
    held: bool = False
    occurrence: Occurrence | None = None


class InternalMailStatus(StrEnum):
    """Where a mail to one of our own people stands; ``unknown``: the kill fell while it was handed over, twice."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"


class InternalMail(Carried):
    """One mail to one of our own people, stored before it is handed over."""

    key: str
    customer: str
    workflow_id: str
    role: Role
    recipient: str = Field(description="The CSM's id.")
    address: str
    name: str
    subject: str
    text: str
    html: str
    message_id: str
    status: InternalMailStatus = InternalMailStatus.QUEUED
    resent: bool = False
    created_at: Instant
    sent_at: Instant | None = None
    response: str = ""
