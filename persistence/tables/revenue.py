"""What events said of a customer's subscription and its amount, kept so that past months can be counted again."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from persistence.tables.metadata import CUSTOMER, METADATA, NAME
from persistence.types import Money, UtcDateTime

mrr_statement = Table(
    "mrr_statement",
    METADATA,
    Column("customer", CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("event_id", String(200), primary_key=True),
    Column("kind", NAME, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("mrr", Money, comment="NULL: the event named no amount."),
    Index(None, "customer", "at"),
)
