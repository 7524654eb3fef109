"""Rows of an imported book of business: accounts, subscription spans, feature usage, tickets, churn events.

An importer makes these from foreign files; the database takes them in bulk and recognises each by its natural key, so
that an import can be repeated. Days are calendar days of the source; moments are UTC. None is unknown (section 0.1).
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from models.base import Instant, Value
from models.enums import LifecycleStage, Plan, Segment, Severity, SubscriptionStatus
from models.events import Amount, Email, Text, Zone
from models.ids import CustomerId

SourceId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]
Count = Annotated[int, Field(ge=0, le=2_000_000_000)]
Feedback = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Signed = Annotated[Decimal, Field(max_digits=14, decimal_places=2)]


class BillingFrequency(StrEnum):
    """How often a subscription is billed."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"


class BookAccount(Value):
    """An account, and where it stood at the import's as-of. Key: ``id``.

    ``status``, ``subscribed_at``, ``trial_ends_at``, ``cycle`` and ``stage`` are what the importer derived from the
    account's spans and churn events as of the import; later events are folded on top of them.
    """

    id: CustomerId
    name: Text | None = None
    first_name: Text | None = None
    email: Email | None = None
    industry: Text | None = None
    country: Text | None = None
    signup_date: date | None = None
    referral_source: Text | None = None
    plan: Plan | None = None
    segment: Segment | None = None
    seats: Count | None = None
    mrr: Amount | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    locale: str | None = None
    timezone: Zone | None = None
    is_trial: bool | None = None
    churned: bool | None = None
    consent_marketing: bool | None = None
    consent_relationship: bool | None = None
    csm_id: Text | None = None
    renewal_date: date | None = None
    contract_length_months: Annotated[int, Field(ge=1, le=120)] | None = None
    status: SubscriptionStatus | None = None
    subscribed_at: Instant | None = None
    trial_ends_at: Instant | None = None
    cycle: Count = 0
    stage: LifecycleStage | None = None
    stage_since: Instant | None = None


class BookSubscription(Value):
    """One span of a subscription; ``ended`` None: still running. Key: ``id``."""

    id: SourceId
    customer: CustomerId
    started: date
    ended: date | None = None
    plan: Plan | None = None
    seats: Count | None = None
    mrr: Amount | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    is_trial: bool | None = None
    upgraded: bool | None = None
    downgraded: bool | None = None
    churned: bool | None = None
    billing: BillingFrequency | None = None
    auto_renew: bool | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ended is not None and self.ended < self.started:
            raise ValueError("ends before it starts")
        return self


class BookUsage(Value):
    """Use of one feature under one subscription on one day.

    Key: (``id``, ``subscription``, ``day``, ``feature``). A source may repeat a usage id: with another subscription,
    day or feature it is another row and both count; with the same ones it is the same row, and the last one given wins.
    """

    id: SourceId
    subscription: SourceId
    day: date
    feature: Text
    count: Count
    duration_seconds: Count | None = None
    errors: Count | None = None
    is_beta: bool | None = None


class BookTicket(Value):
    """A support ticket; ``csat`` is 1 to 5, ``closed`` None: still open. Key: ``id``."""

    id: SourceId
    customer: CustomerId
    opened: Instant
    closed: Instant | None = None
    severity: Severity | None = None
    first_response_minutes: Count | None = None
    csat: Annotated[int, Field(ge=1, le=5)] | None = None
    escalated: bool | None = None


class BookChurn(Value):
    """A churn event as the source tells it. ``feedback`` is untrusted text. Key: ``id``."""

    id: SourceId
    customer: CustomerId
    day: date
    reason: Text | None = None
    refund: Signed | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    after_upgrade: bool | None = None
    after_downgrade: bool | None = None
    reactivation: bool | None = None
    feedback: Feedback = ""


class LoadCount(Value):
    """What a bulk load did. ``orphans``: keys of rows whose customer or subscription is unknown, not stored."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    orphans: tuple[str, ...] = ()

    def __add__(self, other: "LoadCount") -> "LoadCount":
        return LoadCount(
            inserted=self.inserted + other.inserted,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
            orphans=(*self.orphans, *other.orphans),
        )
