"""Runs, onboardings, effects."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "awaiting",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False, comment="kind, or kind:subject"),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer", "kind", "workflow_id", name=op.f("pk_awaiting")),
    )
    op.create_index(op.f("ix_awaiting_workflow_id"), "awaiting", ["workflow_id"], unique=False)
    op.create_table(
        "effect",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_effect")),
    )
    op.create_index(op.f("ix_effect_workflow_id"), "effect", ["workflow_id"], unique=False)
    op.create_table(
        "run",
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("playbook", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=128), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workflow_id", name=op.f("pk_run")),
    )
    op.create_index(op.f("ix_run_customer_started"), "run", ["customer", "started"], unique=False)
    op.create_index(op.f("ix_run_status_customer"), "run", ["status", "customer"], unique=False)
    op.create_table(
        "run_occurrence",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("playbook", sa.String(length=200), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer", "playbook", "cause", name=op.f("pk_run_occurrence")),
        sa.UniqueConstraint("customer", "playbook", "n", name=op.f("uq_run_occurrence_customer_playbook_n")),
    )
    op.create_table(
        "customer_onboarding",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("program", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_steps", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("current_step", sa.String(length=200), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("milestones", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("late", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("blockers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("last_progress", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_value", sa.DateTime(timezone=True), nullable=True),
        sa.Column("time_to_first_value", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_customer_onboarding_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "cycle", name=op.f("pk_customer_onboarding")),
    )
    op.create_table(
        "onboarding_progress",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="last_progress of the record: one row for each step done",
        ),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_onboarding_progress_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "cycle", "at", name=op.f("pk_onboarding_progress")),
    )
    op.create_table(
        "run_step",
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("step_id", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["run.workflow_id"], name=op.f("fk_run_step_workflow_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workflow_id", "step_id", name=op.f("pk_run_step")),
    )


def downgrade() -> None:
    op.drop_table("run_step")
    op.drop_table("onboarding_progress")
    op.drop_table("customer_onboarding")
    op.drop_table("run_occurrence")
    op.drop_index(op.f("ix_run_status_customer"), table_name="run")
    op.drop_index(op.f("ix_run_customer_started"), table_name="run")
    op.drop_table("run")
    op.drop_index(op.f("ix_effect_workflow_id"), table_name="effect")
    op.drop_table("effect")
    op.drop_index(op.f("ix_awaiting_workflow_id"), table_name="awaiting")
    op.drop_table("awaiting")
