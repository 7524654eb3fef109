"""What other systems are to be told, and how each of them does (sections 0.1 and 2 of the domain)."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, text

from persistence.tables.metadata import CUSTOMER, KEY, METADATA, NAME
from persistence.types import UtcDateTime, document, serial

_OPEN = text("status IN ('pending', 'sending')")

vendor_delivery = Table(
    "vendor_delivery",
    METADATA,
    Column("id", serial(), primary_key=True),
    Column("key", KEY, nullable=False, unique=True),
    Column("customer", CUSTOMER, nullable=False),
    Column("system", NAME, nullable=False),
    Column("kind", NAME, nullable=False),
    Column("operation", document(), nullable=False),
    Column("run", KEY, nullable=False),
    Column("status", NAME, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_after", UtcDateTime),
    Column("next_try", UtcDateTime, nullable=False, comment="Real time."),
    Column("attempts", Integer, nullable=False),
    Column("resent", Boolean, nullable=False),
    Column("delivered_at", UtcDateTime),
    Column("reference", Text, nullable=False),
    Column("response", Text, nullable=False),
    Index(None, "customer", "id"),
    Index("ix_vendor_delivery_due", "system", "next_try", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_vendor_delivery_status", "status", "system"),
    sqlite_autoincrement=True,
)

vendor_wait = Table(
    "vendor_wait",
    METADATA,
    Column("key", KEY, primary_key=True, comment="Effect key of the step that waits."),
    Column("system", NAME, nullable=False),
    Column("customer", CUSTOMER, nullable=False),
    Column("workflow_id", KEY, nullable=False),
    Column("step_id", NAME, nullable=False),
    Column("since", UtcDateTime, nullable=False, comment="Real time."),
    Column("reason", Text, nullable=False),
    Index(None, "system"),
)

vendor_rate = Table(
    "vendor_rate",
    METADATA,
    Column("system", NAME, primary_key=True),
    Column("next_at", UtcDateTime, nullable=False, comment="Real time: the next call may begin then."),
)

vendor_circuit = Table(
    "vendor_circuit",
    METADATA,
    Column("system", NAME, primary_key=True),
    Column("state", NAME, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("since", UtcDateTime, comment="Real time."),
    Column("retry_at", UtcDateTime, comment="Real time."),
    Column("reason", Text, nullable=False),
    Column("version", Integer, nullable=False, comment="Raised by every change: two workers never both probe."),
)
