"""What facts are computed from, beside the book: rows that say when they became known (sections 0.3 and 0.5).

Every row carries the moment it was told; what happens to it later (paid, answered, withdrawn) is a moment too, so that
a fact as of a day can leave out what came after it.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text

from persistence.tables.metadata import CUSTOMER, KEY, METADATA, NAME
from persistence.types import Money, UtcDateTime, document


def _owner(*, key: bool = False) -> Column[str]:
    return Column("customer", CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=key, nullable=False)


source_report = Table(
    "source_report",
    METADATA,
    _owner(key=True),
    Column("feed", NAME, primary_key=True, comment="models.facts.Feed"),
    Column("at", UtcDateTime, primary_key=True, comment="The source said that all it knew by then has been told."),
)

plan_feature = Table(
    "plan_feature",
    METADATA,
    Column("plan", NAME, primary_key=True),
    Column("feature", String(200), primary_key=True),
    Column("since", Date, nullable=False),
    Column("until", Date, comment="First day on which the plan no longer has it."),
)

conversation_day = Table(
    "conversation_day",
    METADATA,
    _owner(key=True),
    Column("day", Date, primary_key=True),
    Column("handled", Integer, nullable=False),
    Column("automated", Integer, comment="Of these, resolved without a person; NULL: not told."),
    Column("response_seconds", BigInteger, comment="Sum over those handled; NULL: not told."),
    Column("stated_at", UtcDateTime),
    Column("stated_by", Text),
)

limit_usage = Table(
    "limit_usage",
    METADATA,
    _owner(key=True),
    Column("name", NAME, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("used", BigInteger, nullable=False),
    Column("allowed", BigInteger, comment="NULL: unlimited."),
    Index(None, "customer", "at"),
)

blocked_attempt = Table(
    "blocked_attempt",
    METADATA,
    _owner(key=True),
    Column("key", KEY, primary_key=True),
    Column("feature", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "customer", "at"),
)

seat_count = Table(
    "seat_count",
    METADATA,
    _owner(key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("seats", Integer, nullable=False),
)

competitor_mention = Table(
    "competitor_mention",
    METADATA,
    _owner(key=True),
    Column("key", KEY, primary_key=True),
    Column("ticket", String(128)),
    Column("name", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False, comment="When the ticket was tagged or matched."),
    Index(None, "customer", "at"),
)

survey_send = Table(
    "survey_send",
    METADATA,
    Column("id", String(128), primary_key=True),
    _owner(),
    Column("kind", NAME, nullable=False),
    Column("trigger", NAME, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("reminded_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Index(None, "customer", "sent_at"),
)

survey_response = Table(
    "survey_response",
    METADATA,
    Column("id", String(128), primary_key=True),
    _owner(),
    Column("survey", String(128), comment="survey_send.id, where it is known."),
    Column("kind", NAME, nullable=False),
    Column("score", Integer, nullable=False),
    Column("feedback", Text, nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("themes", document(), nullable=False),
    Column("suspected_injection", Boolean, nullable=False),
    Column("followed_up", Boolean, nullable=False),
    Column("follow_up_date", UtcDateTime),
    Column("follow_up_notes", Text, nullable=False),
    Column("respondent", Text, comment="Who of the account answered; NULL: not told."),
    Column("late", Boolean, comment="After its survey closed."),
    Column("lexicon_version", Integer),
    Index(None, "customer", "submitted_at"),
)

meeting = Table(
    "meeting",
    METADATA,
    Column("id", String(128), primary_key=True),
    _owner(),
    Column("kind", NAME, nullable=False),
    Column("booked_at", UtcDateTime, nullable=False),
    Column("scheduled_at", UtcDateTime, nullable=False),
    Column("cancelled_at", UtcDateTime),
    Column("attended", Boolean),
    Column("told_at", UtcDateTime, comment="When it was told whether they attended."),
    Column("told_by", Text),
    Column("stated_at", UtcDateTime),
    Column("stated_by", Text),
    Index(None, "customer", "scheduled_at"),
)

ticket_severity = Table(
    "ticket_severity",
    METADATA,
    _owner(),
    Column("ticket", String(128), primary_key=True),
    Column("at", UtcDateTime, primary_key=True, comment="From when on; before the first, ticket.severity."),
    Column("key", KEY, primary_key=True),
    Column("severity", NAME, nullable=False),
    Index(None, "customer", "ticket", "at"),
)

message_news = Table(
    "message_news",
    METADATA,
    _owner(key=True),
    Column("key", KEY, primary_key=True),
    Column("message_id", String(255), nullable=False),
    Column("kind", NAME, nullable=False, comment="delivered, opened, clicked, bounced"),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "message_id"),
)

renewal_word = Table(
    "renewal_word",
    METADATA,
    _owner(key=True),
    Column("term_end", Date, primary_key=True),
    Column("at", UtcDateTime, primary_key=True, comment="The latest word on a term counts."),
    Column("key", KEY, primary_key=True),
    Column("status", NAME, nullable=False, comment="models.stages.RenewalStatus"),
)

outreach_message = Table(
    "outreach_message",
    METADATA,
    Column("id", String(128), primary_key=True),
    _owner(),
    Column("channel", NAME, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("stated_at", UtcDateTime),
    Column("stated_by", Text),
    Index(None, "customer", "sent_at"),
)

invoice = Table(
    "invoice",
    METADATA,
    Column("id", String(128), primary_key=True),
    _owner(),
    Column("amount", Money),
    Column("currency", String(3)),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("failed_at", UtcDateTime, comment="First failed attempt."),
    Column("paid_at", UtcDateTime),
    Column("voided_at", UtcDateTime),
    Column("stated_at", UtcDateTime),
    Column("stated_by", Text),
    Index(None, "customer", "issued_at"),
)

growth_potential = Table(
    "growth_potential",
    METADATA,
    _owner(key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("value", Float, nullable=False, comment="0..1"),
    Column("actor", Text, nullable=False),
)

cancellation_request = Table(
    "cancellation_request",
    METADATA,
    Column("id", String(128), primary_key=True),
    _owner(),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime, comment="Withdrawn, or carried out."),
    Column("reason", NAME),
    Column("effective_at", UtcDateTime),
    Column("stated_at", UtcDateTime),
    Column("stated_by", Text),
    Index(None, "customer", "requested_at"),
)

computed_metric = Table(
    "computed_metric",
    METADATA,
    _owner(key=True),
    Column("name", NAME, primary_key=True, comment="A fact of the catalogue whose source is 'computed'."),
    Column("at", UtcDateTime, primary_key=True, comment="As of when it was computed."),
    Column("number", Float, comment="NULL: unknown, or not a number; a flag is 0 or 1."),
    Column("word", NAME),
)
