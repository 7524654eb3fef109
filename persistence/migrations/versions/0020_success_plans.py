"""Success plans whole, and their reviews."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ADDED: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("milestones", sa.JSON()),
    ("stakeholders", sa.JSON()),
    ("business_context", sa.JSON()),
    ("review_cadence", sa.String(length=200)),
    ("next_review", sa.Date()),
    ("updated_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    for name, kind in _ADDED:
        op.add_column("success_plan", sa.Column(name, kind, nullable=True))
    op.create_index(op.f("ix_success_plan_status_next_review"), "success_plan", ["status", "next_review"])
    op.create_table(
        "success_plan_review",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("due", sa.Date(), nullable=False, comment="The day on which it was due."),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer", "due", name=op.f("pk_success_plan_review")),
    )


def downgrade() -> None:
    op.drop_table("success_plan_review")
    op.drop_index(op.f("ix_success_plan_status_next_review"), table_name="success_plan")
    for name, _ in reversed(_ADDED):
        op.drop_column("success_plan", name)
