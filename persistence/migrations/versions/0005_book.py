"""The imported book of business."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_table(
        "account",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("signup_date", sa.Date(), nullable=True),
        sa.Column("referral_source", sa.Text(), nullable=True),
        sa.Column("is_trial", sa.Boolean(), nullable=True),
        sa.Column("churned", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name=op.f("fk_account_customer"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer", name=op.f("pk_account")),
    )
    op.create_table(
        "churn_event",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("refund", sa.String(40).with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("after_upgrade", sa.Boolean(), nullable=True),
        sa.Column("after_downgrade", sa.Boolean(), nullable=True),
        sa.Column("reactivation", sa.Boolean(), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_churn_event_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_churn_event")),
    )
    op.create_index(op.f("ix_churn_event_customer_day"), "churn_event", ["customer", "day"], unique=False)
    op.create_table(
        "import_refusal",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch", sa.String(length=80), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch"], ["import_batch.id"], name=op.f("fk_import_refusal_batch"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_import_refusal")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_import_refusal_batch"), "import_refusal", ["batch"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("started", sa.Date(), nullable=False),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.Column("plan", sa.String(length=200), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("mrr", sa.String(40).with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("is_trial", sa.Boolean(), nullable=True),
        sa.Column("upgraded", sa.Boolean(), nullable=True),
        sa.Column("downgraded", sa.Boolean(), nullable=True),
        sa.Column("churned", sa.Boolean(), nullable=True),
        sa.Column("billing", sa.String(length=200), nullable=True),
        sa.Column("auto_renew", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_subscription_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
    )
    op.create_index(op.f("ix_subscription_customer_started"), "subscription", ["customer", "started"], unique=False)
    op.create_table(
        "ticket",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("severity", sa.String(length=200), nullable=True),
        sa.Column("first_response_minutes", sa.Integer(), nullable=True),
        sa.Column("csat", sa.Integer(), nullable=True),
        sa.Column("escalated", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name=op.f("fk_ticket_customer"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
    )
    op.create_index(op.f("ix_ticket_customer_opened"), "ticket", ["customer", "opened"], unique=False)
    op.create_table(
        "usage_event",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("subscription", sa.String(length=128), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("feature", sa.String(length=200), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.Column("errors", sa.Integer(), nullable=True),
        sa.Column("is_beta", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_usage_event_customer"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subscription"], ["subscription.id"], name=op.f("fk_usage_event_subscription"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", "subscription", "day", "feature", name=op.f("pk_usage_event")),
    )
    op.create_index(op.f("ix_usage_event_customer_day"), "usage_event", ["customer", "day"], unique=False)
    op.create_index(op.f("ix_usage_event_subscription"), "usage_event", ["subscription"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_usage_event_subscription"), table_name="usage_event")
    op.drop_index(op.f("ix_usage_event_customer_day"), table_name="usage_event")
    op.drop_table("usage_event")
    op.drop_index(op.f("ix_ticket_customer_opened"), table_name="ticket")
    op.drop_table("ticket")
    op.drop_index(op.f("ix_subscription_customer_started"), table_name="subscription")
    op.drop_table("subscription")
    op.drop_index(op.f("ix_import_refusal_batch"), table_name="import_refusal")
    op.drop_table("import_refusal")
    op.drop_index(op.f("ix_churn_event_customer_day"), table_name="churn_event")
    op.drop_table("churn_event")
    op.drop_table("account")
    op.drop_table("import_batch")
