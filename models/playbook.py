"""A playbook: what is done for a customer, as data. One YAML file each; frozen into the run that starts with it.

Every step is anchored (``after``: the trigger, another step, or an event of the run), may wait (``delay`` from its
anchor, or ``until`` a date of the run), and then does one thing by its kind. Delays of the domain's automations count
from the trigger (section 14, W1), so the anchor defaults to ``trigger``.
"""

import hashlib
from datetime import timedelta
from operator import not_
from typing import Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints

from models.action_texts import Texts
from models.base import Definition, Delay, Slug
from models.calendar import Weekday
from models.enums import Audience, Role, Segment
from models.experiment import Holdout
from models.playbook_rules import (
    NORMAL_PRIORITY,
    Condition,
    EscalationPath,
    EventPattern,
    Excludes,
    Exit,
    Goal,
    ProcessName,
    Reentry,
)
from models.program import OnboardingProgram
from models.run import RELEASES

Anchor = Annotated[
    str, StringConstraints(pattern=r"^(trigger|event:[a-z][a-z0-9_]*(:[a-z0-9_.-]+)?|[a-z0-9][a-z0-9_.-]*)$")
]

ActionName = Literal[
    "send_message",
    "assign_csm",
    "create_success_plan",
    "propose_meeting",
    "create_task",
    "notify_csm",
    "check_first_value",
    "schedule_review",
    "celebrate_milestone",
    "emit_webhook",
    "call",
    "meeting",
    "request_approval",
    "confirm_recovery",
    "write_page",
    "raise_alert",
    "calculate_renewal_health",
    "create_renewal_opp",
    "record_renewal",
    "create_expansion_opp",
    "prepare_proposal",
    "prepare_save_offer",
    "prepare_qbr",
    "send_nps_survey",
    "remind_survey",
    "close_survey",
    "add_to_advocacy_pipeline",
    "invite_advocate",
    "invite_referred",
    "record_plan_review",
]


class Until(Definition):
    """A date the run carries in its values, moved by an offset: 30 days before ``renewal_date``."""

    value: Slug
    offset: Delay = timedelta(0)


class LocalTime(Definition):
    """The first such moment on the recipient's clock, on or after the step's delay: Mondays at 08:00."""

    time: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    days: tuple[Weekday, ...] = Field(default=(), exclude_if=not_, description="Days of the week; empty: any day.")
    working_days_only: bool = Field(
        default=False, exclude_if=not_, description="No weekends and no holidays of the country."
    )


class StepBase(Definition):
    """What every step has."""

    id: Slug
    title: str = ""
    after: Anchor = "trigger"
    on: tuple[str, ...] = Field(default=(), description="Results of the step in `after` that lead here; empty: any.")
    delay: Delay = timedelta(0)
    working_days: Annotated[int, Field(ge=0, le=250)] = Field(
        default=0, exclude_if=not_, description="Instead of a delay: so many working days of the customer's country."
    )
    at: LocalTime | None = Field(default=None, exclude_if=not_)
    until: Until | None = None


CONTACTS: tuple[ActionName, ...] = (
    "send_message",
    "celebrate_milestone",
    "propose_meeting",
    "send_nps_survey",
    "remind_survey",
    "invite_advocate",
    "invite_referred",
)
"""Verbs that reach the customer by themselves; every other one only asks or tells our own people."""


class ActStep(StepBase):
    """Do something, if the condition on facts holds at the due time. Results: done, skipped, failed."""

    kind: Literal["act"]
    do: ActionName
    params: dict[str, JsonValue] = Field(default_factory=dict, alias="with")
    audience: Audience | None = Field(default=None, exclude_if=not_, description="Absent: what the verb itself says.")
    when: Condition | None = Field(default=None, description="CEL over facts, decided inside the step's own activity.")

    @property
    def contacts(self) -> bool:
        """Whether the step itself reaches the customer."""
        return self.do in CONTACTS and self.audience is not Audience.INTERNAL


class WaitStep(StepBase):
    """Only let time pass. Result: done."""

    kind: Literal["wait"]


class AwaitStep(StepBase):
    """Wait for an event or a person's outcome, at most ``timeout``. Results: the name that came, or timeout."""

    kind: Literal["await"]
    events: tuple[EventPattern, ...] = ()
    outcomes: tuple[Slug, ...] = ()
    timeout: Delay | None = None


class Case(Definition):
    """One way out of a branch."""

    if_: Condition = Field(alias="if")
    then: Slug


class BranchStep(StepBase):
    """Choose by values already in the run (never by facts). Results: the label of the first case that holds."""

    kind: Literal["branch"]
    cases: tuple[Case, ...] = Field(min_length=1)
    otherwise: Slug = "otherwise"


class EscalateStep(StepBase):
    """Tell a role that something needs it. Results: done, skipped, failed."""

    kind: Literal["escalate"]
    role: Role
    reason: str = Field(default="", description="Why, as the record keeps it.")
    text: Texts | None = Field(default=None, exclude_if=not_, description="What the role is told; absent: the reason.")
    when: Condition | None = None


class EndStep(StepBase):
    """The run is over here, as a success or not; what is still open is skipped. Result: done."""

    kind: Literal["end"]
    as_: Literal["succeeded", "failed"] = Field(alias="as")
    reason: str = ""


Step = Annotated[ActStep | WaitStep | AwaitStep | BranchStep | EscalateStep | EndStep, Field(discriminator="kind")]


SAVE_LASTS = timedelta(days=30)
SAVE_COOLS_DOWN = timedelta(days=14)


class Playbook(Definition):
    """One file of ``playbooks/``."""

    id: Slug
    version: Annotated[int, Field(ge=1)]
    title: str
    description: str = ""
    process: ProcessName
    trigger: EventPattern
    entry: Condition | None = Field(
        default=None, exclude_if=not_, description="CEL over facts: it starts only where this holds."
    )
    segments: tuple[Segment, ...] = Field(default=(), description="Segments it is for; empty: every segment.")
    catch_up: Delay = Field(
        default=timedelta(days=1),
        description="A step that could not run when due (held, paused) still runs if it is at most this late.",
    )
    owner: Role = Field(default=Role.CSM, exclude_if=Role.CSM.__eq__, description="Whose the matter is at first.")
    priority: Annotated[int, Field(ge=0, le=100)] = Field(
        default=NORMAL_PRIORITY,
        exclude_if=NORMAL_PRIORITY.__eq__,
        description="Of several that start at once the highest goes first; from 80 on see the weekly cap.",
    )
    reentry: Reentry = Field(default=Reentry(), exclude_if=Reentry().__eq__)
    excludes: Excludes = Field(default=Excludes(), exclude_if=Excludes().__eq__)
    expires: Delay | None = Field(
        default=None,
        exclude_if=not_,
        description="The run stays open for a goal or an exit until then, and has failed if none came by then.",
    )
    program: OnboardingProgram | None = None
    holdout: Holdout | None = Field(
        default=None, exclude_if=not_, description="Accounts left alone, so that the effect can be measured."
    )
    goals: tuple[Goal, ...] = ()
    exits: tuple[Exit, ...] = ()
    escalation: EscalationPath | None = None
    steps: tuple[Step, ...] = Field(min_length=1)

    @property
    def lasts(self) -> timedelta | None:
        """How long a run stays open for its goal (section 7.3: 30 days for a save play); None: until it is done."""
        return self.expires or (SAVE_LASTS if self.process == "save" else None)

    @property
    def cools_down(self) -> timedelta:
        """How long after a run has ended the next may start (section 7.3: 14 days for a save play)."""
        return self.reentry.cool_down or (SAVE_COOLS_DOWN if self.process == "save" else timedelta(0))

    @property
    def keeps_dates(self) -> bool:
        """Whether a run needs a calendar: some step counts working days or names a local time."""
        return any(step.working_days or step.at is not None for step in self.steps)

    def step(self, step_id: str) -> Step:
        """The step of that id; it exists, since runs only carry checked playbooks."""
        return next(step for step in self.steps if step.id == step_id)

    def fingerprint(self) -> str:
        """First 12 hex digits of the SHA-256 of the canonical JSON: equal content, equal fingerprint."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()[:12]

    def wants(self) -> tuple[str, ...]:
        """Every event pattern that can move a run, sorted: what the lifecycle forwards to it."""
        names = {*RELEASES, *(goal.event for goal in self.goals), *(exit_.event for exit_ in self.exits)}
        for step in self.steps:
            if step.after.startswith("event:"):
                names.add(step.after.removeprefix("event:"))
            if isinstance(step, AwaitStep):
                names.update(step.events)
        if self.program is not None:
            names.add("onboarding_step_completed")
        return tuple(sorted(names))


def possible_results(step: Step) -> tuple[str, ...]:
    """Every result label a step can end with."""
    match step:
        case ActStep() | EscalateStep():
            return ("done", "skipped", "failed")
        case WaitStep() | EndStep():
            return ("done",)
        case AwaitStep():
            timeout = ("timeout",) if step.timeout is not None else ()
            return (*step.events, *step.outcomes, *timeout)
        case BranchStep():
            return (*dict.fromkeys(case.then for case in step.cases), step.otherwise)
