"""When the next call to an outside system may begin."""

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vendor_rate",
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column(
            "next_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Real time: the next call may begin then.",
        ),
        sa.PrimaryKeyConstraint("system", name=op.f("pk_vendor_rate")),
    )


def downgrade() -> None:
    op.drop_table("vendor_rate")
