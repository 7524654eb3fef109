"""What people are asked and what they answer; plays that give way; mail to our own people."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:

    op.create_table(
        "internal_mail",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("resent", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("response", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_internal_mail")),
    )
    with op.batch_alter_table("internal_mail", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_internal_mail_customer_created_at"), ["customer", "created_at"], unique=False
        )

    op.create_table(
        "intervention",
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("signal", sa.String(length=200), nullable=False),
        sa.Column("playbook", sa.String(length=200), nullable=False),
        sa.Column("severity", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalation_level", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workflow_id", name=op.f("pk_intervention")),
    )
    with op.batch_alter_table("intervention", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_intervention_customer_signal_started_at"), ["customer", "signal", "started_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_intervention_status_due_at"), ["status", "due_at"], unique=False)

    op.create_table(
        "run_declined",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("playbook", sa.String(length=200), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False, comment="Tried again when the play that holds it has ended."),
        sa.Column("occurrence", sa.JSON(none_as_null=True), nullable=True, comment="What it would start from."),
        sa.PrimaryKeyConstraint("customer", "playbook", "cause", name=op.f("pk_run_declined")),
    )
    with op.batch_alter_table("run_declined", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_declined_customer_held"), ["customer", "held"], unique=False)

    op.create_table(
        "run_outcome",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("playbook", sa.String(length=200), nullable=False),
        sa.Column("step_id", sa.String(length=200), nullable=False),
        sa.Column("task_key", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=200), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_run_outcome")),
    )
    with op.batch_alter_table("run_outcome", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_outcome_customer_at"), ["customer", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_outcome_workflow_id"), ["workflow_id"], unique=False)

    op.create_table(
        "run_pause",
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column(
            "pattern",
            sa.String(length=200),
            nullable=False,
            comment="Playbook, or group.*, that reaches nobody meanwhile.",
        ),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("playbook", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("workflow_id", "pattern", name=op.f("pk_run_pause")),
    )
    with op.batch_alter_table("run_pause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_pause_customer"), ["customer"], unique=False)

    with op.batch_alter_table("csm_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_role", sa.String(length=200), server_default="csm", nullable=False))
        batch_op.add_column(sa.Column("step_id", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("outcomes", sa.JSON(none_as_null=True), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("checklist", sa.JSON(none_as_null=True), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("snooze_reason", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("outcome", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("note", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("closed_by", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:

    with op.batch_alter_table("csm_task", schema=None) as batch_op:
        batch_op.drop_column("closed_at")
        batch_op.drop_column("closed_by")
        batch_op.drop_column("note")
        batch_op.drop_column("outcome")
        batch_op.drop_column("snooze_reason")
        batch_op.drop_column("snoozed_until")
        batch_op.drop_column("checklist")
        batch_op.drop_column("outcomes")
        batch_op.drop_column("step_id")
        batch_op.drop_column("owner_role")

    with op.batch_alter_table("run_pause", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_pause_customer"))

    op.drop_table("run_pause")
    with op.batch_alter_table("run_outcome", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_outcome_workflow_id"))
        batch_op.drop_index(batch_op.f("ix_run_outcome_customer_at"))

    op.drop_table("run_outcome")
    with op.batch_alter_table("run_declined", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_declined_customer_held"))

    op.drop_table("run_declined")
    with op.batch_alter_table("intervention", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intervention_status_due_at"))
        batch_op.drop_index(batch_op.f("ix_intervention_customer_signal_started_at"))

    op.drop_table("intervention")
    with op.batch_alter_table("internal_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_internal_mail_customer_created_at"))

    op.drop_table("internal_mail")
