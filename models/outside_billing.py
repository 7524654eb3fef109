"""What the billing system tells us, in our own words."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from models.base import Carried, Instant
from models.enums import SubscriptionStatus


class OutsideSubscription(Carried):
    """A subscription as the billing system knows it. Amounts are per month, in whole units of the currency."""

    subscription_id: str
    billing_customer: str
    status: SubscriptionStatus | None
    mrr: Decimal | None
    currency: str | None
    seats: int | None = None
    started_at: Instant | None = None
    current_period_end: Instant | None = None
    cancel_at: Instant | None = None
    cancelled_at: Instant | None = None
    metadata: dict[str, str] = Field(default_factory=dict)


class OutsideInvoice(Carried):
    """An invoice as the billing system knows it."""

    invoice_id: str
    billing_customer: str
    status: Literal["draft", "open", "paid", "void", "uncollectible"]
    amount: Decimal | None
    currency: str | None
    issued_at: Instant | None = None
    due_at: Instant | None = None
    paid_at: Instant | None = None
    attempts: int = 0
