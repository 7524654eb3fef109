"""Where the rows of each feed are, and the column that says of when (or of which day) they are."""

from sqlalchemy import ColumnElement, Table

from models.facts import Feed
from persistence.tables import book, customers, measures

FEEDS: dict[Feed, tuple[Table, str] | tuple[Table, str, ColumnElement[bool]]] = {
    Feed.LOGINS: (customers.login, "at"),
    Feed.USERS: (customers.login, "at", customers.login.c.user_id.is_not(None)),
    Feed.USAGE: (book.usage_event, "day"),
    Feed.CONVERSATIONS: (measures.conversation_day, "day"),
    Feed.LIMITS: (measures.limit_usage, "at"),
    Feed.BLOCKED: (measures.blocked_attempt, "at"),
    Feed.SEATS: (measures.seat_count, "at"),
    Feed.TICKETS: (book.ticket, "opened"),
    Feed.TICKET_TEXT: (measures.competitor_mention, "at"),
    Feed.SURVEYS: (measures.survey_response, "submitted_at"),
    Feed.MEETINGS: (measures.meeting, "booked_at"),
    Feed.OUTREACH: (measures.outreach_message, "sent_at"),
    Feed.INVOICES: (measures.invoice, "issued_at"),
    Feed.CANCELLATIONS: (measures.cancellation_request, "requested_at"),
}
"""A third member narrows the rows that count as a report of the feed."""
