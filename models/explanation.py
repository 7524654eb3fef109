"""Why a customer stands where it stands, what would change it, and what comes next: for `show` and for the page."""

from datetime import date

from pydantic import Field, JsonValue

from models.approval import Approval
from models.base import Carried, Instant
from models.decisions import EngagementScore
from models.enums import LifecycleStage, TriggeredBy
from models.expansion import Opportunity
from models.health import HealthScore
from models.people import Declined, Intervention
from models.signals import ChurnSignal
from models.stages import Milestone, Outlook, RenewalStatus
from models.success_plan import CriterionView, PlanStatus


class StageReason(Carried):
    """The change that led into the present stage: rule, actor, and the facts it saw."""

    stage: LifecycleStage
    since: Instant
    days: int
    rule: str
    reason: str
    triggered_by: TriggeredBy
    actor: str
    cause: str
    facts: dict[str, JsonValue]


class NextStep(Carried):
    """Something with a date. ``what`` in words; ``of``: the play, task or record it belongs to."""

    due: Instant | date
    what: str
    of: str
    status: str = ""


class PlanState(Carried):
    """The success plan in short."""

    status: PlanStatus
    next_review: date | None
    criteria: tuple[CriterionView, ...]


class Explanation(Carried):
    """Everything that was decided of a customer, with what it was decided from. None is unknown or never decided."""

    as_of: Instant
    evaluated_at: Instant | None = Field(description="When it was last evaluated; None: never.")
    health: HealthScore | None
    engagement: EngagementScore | None
    churn_risk_score: int | None
    signals: tuple[ChurnSignal, ...] = Field(description="Open ones, with the value that fired and its threshold.")
    opportunities: tuple[Opportunity, ...] = Field(description="Open ones.")
    interventions: tuple[Intervention, ...] = Field(description="Save plays that are not closed.")
    not_started: tuple[Declined, ...] = Field(description="Plays that did not start, newest first, at most ten.")
    why: StageReason | None
    outlook: tuple[Outlook, ...] = Field(description="Every rule that could move it on, and what it says now.")
    renewal: RenewalStatus | None
    renewal_date: date | None
    blockers: tuple[str, ...]
    next_milestone: Milestone | None
    next_steps: tuple[NextStep, ...] = Field(description="By date.")
    approvals: tuple[Approval, ...] = Field(description="That wait for a person.")
    plan: PlanState | None
