"""Which roles our people have, and whether only the role that is asked decides a request."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("csm", sa.Column("roles", sa.JSON(none_as_null=True), nullable=False, server_default="[]"))
    op.add_column(
        "approval",
        sa.Column(
            "only",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="Nobody else decides, but who is above.",
        ),
    )


def downgrade() -> None:
    op.drop_column("approval", "only")
    op.drop_column("csm", "roles")
