"""What each verb of a playbook needs to know: one value per verb, checked with the file and read by its activity.

The names of section 14.2 of the domain are step ids; the verbs are the fewer things that those steps do.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Slug, Value
from models.enums import Channel, Language, Priority

Texts = Annotated[
    dict[Language, Annotated[str, Field(min_length=1, max_length=200)]],
    Field(min_length=1, description="The text by language: es first, en second."),
]


class Meeting(StrEnum):
    """Meetings that section 14 proposes."""

    KICKOFF = "kickoff"
    HELP_CALL = "help_call"
    CALL = "call"
    FOLLOWUP_CALL = "followup_call"
    RENEWAL_CALL = "renewal_call"
    INTERVENTION_CALL = "intervention_call"
    SAVE_CALL = "save_call"


class SendMessage(Value):
    """Send a text of the catalogue to the customer."""

    template: Slug
    channel: Channel = Channel.EMAIL


class AssignCsm(Value):
    """Give the customer the least-loaded manager of its segment, if it has none."""


class CreateSuccessPlan(Value):
    """Draft a success plan from the program, if the customer has none."""


class ProposeMeeting(Value):
    """Propose a meeting through the manager's calendar link, and ask the manager for it with a task."""

    meeting: Meeting
    task: Texts = Field(description="Title of the manager's task.")


class CreateTask(Value):
    """Ask a person to do something."""

    task: Slug = Field(description="Kind of the task.")
    title: Texts
    priority: Priority = Priority.NORMAL
    due_days: Annotated[int, Field(ge=0, le=90)] = Field(
        default=1, description="Working days from the step; 1 is the next working day."
    )


class NotifyCsm(Value):
    """Tell the customer's manager, or the team queue, something."""

    message: Slug = Field(description="Kind of the message.")
    text: Texts | None = Field(default=None, description="What to say; absent: the kind's own text.")


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
}
"""The value that reads the ``with`` of each verb of ``models.playbook.ActionName``."""
