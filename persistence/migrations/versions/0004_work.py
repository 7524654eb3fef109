"""What our own people see and do."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "blocker",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "cleared", sa.Boolean(), nullable=False, comment="Kept, so that a retry does not bring a cleared one back."
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_blocker")),
    )
    op.create_index(op.f("ix_blocker_customer_cleared"), "blocker", ["customer", "cleared"], unique=False)
    op.create_table(
        "csm_task",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("priority", sa.String(length=200), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_csm_task")),
    )
    op.create_index(op.f("ix_csm_task_customer_due"), "csm_task", ["customer", "due"], unique=False)
    op.create_index(op.f("ix_csm_task_status_due"), "csm_task", ["status", "due"], unique=False)
    op.create_table(
        "in_app_notice",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_in_app_notice")),
    )
    op.create_index(op.f("ix_in_app_notice_customer_at"), "in_app_notice", ["customer", "at"], unique=False)
    op.create_table(
        "meeting_proposal",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("meeting", sa.String(length=200), nullable=False),
        sa.Column("calendar_link", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meeting_proposal")),
    )
    op.create_index(op.f("ix_meeting_proposal_customer_at"), "meeting_proposal", ["customer", "at"], unique=False)
    op.create_table(
        "notice",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_customer_at"), "notice", ["customer", "at"], unique=False)
    op.create_table(
        "success_plan",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("program", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("criteria", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("initiatives", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_success_plan")),
        sa.UniqueConstraint("customer", name=op.f("uq_success_plan_customer")),
    )


def downgrade() -> None:
    op.drop_table("success_plan")
    op.drop_index(op.f("ix_notice_customer_at"), table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_meeting_proposal_customer_at"), table_name="meeting_proposal")
    op.drop_table("meeting_proposal")
    op.drop_index(op.f("ix_in_app_notice_customer_at"), table_name="in_app_notice")
    op.drop_table("in_app_notice")
    op.drop_index(op.f("ix_csm_task_status_due"), table_name="csm_task")
    op.drop_index(op.f("ix_csm_task_customer_due"), table_name="csm_task")
    op.drop_table("csm_task")
    op.drop_index(op.f("ix_blocker_customer_cleared"), table_name="blocker")
    op.drop_table("blocker")
