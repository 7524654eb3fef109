"""Messages to customers, outbound webhooks, and the local mail catcher (sections 9 and 14.3 of the domain)."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from persistence.tables.metadata import CUSTOMER, KEY, METADATA, NAME
from persistence.types import UtcDateTime, document, serial

communication = Table(
    "communication",
    METADATA,
    Column("key", KEY, primary_key=True),
    Column("customer", CUSTOMER, nullable=False),
    Column("workflow_id", KEY, nullable=False),
    Column("template", NAME, nullable=False),
    Column("channel", NAME, nullable=False),
    Column("message_class", NAME, nullable=False),
    Column("language", String(8), nullable=False),
    Column("recipient", String(254), nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("message_id", String(255), nullable=False, unique=True),
    Column("status", NAME, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("resent", Boolean, nullable=False),
    Column("provider_response", Text, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index(None, "customer", "created_at"),
    Index(None, "status", "created_at"),
)

suppression = Table(
    "suppression",
    METADATA,
    Column("address", String(254), primary_key=True, comment="Lower case."),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

webhook_delivery = Table(
    "webhook_delivery",
    METADATA,
    Column("id", serial(), primary_key=True),
    Column("key", KEY, nullable=False, unique=True),
    Column("customer", CUSTOMER, nullable=False),
    Column("workflow", NAME, nullable=False),
    Column("target", NAME, nullable=False),
    Column("payload", document(), nullable=False),
    Column("status", NAME, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("response", Text, nullable=False),
    Index(None, "customer", "id"),
    sqlite_autoincrement=True,
)

caught_mail = Table(
    "caught_mail",
    METADATA,
    Column("id", serial(), primary_key=True),
    Column("received_at", UtcDateTime, nullable=False),
    Column("envelope_from", Text, nullable=False),
    Column("envelope_to", document(), nullable=False),
    Column("message_id", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Index(None, "message_id"),
    sqlite_autoincrement=True,
)
