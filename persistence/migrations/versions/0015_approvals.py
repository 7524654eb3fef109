"""Requests for approval."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False, comment="Empty: of no single customer."),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False, comment="Who may decide."),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_approval")),
        sa.UniqueConstraint("key", name=op.f("uq_approval_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_approval_customer_number"), "approval", ["customer", "number"], unique=False)
    op.create_index(op.f("ix_approval_status_number"), "approval", ["status", "number"], unique=False)


def downgrade() -> None:
    op.drop_table("approval")
