"""Comparisons of health configurations with what then happened (section 18.6 of the domain)."""

from sqlalchemy import Column, Index, String, Table, Text

from persistence.tables.metadata import METADATA, NAME
from persistence.types import UtcDateTime, document

calibration = Table(
    "calibration",
    METADATA,
    Column("id", String(80), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("config_name", NAME, nullable=False),
    Column("config_version", NAME, nullable=False),
    Column("report", document(), nullable=False),
    Column("signed_by", Text),
    Column("signed_at", UtcDateTime),
    Index(None, "config_name", "at"),
)
