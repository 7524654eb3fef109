"""Who accounts of other systems are, what those systems told, and customers that turned out to be one."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from persistence.tables.metadata import CUSTOMER, METADATA, NAME
from persistence.types import UtcDateTime, document, serial

SYSTEM = String(40)
EXTERNAL = String(300)

_KEPT = text("body IS NOT NULL")
_WAITING = text("status = 'parked'")

identity = Table(
    "identity",
    METADATA,
    Column("system", SYSTEM, primary_key=True),
    Column("external_id", EXTERNAL, primary_key=True, comment="kind:id, such as organization:55"),
    Column("customer", CUSTOMER, nullable=False),
    Column("how", NAME, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Index(None, "customer"),
)

identity_domain = Table(
    "identity_domain",
    METADATA,
    Column("domain", String(254), primary_key=True, comment="Registrable domain that a person verified."),
    Column("customer", CUSTOMER, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Index(None, "customer"),
)

identity_case = Table(
    "identity_case",
    METADATA,
    Column("number", serial(), primary_key=True),
    Column("system", SYSTEM, nullable=False),
    Column("external_id", EXTERNAL, nullable=False),
    Column("status", NAME, nullable=False),
    Column("candidates", document(), nullable=False),
    Column("email", String(254)),
    Column("domain", String(254)),
    Column("name", Text),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("customer", CUSTOMER),
    Column("decided_at", UtcDateTime),
    Column("decided_by", Text, nullable=False),
    UniqueConstraint("system", "external_id"),
    Index(None, "status"),
    sqlite_autoincrement=True,
)

identity_merge = Table(
    "identity_merge",
    METADATA,
    Column("number", serial(), primary_key=True),
    Column("loser", CUSTOMER, nullable=False),
    Column("winner", CUSTOMER, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("undone_at", UtcDateTime),
    Column("undone_by", Text, nullable=False),
    Column("filled", document(), nullable=False, comment="Fields of the winner that the loser's filled."),
    Column("stopped", document(), nullable=False),
    Index(None, "loser"),
    Index(None, "winner"),
    sqlite_autoincrement=True,
)

identity_merge_row = Table(
    "identity_merge_row",
    METADATA,
    Column("number", serial(), primary_key=True),
    Column("merge", Integer, nullable=False),
    Column("table_name", NAME, nullable=False),
    Column("key", document(), nullable=False, comment="Primary key of the row, without the customer."),
    Column("copied", Boolean, nullable=False, comment="Written for the winner beside the loser's own row."),
    Index(None, "merge", "table_name"),
    sqlite_autoincrement=True,
)

vendor_event = Table(
    "vendor_event",
    METADATA,
    Column("vendor", SYSTEM, primary_key=True),
    Column("event_id", String(200), primary_key=True),
    Column("kind", NAME, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("status", NAME, nullable=False),
    Column("reason", Text, nullable=False),
    Column("customer", CUSTOMER),
    Column("says", document(), nullable=False),
    Column("suspected_injection", Boolean, nullable=False),
    Column("body", Text, comment="Of a refused one only, bounded, for a month."),
    Index(None, "customer"),
    Index(None, "status", "received_at"),
    Index("ix_vendor_event_kept", "received_at", sqlite_where=_KEPT, postgresql_where=_KEPT),
)

vendor_object = Table(
    "vendor_object",
    METADATA,
    Column("vendor", SYSTEM, primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("at", UtcDateTime, nullable=False, comment="The vendor's own moment of the newest state."),
)

vendor_parked = Table(
    "vendor_parked",
    METADATA,
    Column("number", serial(), primary_key=True),
    Column("vendor", SYSTEM, nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("system", SYSTEM, nullable=False),
    Column("external_id", EXTERNAL, nullable=False),
    Column("said", document(), nullable=False),
    Column("parked_at", UtcDateTime, nullable=False),
    Column("status", NAME, nullable=False, comment="parked, applied or dropped"),
    Column("customer", CUSTOMER),
    Index("ix_vendor_parked_waiting", "system", "external_id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    Index(None, "system", "external_id"),
    Index(None, "customer"),
    sqlite_autoincrement=True,
)
