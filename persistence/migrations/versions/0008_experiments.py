"""Arms of experiments."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("experiment", sa.String(length=200), nullable=False),
        sa.Column("playbook", sa.String(length=200), nullable=False),
        sa.Column("arm", sa.String(length=200), nullable=False),
        sa.Column("fraction", sa.Float(), nullable=False, comment="Held out at the time of the draw."),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("customer", "experiment", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_experiment_at"), "assignment", ["experiment", "at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_assignment_experiment_at"), table_name="assignment")
    op.drop_table("assignment")
