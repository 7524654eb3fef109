"""The imported book of business: accounts, spans, usage, tickets, churn, and the imports themselves."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from persistence.tables.metadata import CUSTOMER, METADATA, NAME
from persistence.types import Money, UtcDateTime, document, serial


def _owner() -> Column[str]:
    return Column("customer", CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False)


account = Table(
    "account",
    METADATA,
    Column("customer", CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("industry", Text),
    Column("signup_date", Date),
    Column("referral_source", Text),
    Column("is_trial", Boolean),
    Column("churned", Boolean),
)

subscription = Table(
    "subscription",
    METADATA,
    Column("id", String(128), primary_key=True),
    _owner(),
    Column("started", Date, nullable=False),
    Column("ended", Date),
    Column("plan", NAME),
    Column("seats", Integer),
    Column("mrr", Money),
    Column("currency", String(3)),
    Column("is_trial", Boolean),
    Column("upgraded", Boolean),
    Column("downgraded", Boolean),
    Column("churned", Boolean),
    Column("billing", NAME),
    Column("auto_renew", Boolean),
    Index(None, "customer", "started"),
)

usage_event = Table(
    "usage_event",
    METADATA,
    Column("id", String(128), primary_key=True),
    Column("subscription", String(128), primary_key=True, comment="Empty: told by the product, of the whole account."),
    Column("day", Date, primary_key=True),
    Column("feature", String(200), primary_key=True),
    _owner(),
    Column("count", Integer, nullable=False),
    Column("duration_seconds", Integer),
    Column("errors", Integer),
    Column("is_beta", Boolean),
    Column("stated_at", UtcDateTime, comment="NULL: from a book."),
    Column("stated_by", Text),
    Index(None, "customer", "day"),
    Index(None, "subscription"),
)

ticket = Table(
    "ticket",
    METADATA,
    Column("id", String(128), primary_key=True),
    _owner(),
    Column("opened", UtcDateTime, nullable=False),
    Column("closed", UtcDateTime),
    Column("severity", NAME),
    Column("first_response_minutes", Integer),
    Column("csat", Integer),
    Column("escalated", Boolean),
    Column("escalated_at", UtcDateTime, comment="NULL: not told; an escalated one counts from its closing."),
    Column("suspected_injection", Boolean),
    Column("csat_at", UtcDateTime, comment="When the satisfaction was told; NULL: with the closing."),
    Column("csat_by", Text),
    Column("stated_at", UtcDateTime),
    Column("stated_by", Text),
    Index(None, "customer", "opened"),
)

churn_event = Table(
    "churn_event",
    METADATA,
    Column("id", String(128), primary_key=True),
    _owner(),
    Column("day", Date, nullable=False),
    Column("reason", Text),
    Column("refund", Money),
    Column("currency", String(3)),
    Column("after_upgrade", Boolean),
    Column("after_downgrade", Boolean),
    Column("reactivation", Boolean),
    Column("feedback", Text, nullable=False),
    Index(None, "customer", "day"),
)

import_batch = Table(
    "import_batch",
    METADATA,
    Column("id", String(80), primary_key=True),
    Column("as_of", UtcDateTime, nullable=False),
    Column("started", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
    Column("counts", document(), nullable=False),
)

import_refusal = Table(
    "import_refusal",
    METADATA,
    Column("number", serial(), primary_key=True),
    Column("batch", String(80), ForeignKey("import_batch.id", ondelete="CASCADE"), nullable=False),
    Column("file", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "batch"),
    sqlite_autoincrement=True,
)
