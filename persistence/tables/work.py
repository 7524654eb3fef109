"""What our own people see and do: tasks, notices, proposals, blockers, plans (section 0.5 of the domain)."""

from sqlalchemy import Boolean, Column, Date, Index, Table, Text, UniqueConstraint

from persistence.tables.metadata import CUSTOMER, KEY, METADATA, NAME
from persistence.types import UtcDateTime, document

csm_task = Table(
    "csm_task",
    METADATA,
    Column("key", KEY, primary_key=True),
    Column("customer", CUSTOMER, nullable=False),
    Column("workflow_id", KEY, nullable=False),
    Column("type", NAME, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("priority", NAME, nullable=False),
    Column("assignee", Text, nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("status", NAME, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("owner_role", NAME, nullable=False, server_default="csm"),
    Column("step_id", NAME, nullable=False, server_default=""),
    Column("outcomes", document(), nullable=False, server_default="[]"),
    Column("checklist", document(), nullable=False, server_default="[]"),
    Column("snoozed_until", UtcDateTime),
    Column("snooze_reason", Text, nullable=False, server_default=""),
    Column("outcome", NAME, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("closed_by", Text, nullable=False, server_default=""),
    Column("closed_at", UtcDateTime),
    Index(None, "customer", "due"),
    Index(None, "status", "due"),
)

notice = Table(
    "notice",
    METADATA,
    Column("key", KEY, primary_key=True),
    Column("customer", CUSTOMER, nullable=False),
    Column("workflow_id", KEY, nullable=False),
    Column("role", NAME, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("severity", NAME, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "customer", "at"),
)

meeting_proposal = Table(
    "meeting_proposal",
    METADATA,
    Column("key", KEY, primary_key=True),
    Column("customer", CUSTOMER, nullable=False),
    Column("workflow_id", KEY, nullable=False),
    Column("meeting", NAME, nullable=False),
    Column("calendar_link", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("due", UtcDateTime),
    Index(None, "customer", "at"),
)

in_app_notice = Table(
    "in_app_notice",
    METADATA,
    Column("key", KEY, primary_key=True),
    Column("customer", CUSTOMER, nullable=False),
    Column("type", NAME, nullable=False),
    Column("title", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("shown_at", UtcDateTime),
    Index(None, "customer", "at"),
)

blocker = Table(
    "blocker",
    METADATA,
    Column("key", KEY, primary_key=True),
    Column("customer", CUSTOMER, nullable=False),
    Column("name", NAME, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("cleared", Boolean, nullable=False, comment="Kept, so that a retry does not bring a cleared one back."),
    Index(None, "customer", "cleared"),
)

success_plan = Table(
    "success_plan",
    METADATA,
    Column("key", KEY, primary_key=True),
    Column("customer", CUSTOMER, nullable=False),
    Column("program", NAME, nullable=False),
    Column("status", NAME, nullable=False),
    Column("criteria", document(), nullable=False),
    Column("initiatives", document(), nullable=False),
    Column("milestones", document()),
    Column("stakeholders", document()),
    Column("business_context", document()),
    Column("review_cadence", NAME),
    Column("next_review", Date),
    Column("at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime),
    UniqueConstraint("customer"),
    Index(None, "status", "next_review"),
)

success_plan_review = Table(
    "success_plan_review",
    METADATA,
    Column("customer", CUSTOMER, primary_key=True),
    Column("due", Date, primary_key=True, comment="The day on which it was due."),
    Column("held_at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("notes", Text, nullable=False),
)

checklist_attestation = Table(
    "checklist_attestation",
    METADATA,
    Column("customer", CUSTOMER, primary_key=True),
    Column("item", NAME, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("by", Text, nullable=False),
    Column("note", Text, nullable=False),
)
