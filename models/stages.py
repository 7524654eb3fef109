"""The stage catalogue, the thresholds of the transition rules, and a customer's lifecycle as it is read.

Sections 3.1 and 3.4 of the domain. Names and criteria are documentation; the rules of ``rules.lifecycle`` are the only
gate (L1, L14).
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import Field, JsonValue, StringConstraints, model_validator

from models.base import Value
from models.enums import LifecycleStage
from models.records import Transition


class DurationFrom(StrEnum):
    """What a stage's days are counted from (L12)."""

    ENTRY = "entry"
    RENEWAL_DATE = "renewal_date"


class StageDefinition(Value):
    """One row of the catalogue. Days; ``max_days`` None is open-ended."""

    name: str
    min_days: int
    max_days: int | None
    counted_from: DurationFrom = DurationFrom.ENTRY
    entry_criteria: tuple[str, ...]
    exit_criteria: tuple[str, ...]
    key_metrics: tuple[str, ...]
    cs_activities: tuple[str, ...]


_S = LifecycleStage

LIFECYCLE_STAGES: dict[LifecycleStage, StageDefinition] = {
    _S.TRIAL: StageDefinition(
        name="Trial",
        min_days=0,
        max_days=14,
        entry_criteria=("trial sign-up",),
        exit_criteria=("became paying", "trial ran out"),
        key_metrics=("activation_rate", "feature_usage"),
        cs_activities=("welcome e-mail", "product tour", "check-in on first value"),
    ),
    _S.ONBOARDING: StageDefinition(
        name="Onboarding",
        min_days=0,
        max_days=30,
        entry_criteria=("became paying",),
        exit_criteria=("onboarding checklist finished", "30 days passed"),
        key_metrics=("onboarding_completion", "time_to_value"),
        cs_activities=("kickoff call", "training sessions", "implementation support"),
    ),
    _S.ADOPTING: StageDefinition(
        name="Adopting",
        min_days=30,
        max_days=90,
        entry_criteria=("onboarding finished",),
        exit_criteria=("adoption benchmarks reached", "health at least 70"),
        key_metrics=("dau_mau_ratio", "feature_adoption", "support_tickets"),
        cs_activities=("usage reviews", "sharing best practice", "refresher training"),
    ),
    _S.GROWING: StageDefinition(
        name="Growing",
        min_days=90,
        max_days=None,
        entry_criteria=("adoption benchmarks met",),
        exit_criteria=("expansion opportunity", "renewal near"),
        key_metrics=("engagement_score", "business_outcomes"),
        cs_activities=("quarterly reviews", "success planning", "documenting ROI"),
    ),
    _S.RENEWING: StageDefinition(
        name="Renewing",
        min_days=-60,
        max_days=0,
        counted_from=DurationFrom.RENEWAL_DATE,
        entry_criteria=("60 days before renewal",),
        exit_criteria=("renewal completed", "churned"),
        key_metrics=("renewal_likelihood", "health_score"),
        cs_activities=("renewal talk", "recap of value", "contract negotiation"),
    ),
    _S.EXPANDING: StageDefinition(
        name="Expanding",
        min_days=0,
        max_days=30,
        entry_criteria=("expansion opportunity found",),
        exit_criteria=("expansion closed", "opportunity lost"),
        key_metrics=("expansion_revenue", "seats_added"),
        cs_activities=("needs assessment", "proposal", "implementation plan"),
    ),
    _S.ADVOCATING: StageDefinition(
        name="Advocating",
        min_days=0,
        max_days=None,
        entry_criteria=("NPS promoter with high health",),
        exit_criteria=("health falls",),
        key_metrics=("referrals_made", "reviews_written", "case_studies"),
        cs_activities=("asking for referrals", "case-study interviews", "speaking slots"),
    ),
    _S.AT_RISK: StageDefinition(
        name="At Risk",
        min_days=0,
        max_days=30,
        entry_criteria=("health below 40", "churn signals found"),
        exit_criteria=("health restored", "churned"),
        key_metrics=("churn_risk_score", "engagement_trend"),
        cs_activities=("executive outreach", "recovery plan", "escalation"),
    ),
    _S.CHURNED: StageDefinition(
        name="Churned",
        min_days=0,
        max_days=None,
        entry_criteria=("subscription cancelled",),
        exit_criteria=("won back",),
        key_metrics=("churn_reason", "revenue_lost"),
        cs_activities=("exit interview", "win-back campaigns"),
    ),
}
"""What is meant by each stage (section 3.1)."""

Score = Annotated[int, Field(ge=0, le=100)]
Days = Annotated[int, Field(ge=0)]
Nps = Annotated[int, Field(ge=0, le=10)]


class LifecycleConfig(Value):
    """Thresholds of sections 3.2 and 3.4; the domain's values are the defaults."""

    at_risk_health_below: Score = 40
    at_risk_login_days_over: Days = 14
    at_risk_high_tickets_over: Annotated[int, Field(ge=0)] = 2
    at_risk_nps_at_most: Nps = 6
    at_risk_nps_within_days: Days = 90
    recovered_health: Score = 60
    onboarding_done: Score = 80
    onboarding_overdue_days_over: Days = 30
    onboarding_overdue_below: Score = 50
    adopted_health: Score = 70
    adopted_days_over: Days = 90
    renewal_days: Days = 60
    renewal_min_months: Annotated[int, Field(ge=1)] = 3
    promoter_nps: Nps = 9
    promoter_health: Score = 80
    advocacy_lapsed_below: Score = 70

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.at_risk_health_below <= self.recovered_health:
            raise ValueError("a recovered customer would be at risk: at_risk_health_below <= recovered_health")
        if not self.onboarding_overdue_below <= self.onboarding_done:
            raise ValueError("a finished onboarding would be overdue: onboarding_overdue_below <= onboarding_done")
        if not self.advocacy_lapsed_below <= self.promoter_health:
            raise ValueError("an advocate would lapse at once: advocacy_lapsed_below <= promoter_health")
        return self


class AtRiskCause(StrEnum):
    """Why a customer entered ``at_risk``; each must clear before it recovers (section 3.4, L6)."""

    HEALTH = "health_below_40"
    NO_LOGIN = "no_login_over_14_days"
    TICKETS = "high_severity_tickets_over_2"
    NPS = "nps_detractor"
    CANCELLATION = "cancellation_request"
    ONBOARDING_OVERDUE = "onboarding_overdue"
    MANUAL = "manual"


class StageRule(NamedTuple):
    """One automatic row of table 3.4. ``to`` None: the recovery target. ``holds`` answers None when unknown."""

    id: str
    stages: frozenset[LifecycleStage]
    condition: str
    facts: tuple[str, ...]
    holds: Callable[[Mapping[str, JsonValue], LifecycleConfig], bool | None]
    to: LifecycleStage | None


class Outlook(Value):
    """What one rule of the present stage says: ``holds`` None is unknown, because of ``missing``."""

    rule: str
    to: LifecycleStage
    condition: str
    holds: bool | None
    seen: dict[str, JsonValue]
    missing: tuple[str, ...] = ()


Stated = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class ManualTransition(Value):
    """A stage change that a person asks for; evaluated outside the automatic pass (rule 1)."""

    to: LifecycleStage
    actor: Stated
    reason: Stated


class Milestone(Value):
    """A point the customer is on the way to. ``progress`` 0..100; None unknown."""

    name: str
    target_date: date | None = None
    criteria: tuple[str, ...] = ()
    progress: Score | None = None
    reached: bool = False


class CustomerLifecycle(Value):
    """A customer's lifecycle, derived on read (section 3.4): never stored."""

    customer: str
    current_stage: LifecycleStage | None
    stage_history: tuple[Transition, ...]
    days_in_current_stage: int | None
    next_milestone: Milestone | None
    blockers: tuple[str, ...]


class RenewalStatus(StrEnum):
    """Where the renewal of a term stands (section 0.2)."""

    NOT_DUE = "not_due"
    PENDING = "pending"
    COMPLETED = "completed"
    DECLINED = "declined"
