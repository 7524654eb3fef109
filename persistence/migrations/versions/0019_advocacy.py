"""What advocates did and were given, and whom they referred."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _customer(name: str, table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    column = sa.Column(name, sa.String(length=128), nullable=False)
    return column, sa.ForeignKeyConstraint([name], ["customer.id"], name=op.f(f"fk_{table}_{name}"), ondelete="CASCADE")


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "advocacy_claim",
        sa.Column("key", sa.Text(), nullable=False),
        *_customer("customer", "advocacy_claim"),
        sa.Column("activity", sa.String(length=200), nullable=False),
        sa.Column(
            "subject",
            sa.Text(),
            nullable=False,
            comment="The referred customer or the event; empty: once per customer.",
        ),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        _moment("claimed_at", nullable=False),
        _moment("closed_at"),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_advocacy_claim")),
    )
    op.create_index(op.f("ix_advocacy_claim_customer_claimed_at"), "advocacy_claim", ["customer", "claimed_at"])
    op.create_table(
        "reward_redemption",
        sa.Column("key", sa.Text(), nullable=False),
        *_customer("customer", "reward_redemption"),
        sa.Column("reward", sa.String(length=200), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        _moment("requested_at", nullable=False),
        _moment("decided_at"),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reward_redemption")),
    )
    op.create_index(
        op.f("ix_reward_redemption_customer_requested_at"), "reward_redemption", ["customer", "requested_at"]
    )
    op.create_table(
        "referral",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        *_customer("referrer", "referral"),
        sa.Column("referred_email", sa.String(length=254), nullable=False, comment="Normalised; emptied on request."),
        sa.Column("referred_name", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False, comment="The prospect agreed to be mailed."),
        _moment("created_at", nullable=False),
        _moment("trial_started_at"),
        _moment("converted_at"),
        _moment("rewarded_at"),
        _moment("closed_at"),
        sa.Column("referred_customer", sa.String(length=128), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("code", name=op.f("uq_referral_code")),
    )
    op.create_index(op.f("ix_referral_referrer_created_at"), "referral", ["referrer", "created_at"])
    op.create_index(op.f("ix_referral_referred_email"), "referral", ["referred_email"])
    op.create_index(op.f("ix_referral_status_created_at"), "referral", ["status", "created_at"])


def downgrade() -> None:
    for table in ("referral", "reward_redemption", "advocacy_claim"):
        op.drop_table(table)
