"""Engagement of a customer over a period, its score, and the portfolio of a manager (section 6 of the domain)."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import Field, model_validator

from models.base import Carried, Instant, Value
from models.health import HealthTrend
from models.ids import CustomerId

Count = Annotated[int, Field(ge=0)]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Mean = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Csat = Annotated[float, Field(ge=1, le=5, allow_inf_nan=False)]
Score = Annotated[int, Field(ge=0, le=100)]


class EngagementLevel(StrEnum):
    """How engaged a customer is (section 6.2)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Period(Value):
    """From ``start``, up to but not including ``end``."""

    start: Instant
    end: Instant

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.start >= self.end:
            raise ValueError("a period ends after it starts")
        return self

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start


class VsLastPeriod(Carried):
    """Signed whole percents against the period before; None when the earlier value is unknown or 0 (E4)."""

    logins_change: int | None = None
    usage_change: int | None = Field(default=None, description="On actions performed.")
    satisfaction_change: int | None = None


class EngagementMetrics(Carried):
    """What a customer did in a period; None is unknown. The period before has the same shape (E3)."""

    customer: CustomerId
    period: Period
    logins: Count | None = None
    active_users: Count | None = None
    sessions_per_user: Mean | None = None
    avg_session_duration: Mean | None = Field(default=None, description="Minutes.")
    features_used: tuple[str, ...] | None = None
    feature_usage_frequency: dict[str, Count] | None = None
    actions_performed: Count | None = None
    emails_opened: Count | None = None
    emails_clicked: Count | None = None
    support_tickets: Count | None = None
    meetings_held: Count | None = None
    conversations_handled: Count | None = None
    automation_rate: Fraction | None = Field(default=None, description="A fraction; a percent is refused (E1).")
    customer_satisfaction: Csat | None = None
    vs_last_period: VsLastPeriod = VsLastPeriod()


class EngagementTerm(StrEnum):
    """The terms of the score."""

    LOGINS = "logins"
    ACTIVE_USERS = "active_users"
    FEATURES_USED = "features_used"
    ACTIONS_PERFORMED = "actions_performed"
    AUTOMATION_RATE = "automation_rate"
    CUSTOMER_SATISFACTION = "customer_satisfaction"


class TermWeight(Value):
    """A term has its full mark at ``full``, per 30 days where it is a count."""

    term: EngagementTerm
    full: Annotated[float, Field(gt=0)]
    weight: Annotated[float, Field(gt=0, le=1)]


TERMS = (
    TermWeight(term=EngagementTerm.LOGINS, full=30, weight=0.15),
    TermWeight(term=EngagementTerm.ACTIVE_USERS, full=5, weight=0.15),
    TermWeight(term=EngagementTerm.FEATURES_USED, full=10, weight=0.20),
    TermWeight(term=EngagementTerm.ACTIONS_PERFORMED, full=100, weight=0.20),
    TermWeight(term=EngagementTerm.AUTOMATION_RATE, full=1.0, weight=0.15),
    TermWeight(term=EngagementTerm.CUSTOMER_SATISFACTION, full=5, weight=0.15),
)
"""Full marks and weights of section 6.2."""


class Engaged(NamedTuple):
    """What an evaluation says of a customer's engagement, new or not: the values of an ``EngagementScore``."""

    score: int | None
    level: EngagementLevel | None
    coverage: float
    trend: HealthTrend | None
    terms: dict[str, float | None]


class EngagementConfig(Value):
    """Terms, level thresholds and the limits of the trend; the domain's values are the defaults."""

    terms: tuple[TermWeight, ...] = TERMS
    high: Score = 70
    medium: Score = 40
    trend_limit: Score = 5
    window: timedelta = timedelta(days=30)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sorted(weight.term for weight in self.terms) != sorted(EngagementTerm):
            raise ValueError("terms: each term once")
        if abs(sum(weight.weight for weight in self.terms) - 1) > 1e-9:
            raise ValueError("terms: weights sum to 1")
        if self.medium > self.high:
            raise ValueError("levels: medium <= high")
        return self


class Engagement(Carried):
    """A customer's score; ``score`` and ``level`` are None when no term is known. ``coverage``: weight of the known."""

    customer: CustomerId
    score: Score | None
    level: EngagementLevel | None
    coverage: Fraction


class PortfolioEngagement(Carried):
    """A manager's customers. ``at_risk`` are those of low engagement, not of the stage of that name (E6)."""

    csm_id: str
    total_customers: int
    high_engagement: int
    medium_engagement: int
    low_engagement: int
    at_risk: tuple[str, ...]
    avg_engagement_score: float | None = Field(description="Mean of the known scores; None when there is none (E5).")
    unscored: tuple[str, ...] = Field(default=(), description="Nothing of them is known.")
    failed: dict[str, str] = Field(default_factory=dict, description="Could not be read: why, by customer (E7).")
