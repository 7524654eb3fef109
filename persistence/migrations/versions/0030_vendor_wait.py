"""Which steps of plays wait for which outside system."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "vendor_wait",
        sa.Column("key", sa.Text(), nullable=False, comment="Effect key of the step that waits."),
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("step_id", sa.String(length=200), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False, comment="Real time."),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_vendor_wait")),
    )
    op.create_index(op.f("ix_vendor_wait_system"), "vendor_wait", ["system"])


def downgrade() -> None:
    op.drop_index(op.f("ix_vendor_wait_system"), table_name="vendor_wait")
    op.drop_table("vendor_wait")
