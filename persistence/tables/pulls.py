"""Sources that are asked: where we are in each, how current it is, and where it disagrees with us."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint

from persistence.tables.metadata import CUSTOMER, METADATA, NAME
from persistence.types import UtcDateTime, serial

source_freshness = Table(
    "source_freshness",
    METADATA,
    Column("source", NAME, primary_key=True),
    Column("read_at", UtcDateTime, comment="Last page that was read well."),
    Column("covered_until", UtcDateTime, comment="All that the source knew up to then is here."),
    Column("failed_at", UtcDateTime, comment="Last failure since the last good page; NULL: none."),
    Column("error", Text, nullable=False),
    Column("records", Integer, nullable=False),
    Column("cursor", Text),
)

discrepancy = Table(
    "discrepancy",
    METADATA,
    Column("number", serial(), primary_key=True),
    Column("source", NAME, nullable=False),
    Column("kind", NAME, nullable=False),
    Column("object", String(300), nullable=False),
    Column("customer", CUSTOMER),
    Column("ours", Text, nullable=False),
    Column("theirs", Text, nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    UniqueConstraint("source", "kind", "object"),
    Index(None, "customer"),
    Index(None, "resolved_at"),
    sqlite_autoincrement=True,
)
