"""Quarterly reviews and the numbers agreed for them (section 12 of the domain)."""

from sqlalchemy import Column, Date, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from persistence.tables.metadata import CUSTOMER, KEY, METADATA, NAME
from persistence.types import Money, UtcDateTime, document

qbr = Table(
    "qbr",
    METADATA,
    Column("id", String(80), primary_key=True),
    Column("customer", CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False),
    Column("quarter", String(7), nullable=False),
    Column("status", NAME, nullable=False),
    Column("agenda", document(), nullable=False),
    Column("generated_at", UtcDateTime, nullable=False),
    Column("approved_by", Text),
    Column("approved_at", UtcDateTime),
    Column("held_on", Date),
    Column("notes", Text, nullable=False),
    UniqueConstraint("customer", "quarter"),
)

agreed_input = Table(
    "agreed_input",
    METADATA,
    Column("customer", CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("name", NAME, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("value", Money, nullable=False),
    Column("source", Text, nullable=False),
    Column("by", Text, nullable=False),
)

lead_day = Table(
    "lead_day",
    METADATA,
    Column("customer", CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("captured", Integer, nullable=False),
    Column("stated_at", UtcDateTime),
    Column("stated_by", KEY),
)
