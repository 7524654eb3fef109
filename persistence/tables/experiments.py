"""Arms of experiments: logged before exposure, never changed."""

from sqlalchemy import Column, Float, Index, PrimaryKeyConstraint, Table, Text

from persistence.tables.metadata import CUSTOMER, METADATA, NAME
from persistence.types import UtcDateTime

assignment = Table(
    "assignment",
    METADATA,
    Column("customer", CUSTOMER, nullable=False),
    Column("experiment", NAME, nullable=False),
    Column("playbook", NAME, nullable=False),
    Column("arm", NAME, nullable=False),
    Column("fraction", Float, nullable=False, comment="Held out at the time of the draw."),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("customer", "experiment"),
    Index(None, "experiment", "at"),
)
