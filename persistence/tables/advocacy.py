"""Advocacy: candidates, what advocates did and were given, whom they referred (sections 0.5 and 13.2 of the domain)."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from persistence.tables.metadata import CUSTOMER, KEY, METADATA, NAME
from persistence.types import UtcDateTime, document


def _owner(name: str = "customer") -> Column[str]:
    return Column(name, CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)


advocacy_candidate = Table(
    "advocacy_candidate",
    METADATA,
    Column("key", KEY, primary_key=True),
    _owner(),
    Column("source", NAME, nullable=False),
    Column("score", Integer, nullable=False),
    Column("status", NAME, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index(None, "customer", "at"),
)

advocacy_claim = Table(
    "advocacy_claim",
    METADATA,
    Column("key", KEY, primary_key=True),
    _owner(),
    Column("activity", NAME, nullable=False),
    Column("subject", Text, nullable=False, comment="The referred customer or the event; empty: once per customer."),
    Column("status", NAME, nullable=False),
    Column("points", Integer, nullable=False),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("closed_by", Text, nullable=False),
    Column("evidence", document(), nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "customer", "claimed_at"),
)

reward_redemption = Table(
    "reward_redemption",
    METADATA,
    Column("key", KEY, primary_key=True),
    _owner(),
    Column("reward", NAME, nullable=False),
    Column("points", Integer, nullable=False),
    Column("status", NAME, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("decided_at", UtcDateTime),
    Column("decided_by", Text, nullable=False),
    Index(None, "customer", "requested_at"),
)

referral = Table(
    "referral",
    METADATA,
    Column("id", String(128), primary_key=True),
    Column("code", String(10), nullable=False, unique=True),
    _owner("referrer"),
    Column("referred_email", String(254), nullable=False, comment="Normalised; emptied on request."),
    Column("referred_name", Text),
    Column("status", NAME, nullable=False),
    Column("consent", Boolean, nullable=False, comment="The prospect agreed to be mailed."),
    Column("created_at", UtcDateTime, nullable=False),
    Column("trial_started_at", UtcDateTime),
    Column("converted_at", UtcDateTime),
    Column("rewarded_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("referred_customer", CUSTOMER),
    Column("reason", Text, nullable=False),
    Index(None, "referrer", "created_at"),
    Index(None, "referred_email"),
    Index(None, "status", "created_at"),
)
