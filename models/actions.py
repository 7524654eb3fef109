"""What each verb of a playbook needs to know: one value per verb, checked with the file and read by its activity.

The names of section 14.2 of the domain are step ids; the verbs are the fewer things that those steps do.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from models.action_texts import LongTexts, Texts
from models.actions_business import BUSINESS_PARAMS
from models.approval import ApprovalKind
from models.base import Slug, Value
from models.contact import SendWindow
from models.enums import Channel, Priority, Role, Severity
from models.playbook_rules import Condition

Due = Annotated[str, StringConstraints(pattern=r"^(end of day|\d{1,4} (minute|hour|day|week|working day)s?)$")]
"""Until when: ``2 hours``, ``3 days``, ``2 working days``, or ``end of day`` where the assignee works."""


class Meeting(StrEnum):
    """Meetings that section 14 proposes."""

    KICKOFF = "kickoff"
    HELP_CALL = "help_call"
    CALL = "call"
    FOLLOWUP_CALL = "followup_call"
    RENEWAL_CALL = "renewal_call"
    INTERVENTION_CALL = "intervention_call"
    SAVE_CALL = "save_call"
    DISCOVERY_CALL = "discovery_call"
    TRAINING = "training"
    REVIEW = "review"
    QBR = "qbr"
    INTERNAL = "internal"


class SendMessage(Value):
    """Send a text of the catalogue to the customer."""

    template: Slug
    channel: Channel = Channel.EMAIL
    window: SendWindow | None = Field(default=None, description="Hours of a mail, within the hours that are not quiet.")


class AssignCsm(Value):
    """Give the customer the least-loaded manager of its segment, if it has none."""


class CreateSuccessPlan(Value):
    """Draft a success plan from the program, if the customer has none."""


class Asked(Value):
    """What a person is asked: whose it is, until when, and what to go through."""

    priority: Priority = Priority.NORMAL
    owner: Role = Field(default=Role.CSM, description="No such person for the customer: the team queue (G14).")
    due: Due | None = Field(default=None, description="From the step; absent: the end of the next working day.")
    checklist: tuple[Texts, ...] = Field(default=(), max_length=12, description="Items to go through, by language.")
    visits: bool = Field(
        default=False, description="Link the customer's latest recorded visits, where a system records them."
    )


class ProposeMeeting(Asked):
    """Propose a meeting through the manager's calendar link, and ask the manager for it with a task."""

    meeting: Meeting
    task: Texts = Field(description="Title of the manager's task.")


class CreateTask(Asked):
    """Ask a person to do something. The outcomes are those of the await step that comes after it."""

    task: Slug = Field(description="Kind of the task.")
    title: Texts
    due_days: Annotated[int, Field(ge=0, le=90)] = Field(
        default=1, description="Working days from the step, where `due` is absent; 1 is the next working day."
    )


class Call(Asked):
    """Ask a person to call the customer: a task with a due moment, never a call booked by itself (C5, C6)."""

    title: Texts
    meeting: Meeting = Meeting.CALL


class MeetingTask(Asked):
    """Ask a person to meet, the customer or our own people, as the step's audience says."""

    title: Texts
    meeting: Meeting = Meeting.INTERNAL


class RequestApproval(Value):
    """Ask a named person to allow something; await ``approval_decided:<kind>`` after it (G20)."""

    kind: ApprovalKind
    title: Texts
    role: Role | None = Field(
        default=None,
        description="Who alone may decide, or who stands above; absent: asked of the cs_manager, any may decide.",
    )
    due: Due | None = None


class WritePage(Value):
    """Write a page about the account where our people keep their knowledge; skipped where no system does."""

    title: Texts
    paragraphs: tuple[LongTexts, ...] = Field(default=(), max_length=50, description="What it says, by language.")
    account: bool = Field(default=True, description="Say at the end how the account stands, as far as it is shared.")


class ConfirmRecovery(Value):
    """The run has succeeded once ``holds`` was true at each of the last ``days`` days; until then, look again daily."""

    holds: Condition
    days: Annotated[int, Field(ge=0, le=60)] = 0
    reason: str = ""


class NotifyCsm(Value):
    """Tell the customer's manager, or the team queue, something."""

    message: Slug = Field(description="Kind of the message.")
    text: Texts | None = Field(default=None, description="What to say; absent: the kind's own text.")
    severity: Severity = Severity.MEDIUM
    urgent: bool = Field(default=False, description="Also to the manager of the manager (section 14.2).")


class CheckFirstValue(Value):
    """Record the time to first value; not reached: a blocker and a task (section 14.2)."""


class ScheduleReview(Value):
    """Put the cycle's one review of that name on the calendar (O12)."""

    review: Slug
    at_day: Annotated[int, Field(ge=1, le=366)] = Field(description="Day of the onboarding on which it is held.")


class CelebrateMilestone(Value):
    """Tell the customer that a milestone is reached, in the product and by mail (section 4.4)."""

    milestone: Slug


class EmitWebhook(Value):
    """Send a named workflow to the customer-success webhook (section 14.3)."""

    workflow: Slug


PARAMS: dict[str, type[Value]] = {
    "send_message": SendMessage,
    "assign_csm": AssignCsm,
    "create_success_plan": CreateSuccessPlan,
    "propose_meeting": ProposeMeeting,
    "create_task": CreateTask,
    "notify_csm": NotifyCsm,
    "check_first_value": CheckFirstValue,
    "schedule_review": ScheduleReview,
    "celebrate_milestone": CelebrateMilestone,
    "emit_webhook": EmitWebhook,
    "call": Call,
    "meeting": MeetingTask,
    "request_approval": RequestApproval,
    "confirm_recovery": ConfirmRecovery,
    "write_page": WritePage,
    **BUSINESS_PARAMS,
}
"""The value that reads the ``with`` of each verb of ``models.playbook.ActionName``."""
