"""The outbox of the outside systems, and their circuits."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "vendor_circuit",
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True, comment="Real time."),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True, comment="Real time."),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="Raised by every change: two workers never both probe.",
        ),
        sa.PrimaryKeyConstraint("system", name=op.f("pk_vendor_circuit")),
    )
    op.create_table(
        "vendor_delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("operation", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=False, comment="Real time."),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("resent", sa.Boolean(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_vendor_delivery_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_vendor_delivery_customer_id"), "vendor_delivery", ["customer", "id"], unique=False)
    op.create_index("ix_vendor_delivery_status", "vendor_delivery", ["status", "system"], unique=False)
    waiting = sa.text("status IN ('pending', 'sending')")
    op.create_index(
        "ix_vendor_delivery_due",
        "vendor_delivery",
        ["system", "next_try"],
        unique=False,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    op.drop_index("ix_vendor_delivery_due", table_name="vendor_delivery")
    op.drop_index("ix_vendor_delivery_status", table_name="vendor_delivery")
    op.drop_index(op.f("ix_vendor_delivery_customer_id"), table_name="vendor_delivery")
    op.drop_table("vendor_delivery")
    op.drop_table("vendor_circuit")
