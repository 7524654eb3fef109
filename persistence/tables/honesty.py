"""Validations, reports with their claims, evidence and attestations (sections 0.5, 18.2 and 18.4 of the domain)."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text

from persistence.tables.metadata import METADATA, NAME
from persistence.types import UtcDateTime, document

HASH = String(64)

validation = Table(
    "validation",
    METADATA,
    Column("id", String(120), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("cause", NAME, nullable=False, comment="weekly, before_publishing or by_hand"),
    Column("passed", Boolean, nullable=False),
    Column("publishable", Boolean, nullable=False),
    Column("result", document(), nullable=False, comment="models.validation.ValidationResult"),
    Index(None, "at"),
)

report = Table(
    "report",
    METADATA,
    Column("id", String(120), primary_key=True),
    Column("title", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("content", document(), nullable=False, comment="models.report.ReportContent"),
    Column("sha256", HASH, nullable=False, comment="Of the content: what was attested is attested of this."),
    Column("published_at", UtcDateTime),
    Column("published_by", Text),
    Column("published", document(), comment="What was published: texts, and notices of what was refused."),
    Index(None, "created_at"),
)

evidence = Table(
    "evidence",
    METADATA,
    Column("id", String(120), primary_key=True),
    Column("kind", NAME, nullable=False),
    Column("subject", Text, nullable=False, comment="A report, a claim of one (REPORT/CLAIM), a definition."),
    Column("reference", Text, nullable=False, comment="Where it is: a file, an address, a query."),
    Column("sha256", HASH, nullable=False),
    Column("author", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("note", Text, nullable=False),
    Index(None, "subject"),
)

attestation = Table(
    "attestation",
    METADATA,
    Column("report", String(120), ForeignKey("report.id", ondelete="CASCADE"), primary_key=True),
    Column("item", NAME, primary_key=True),
    Column("sha256", HASH, primary_key=True, comment="Of the content that was looked at."),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("note", Text, nullable=False),
    Column("records", document(), nullable=False, comment="What was verified by hand."),
)
