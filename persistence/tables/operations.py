"""What keeps the system running: inbox, keys of customers, the worker's lease, imports, the audit log."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint, text

from persistence.tables.metadata import CUSTOMER, METADATA, NAME
from persistence.types import UtcDateTime, document, serial

_WAITING = text("delivered_at IS NULL")
_STEPS = text("type = 'onboarding_step_completed'")

inbox = Table(
    "inbox",
    METADATA,
    Column("number", serial(), primary_key=True),
    Column("source", NAME, nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("type", NAME, nullable=False),
    Column("customer", CUSTOMER, nullable=False),
    Column("body", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    UniqueConstraint("source", "event_id"),
    Index("ix_inbox_steps", "customer", sqlite_where=_STEPS, postgresql_where=_STEPS),
    Index("ix_inbox_undelivered", "number", sqlite_where=_WAITING, postgresql_where=_WAITING),
    sqlite_autoincrement=True,
)

customer_key = Table(
    "customer_key",
    METADATA,
    Column("customer", CUSTOMER, primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

worker_lease = Table(
    "worker_lease",
    METADATA,
    Column("name", NAME, primary_key=True),
    Column("host", String(255), nullable=False),
    Column("renewed_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

audit_log = Table(
    "audit_log",
    METADATA,
    Column("number", serial(), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", NAME, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", document(), nullable=False),
    Index(None, "subject"),
    sqlite_autoincrement=True,
)
