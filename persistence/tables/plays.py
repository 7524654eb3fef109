"""Runs of playbooks and onboardings, as people read them, and the results of effects (section 0.5 of the domain)."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from persistence.tables.metadata import CUSTOMER, KEY, METADATA, NAME
from persistence.types import Duration, UtcDateTime, document

run = Table(
    "run",
    METADATA,
    Column("workflow_id", KEY, primary_key=True),
    Column("customer", CUSTOMER, nullable=False),
    Column("process", NAME, nullable=False),
    Column("playbook", NAME, nullable=False),
    Column("version", Integer, nullable=False),
    Column("fingerprint", String(128), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("status", NAME, nullable=False),
    Column("reason", Text, nullable=False),
    Column("started", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
    Index(None, "customer", "started"),
    Index(None, "status", "customer"),
)

run_step = Table(
    "run_step",
    METADATA,
    Column("workflow_id", KEY, ForeignKey("run.workflow_id", ondelete="CASCADE"), primary_key=True),
    Column("step_id", NAME, primary_key=True),
    Column("status", NAME, nullable=False),
    Column("result", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("due", UtcDateTime),
    Column("ended", UtcDateTime),
)

run_occurrence = Table(
    "run_occurrence",
    METADATA,
    Column("customer", CUSTOMER, primary_key=True),
    Column("playbook", NAME, primary_key=True),
    Column("cause", KEY, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("workflow_id", KEY, nullable=False),
    UniqueConstraint("customer", "playbook", "n"),
)

awaiting = Table(
    "awaiting",
    METADATA,
    Column("customer", CUSTOMER, primary_key=True),
    Column("kind", String(200), primary_key=True, comment="kind, or kind:subject"),
    Column("workflow_id", KEY, primary_key=True),
    Index(None, "workflow_id"),
)

effect = Table(
    "effect",
    METADATA,
    Column("key", KEY, primary_key=True),
    Column("workflow_id", KEY, nullable=False),
    Column("status", NAME, nullable=False),
    Column("result", document(), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "workflow_id"),
)

customer_onboarding = Table(
    "customer_onboarding",
    METADATA,
    Column("customer", CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("cycle", Integer, primary_key=True),
    Column("program", NAME, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", NAME, nullable=False),
    Column("started", UtcDateTime, nullable=False),
    Column("completed_steps", document(), nullable=False),
    Column("current_step", NAME),
    Column("progress", Integer, nullable=False),
    Column("milestones", document(), nullable=False),
    Column("late", document(), nullable=False),
    Column("blockers", document(), nullable=False),
    Column("last_progress", UtcDateTime, nullable=False),
    Column("finished", UtcDateTime),
    Column("first_value", UtcDateTime),
    Column("time_to_first_value", Duration),
)

onboarding_progress = Table(
    "onboarding_progress",
    METADATA,
    Column("customer", CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("cycle", Integer, primary_key=True),
    Column("at", UtcDateTime, primary_key=True, comment="last_progress of the record: one row for each step done"),
    Column("progress", Integer, nullable=False),
    Column("status", NAME, nullable=False),
)
