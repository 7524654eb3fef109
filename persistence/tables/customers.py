"""Customers, what is known of them and since when (sections 0.4, 0.5 and 3.5 of the domain)."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from persistence.tables.metadata import CUSTOMER, KEY, METADATA, NAME
from persistence.types import Money, UtcDateTime, document, serial

customer = Table(
    "customer",
    METADATA,
    Column("id", CUSTOMER, primary_key=True),
    Column("name", Text),
    Column("first_name", Text),
    Column("email", String(254)),
    Column("plan", NAME),
    Column("segment", NAME),
    Column("mrr", Money),
    Column("currency", String(3)),
    Column("seats", Integer),
    Column("locale", String(20)),
    Column("timezone", NAME),
    Column("country", Text),
    Column("csm_id", Text),
    Column("renewal_date", Date),
    Column("contract_length_months", Integer),
    Column("consent_marketing", Boolean),
    Column("consent_relationship", Boolean),
    Column("stage", NAME),
    Column("stage_since", UtcDateTime),
    Column("subscription_status", NAME),
    Column("trial_ends_at", UtcDateTime),
    Column("subscribed_at", UtcDateTime),
    Column("cycle", Integer, nullable=False),
    Column("outreach_held", Boolean, nullable=False),
    Column("imported_at", UtcDateTime),
    Column("stamps", document(), nullable=False, comment="Field to [moment, event id] of what set it."),
    Column("base", document(), nullable=False, comment="Subscription state that events are folded on."),
    Index(None, "csm_id"),
    Index(None, "outreach_held"),
    Index("ix_customer_name_id", "name", "id"),
)

subscription_event = Table(
    "subscription_event",
    METADATA,
    Column("customer", CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("event_id", String(200), primary_key=True),
    Column("kind", NAME, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("trial_ends_at", UtcDateTime),
)

csm = Table(
    "csm",
    METADATA,
    Column("id", String(200), primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", String(254), nullable=False),
    Column("calendar_link", Text, nullable=False),
    Column("manager_id", String(200)),
    Column("segments", document(), nullable=False),
    Column("roles", document(), nullable=False, server_default="[]"),
)

transition = Table(
    "transition",
    METADATA,
    Column("number", serial(), primary_key=True),
    Column("customer", CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False),
    Column("from_stage", NAME),
    Column("to_stage", NAME, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("rule", NAME, nullable=False),
    Column("reason", Text, nullable=False),
    Column("triggered_by", NAME, nullable=False),
    Column("actor", Text, nullable=False),
    Column("cause", KEY, nullable=False),
    Column("facts", document(), nullable=False),
    UniqueConstraint("customer", "cause"),
    Index(None, "customer", "at"),
    sqlite_autoincrement=True,
)

login = Table(
    "login",
    METADATA,
    Column("customer", CUSTOMER, primary_key=True),
    Column("key", KEY, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("user_id", String(200), comment="Which user of the account; NULL: not told."),
    Index(None, "customer", "at"),
)

response = Table(
    "response",
    METADATA,
    Column("customer", CUSTOMER, primary_key=True),
    Column("key", KEY, primary_key=True),
    Column("kind", NAME, nullable=False, comment="reply, meeting_booked, survey_answer, renewal_decision, outcome"),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "customer", "at"),
)
