"""Deals of the CRM and drafts that people approve (sections 12, 14.2 and 20 of the domain)."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from persistence.tables.metadata import CUSTOMER, KEY, METADATA, NAME
from persistence.types import Money, UtcDateTime, document


def _owner() -> Column[str]:
    return Column("customer", CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)


deal = Table(
    "deal",
    METADATA,
    Column("key", KEY, primary_key=True),
    _owner(),
    Column("kind", NAME, nullable=False),
    Column("subject", Text, nullable=False, comment="End of the term, or key of the opportunity."),
    Column("status", NAME, nullable=False),
    Column("product", NAME),
    Column("amount", Money, comment="A month; NULL: not known."),
    Column("currency", String(3)),
    Column("likelihood", NAME, comment="green, amber or red: a class, no probability."),
    Column("workflow_id", KEY, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("customer", "kind", "subject"),
    Index(None, "status", "kind"),
)

draft = Table(
    "draft",
    METADATA,
    Column("key", KEY, primary_key=True),
    _owner(),
    Column("kind", NAME, nullable=False),
    Column("subject", Text, nullable=False),
    Column("content", document(), nullable=False),
    Column("workflow_id", KEY, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("customer", "kind", "subject"),
)
