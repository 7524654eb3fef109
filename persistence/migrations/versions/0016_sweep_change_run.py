"""Which run of a day's sweep changed what: a second run of a day tells only what it changed itself."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("DELETE FROM sweep_change")  # nothing has swept yet
    with op.batch_alter_table("sweep_change", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("run", sa.Text(), nullable=False, comment="sweep.claimed_by of the run that changed it.")
        )


def downgrade() -> None:
    with op.batch_alter_table("sweep_change", schema=None) as batch_op:
        batch_op.drop_column("run")
