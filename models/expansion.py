"""Expansion: the seven signals, and what is proposed with which value and when (section 8 of the domain)."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import Field, model_validator

from models.base import Carried, Instant, Value
from models.enums import Plan
from models.event_values import Amount
from models.ids import CustomerId
from models.signals import Comparison

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class ExpansionSignalType(StrEnum):
    """The seven signals, in the order of the specification."""

    APPROACHING_LIMIT = "approaching_limit"
    FEATURE_ATTEMPTS = "feature_attempts"
    HIGH_ENGAGEMENT = "high_engagement"
    TEAM_GROWTH = "team_growth"
    SUCCESS_METRICS = "success_metrics"
    NPS_PROMOTER = "nps_promoter"
    RENEWAL_APPROACHING = "renewal_approaching"


class ExpansionRule(Value):
    """When a signal fires: ``metric`` of the registry held against ``threshold`` (unit of the metric)."""

    type: ExpansionSignalType
    weight: Annotated[Decimal, Field(gt=0)]
    metric: str
    comparison: Comparison
    threshold: float | int
    description: str


def _rules() -> tuple[ExpansionRule, ...]:
    kind, by = ExpansionSignalType, Comparison
    rows: tuple[tuple[ExpansionSignalType, str, str, Comparison, float | int, str], ...] = (
        (kind.APPROACHING_LIMIT, "0.9", "usage_vs_limit", by.MORE_THAN, 0.8, "uses more than 80% of a plan limit"),
        (kind.FEATURE_ATTEMPTS, "0.8", "blocked_feature_attempts", by.MORE_THAN, 3, "tries features of a higher plan"),
        (kind.HIGH_ENGAGEMENT, "0.6", "engagement_score", by.MORE_THAN, 80, "is very engaged"),
        (kind.TEAM_GROWTH, "0.7", "team_size_change", by.MORE_THAN, 0.2, "its team grew by more than 20%"),
        (kind.SUCCESS_METRICS, "0.7", "outcome_attainment", by.MORE_THAN, 1.0, "beats its success metrics"),
        (kind.NPS_PROMOTER, "0.5", "nps_score", by.AT_LEAST, 9, "is a promoter"),
        (kind.RENEWAL_APPROACHING, "0.4", "days_until_renewal", by.AT_MOST, 60, "renews within 60 days"),
    )
    return tuple(
        ExpansionRule(
            type=kind_, weight=Decimal(weight), metric=metric, comparison=how, threshold=bound, description=words
        )
        for kind_, weight, metric, how, bound, words in rows
    )


EXPANSION_SIGNALS = _rules()


class ExpansionType(StrEnum):
    """What is offered."""

    UPSELL = "upsell"
    CROSS_SELL = "cross_sell"
    ADD_SEATS = "add_seats"
    ADD_FEATURES = "add_features"


class Timing(StrEnum):
    """When it is offered."""

    NOW = "now"
    NEXT_QUARTER = "next_quarter"
    AT_RENEWAL = "at_renewal"


class OpportunityStatus(StrEnum):
    """How an opportunity stands (section 0.2)."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    EXPIRED = "expired"


class ExpansionConfig(Value):
    """Signals, prices and pauses; the domain's values are the defaults. Prices are monthly, in ``currency`` (X9)."""

    signals: tuple[ExpansionRule, ...] = EXPANSION_SIGNALS
    ladder: tuple[Plan, ...] = tuple(Plan)
    upsell_share: Annotated[Decimal, Field(gt=0)] = Decimal("0.5")
    feature_price: Amount = Decimal("50")
    currency: Currency = "EUR"
    next_quarter_health_below: Annotated[int, Field(ge=0, le=100)] = 60
    expires_after: timedelta = timedelta(days=30)
    cool_down: timedelta = timedelta(days=90)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sorted(rule.type for rule in self.signals) != sorted(ExpansionSignalType):
            raise ValueError("signals: each of the seven once")
        if sorted(self.ladder) != sorted(Plan):
            raise ValueError("ladder: each plan once, lowest first")
        if min(self.expires_after, self.cool_down) <= timedelta(0):
            raise ValueError("expires_after, cool_down: longer than nothing")
        return self


class Account(Value):
    """What a proposal is worth depends on this. ``plan`` may be a name that the ladder lacks; None is unknown."""

    customer: CustomerId
    plan: str | None = None
    mrr: Amount | None = None
    seats: Annotated[int, Field(ge=0)] | None = None
    currency: Currency | None = None


class Opportunity(Carried):
    """An opportunity of one customer, open until it is won, lost or expires; at most one open per type.

    ``estimated_value`` is per month in ``currency``; None is unvalued. ``probability`` is a share of signal weights, an
    uncalibrated score and no forecast (X5).
    """

    customer: CustomerId
    type: ExpansionType
    product: str | None = Field(description="None: the manager chooses.")
    estimated_value: Decimal | None
    currency: str
    probability: Decimal
    signals: tuple[str, ...]
    recommended_action: str
    timing: Timing
    detected_at: Instant
    updated_at: Instant
    status: OpportunityStatus = OpportunityStatus.OPEN
    closed_at: Instant | None = None
    seats: int | None = Field(default=None, description="How many seats it adds; None: it is of none, or unknown.")


class Found(NamedTuple):
    """What an evaluation proposes. ``suppressed`` says why nothing is; ``errors`` what could not be proposed (X2)."""

    fired: tuple[ExpansionSignalType, ...]
    opportunities: tuple[Opportunity, ...]
    suppressed: str = ""
    errors: tuple[str, ...] = ()


class ExpansionFold(NamedTuple):
    """What an evaluation changes in the stored opportunities. ``held_back``: closed less than the pause ago (L5)."""

    opened: tuple[Opportunity, ...]
    refreshed: tuple[Opportunity, ...]
    expired: tuple[Opportunity, ...]
    held_back: tuple[ExpansionType, ...]


class Pipeline(Carried):
    """Open opportunities of a manager's customers, likeliest first. Sums are monthly values, not counts (X7)."""

    csm_id: str
    currency: str
    total: Decimal
    by_type: dict[ExpansionType, Decimal]
    by_timing: dict[Timing, Decimal]
    unvalued: int
    opportunities: tuple[Opportunity, ...]
