"""Interventions, answers of people, plays that did not start, mail to our own people (sections 0.5 and 7.3)."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text

from persistence.tables.metadata import CUSTOMER, KEY, METADATA, NAME
from persistence.types import UtcDateTime, document

intervention = Table(
    "intervention",
    METADATA,
    Column("workflow_id", KEY, primary_key=True),
    Column("customer", CUSTOMER, nullable=False),
    Column("signal", NAME, nullable=False),
    Column("playbook", NAME, nullable=False),
    Column("severity", NAME, nullable=False),
    Column("status", NAME, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due_at", UtcDateTime),
    Column("escalation_level", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("closed_at", UtcDateTime),
    Index(None, "customer", "signal", "started_at"),
    Index(None, "status", "due_at"),
)

run_outcome = Table(
    "run_outcome",
    METADATA,
    Column("request_id", KEY, primary_key=True),
    Column("workflow_id", KEY, nullable=False),
    Column("customer", CUSTOMER, nullable=False),
    Column("playbook", NAME, nullable=False),
    Column("step_id", NAME, nullable=False),
    Column("task_key", KEY, nullable=False),
    Column("outcome", NAME, nullable=False),
    Column("by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "customer", "at"),
    Index(None, "workflow_id"),
)

run_pause = Table(
    "run_pause",
    METADATA,
    Column("workflow_id", KEY, primary_key=True),
    Column("pattern", NAME, primary_key=True, comment="Playbook, or group.*, that reaches nobody meanwhile."),
    Column("customer", CUSTOMER, nullable=False),
    Column("playbook", NAME, nullable=False),
    Index(None, "customer"),
)

run_declined = Table(
    "run_declined",
    METADATA,
    Column("customer", CUSTOMER, primary_key=True),
    Column("playbook", NAME, primary_key=True),
    Column("cause", KEY, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("held", Boolean, nullable=False, comment="Tried again when the play that holds it has ended."),
    Column("occurrence", document(), comment="What it would start from."),
    Index(None, "customer", "held"),
)

internal_mail = Table(
    "internal_mail",
    METADATA,
    Column("key", KEY, primary_key=True),
    Column("customer", CUSTOMER, nullable=False),
    Column("workflow_id", KEY, nullable=False),
    Column("role", NAME, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("status", NAME, nullable=False),
    Column("resent", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("response", Text, nullable=False),
    Index(None, "customer", "created_at"),
)
