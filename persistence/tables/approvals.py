"""Requests for approval (section 16 of the domain)."""

from sqlalchemy import Boolean, Column, Index, Table, Text, false

from persistence.tables.metadata import CUSTOMER, KEY, METADATA, NAME
from persistence.types import UtcDateTime, document, serial

approval = Table(
    "approval",
    METADATA,
    Column("number", serial(), primary_key=True),
    Column("key", KEY, nullable=False, unique=True),
    Column("kind", NAME, nullable=False),
    Column("customer", CUSTOMER, nullable=False, comment="Empty: of no single customer."),
    Column("subject", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("detail", document(), nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("role", NAME, nullable=False, comment="Who may decide."),
    Column("only", Boolean, nullable=False, server_default=false(), comment="Nobody else decides, but who is above."),
    Column("due_at", UtcDateTime),
    Column("workflow_id", KEY, nullable=False),
    Column("status", NAME, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", UtcDateTime),
    Column("reason", Text, nullable=False),
    Index(None, "customer", "number"),
    Index(None, "status", "number"),
    sqlite_autoincrement=True,
)
