"""Quarterly reviews, the numbers agreed for them, leads captured."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MONEY = sa.String(length=40).with_variant(sa.Numeric(), "postgresql")


def _customer() -> sa.Column[str]:
    return sa.Column("customer", sa.String(length=128), nullable=False)


def _erased(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["customer"], ["customer.id"], name=op.f(f"fk_{table}_customer_customer"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "qbr",
        sa.Column("id", sa.String(length=80), nullable=False),
        _customer(),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("agenda", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("generated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        _erased("qbr"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qbr")),
        sa.UniqueConstraint("customer", "quarter", name=op.f("uq_qbr_customer_quarter")),
    )
    op.create_table(
        "agreed_input",
        _customer(),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", MONEY, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        _erased("agreed_input"),
        sa.PrimaryKeyConstraint("customer", "name", "at", name=op.f("pk_agreed_input")),
    )
    op.create_table(
        "lead_day",
        _customer(),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("captured", sa.Integer(), nullable=False),
        _erased("lead_day"),
        sa.PrimaryKeyConstraint("customer", "day", name=op.f("pk_lead_day")),
    )


def downgrade() -> None:
    op.drop_table("lead_day")
    op.drop_table("agreed_input")
    op.drop_table("qbr")
