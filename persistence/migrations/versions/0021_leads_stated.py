"""Which event said how many leads were captured on a day."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("lead_day", sa.Column("stated_at", sa.DateTime(timezone=True)))
    op.add_column("lead_day", sa.Column("stated_by", sa.Text()))


def downgrade() -> None:
    with op.batch_alter_table("lead_day") as batch:
        batch.drop_column("stated_by")
        batch.drop_column("stated_at")
