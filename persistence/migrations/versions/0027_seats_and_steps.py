"""How many seats an opportunity adds; the onboarding steps of a trial found by customer."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_STEPS = sa.text("type = 'onboarding_step_completed'")


def upgrade() -> None:
    op.add_column(
        "expansion_opportunity",
        sa.Column("seats", sa.Integer(), nullable=True, comment="How many it adds; NULL: none, or unknown."),
    )
    op.create_index("ix_inbox_steps", "inbox", ["customer"], sqlite_where=_STEPS, postgresql_where=_STEPS)


def downgrade() -> None:
    op.drop_index("ix_inbox_steps", table_name="inbox")
    op.drop_column("expansion_opportunity", "seats")
