"""A success plan and its parts (section 10 of the domain). Days are calendar days of the business calendar.

A draft may lack what an active plan needs: ``rules.success_plan.problems`` says what. Names say which task or milestone
is meant where others exist (G22): these are the plan's own.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from models.base import Carried, Instant, Slug, Value
from models.enums import LifecycleStage, Role
from models.events import Email, Text

Figure = Annotated[float, Field(allow_inf_nan=False)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class PlanStatus(StrEnum):
    """Where a plan stands."""

    DRAFT = "draft"
    ACTIVE = "active"
    COMPLETED = "completed"


class CriterionStatus(StrEnum):
    """Where a criterion stands."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    ACHIEVED = "achieved"
    MISSED = "missed"


class Direction(StrEnum):
    """Whether more or less is better (S1)."""

    UP = "up"
    DOWN = "down"


class InitiativeStatus(StrEnum):
    """Where an initiative stands."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    BLOCKED = "blocked"


class StakeholderType(StrEnum):
    """What a stakeholder is to the plan."""

    CHAMPION = "champion"
    DECISION_MAKER = "decision_maker"
    USER = "user"
    EXECUTIVE = "executive"


class StakeholderEngagement(StrEnum):
    """How engaged a stakeholder is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Cadence(StrEnum):
    """How often a plan is reviewed."""

    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class Owner(Value):
    """Who answers for an initiative: a role or a person, never free text for either (S5)."""

    role: Role | None = None
    user: Text | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.role is None) is (self.user is None):
            raise ValueError("expected exactly one of role and user")
        return self


class BusinessContext(Value):
    """What the customer is, struggles with and wants."""

    company: Text
    industry: Text | None = None
    size: Text | None = None
    challenges: tuple[Prose, ...] = ()
    goals: tuple[Prose, ...] = ()


class StatusOverride(Value):
    """A status stated by a person; it wins over the rule and is shown as such."""

    status: CriterionStatus
    author: Text
    reason: Annotated[Prose, StringConstraints(min_length=1)]
    at: Instant


class SuccessCriterion(Value):
    """Something to reach. ``manual``: the metric is read by a person, it is not of the registry (S5)."""

    id: Slug
    name: Text
    metric: Slug | None = None
    manual: bool = False
    baseline_value: Figure | None = None
    baseline_date: date | None = None
    current_value: Figure | None = None
    target_value: Figure | None = None
    direction: Direction | None = None
    deadline: date | None = None
    status_override: StatusOverride | None = None


class PlanTask(Value):
    """One thing to do for an initiative."""

    id: Slug
    name: Text
    completed: bool = False


class Initiative(Value):
    """Work towards criteria."""

    id: Slug
    name: Text
    description: Prose = ""
    owner: Owner
    start_date: date
    end_date: date
    status: InitiativeStatus = InitiativeStatus.PLANNED
    linked_criteria: tuple[Slug, ...] = ()
    tasks: tuple[PlanTask, ...] = ()


class PlanMilestone(Value):
    """A point reached when all its criteria are achieved; without criteria a person says so."""

    id: Slug
    name: Text
    target_date: date
    criteria: tuple[Slug, ...] = ()
    achieved: bool = False
    achieved_date: date | None = None


class Stakeholder(Value):
    """A person of the customer who matters to the plan."""

    name: Text
    role: Text
    email: Email
    type: StakeholderType
    engagement: StakeholderEngagement


class SuccessPlan(Carried):
    """A plan of one customer."""

    customer: str
    created_at: Instant
    updated_at: Instant
    status: PlanStatus = PlanStatus.DRAFT
    business_context: BusinessContext | None = None
    success_criteria: tuple[SuccessCriterion, ...] = ()
    initiatives: tuple[Initiative, ...] = ()
    milestones: tuple[PlanMilestone, ...] = ()
    stakeholders: tuple[Stakeholder, ...] = ()
    review_cadence: Cadence | None = None
    next_review: date | None = None


class PlanReview(Carried):
    """A review of a plan that was held. ``due``: the day on which it was due."""

    customer: str
    due: date
    held_at: Instant
    by: str
    notes: str = ""


class PlanConfig(Value):
    """What counts as on track."""

    on_track_from: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.8, description="Progress asked for, as a share of the time elapsed."
    )


class PlanProblem(Value):
    """Something a plan lacks before it may become active."""

    field: str
    message: str


class CriterionView(Value):
    """A criterion as it stands on a day: the status shown, the one computed, and why they may differ."""

    id: str
    status: CriterionStatus | None = Field(description="The override's, else the computed; None: cannot tell.")
    computed: CriterionStatus | None
    overridden_by: str | None
    progress: float | None = Field(description="0 at the baseline, 1 at the target, more beyond.")
    elapsed: float | None = Field(description="Share of the time from baseline to deadline, 0..1.")


class PlanStanding(Value):
    """What the exception list reads of a customer; None is unknown."""

    customer: str
    stage: LifecycleStage | None
    csm_id: str | None
    mrr: Decimal | None = None
    plan_status: PlanStatus | None = Field(default=None, description="Of the latest plan; None: there is none.")


class UndocumentedCustomer(Value):
    """A growing customer with a manager and no active plan."""

    customer: str
    csm_id: str
    mrr: Decimal | None
    reason: str
