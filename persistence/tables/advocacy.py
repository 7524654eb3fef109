"""Advocacy: candidates (sections 0.5 and 13.2 of the domain)."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table

from persistence.tables.metadata import CUSTOMER, KEY, METADATA, NAME
from persistence.types import UtcDateTime


def _owner() -> Column[str]:
    return Column("customer", CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)


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
