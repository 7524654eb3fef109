"""Deals of the CRM and drafts that people approve."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "deal",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="End of the term, or key of the opportunity."),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column(
            "amount",
            sa.String(40).with_variant(sa.Numeric(), "postgresql"),
            nullable=True,
            comment="A month; NULL: not known.",
        ),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column(
            "likelihood",
            sa.String(length=200),
            nullable=True,
            comment="green, amber or red: a class, no probability.",
        ),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name=op.f("fk_deal_customer"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_deal")),
        sa.UniqueConstraint("customer", "kind", "subject", name=op.f("uq_deal_customer_kind_subject")),
    )
    op.create_index(op.f("ix_deal_status_kind"), "deal", ["status", "kind"], unique=False)
    op.create_table(
        "draft",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name=op.f("fk_draft_customer"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_draft")),
        sa.UniqueConstraint("customer", "kind", "subject", name=op.f("uq_draft_customer_kind_subject")),
    )


def downgrade() -> None:
    op.drop_table("draft")
    op.drop_index(op.f("ix_deal_status_kind"), table_name="deal")
    op.drop_table("deal")
