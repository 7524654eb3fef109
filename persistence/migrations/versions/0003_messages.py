"""Messages, webhooks, the mail catcher."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "caught_mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("envelope_from", sa.Text(), nullable=False),
        sa.Column("envelope_to", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caught_mail")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_caught_mail_message_id"), "caught_mail", ["message_id"], unique=False)
    op.create_table(
        "communication",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("template", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("message_class", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resent", sa.Boolean(), nullable=False),
        sa.Column("provider_response", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_communication")),
        sa.UniqueConstraint("message_id", name=op.f("uq_communication_message_id")),
    )
    op.create_index(
        op.f("ix_communication_customer_created_at"), "communication", ["customer", "created_at"], unique=False
    )
    op.create_index(op.f("ix_communication_status_created_at"), "communication", ["status", "created_at"], unique=False)
    op.create_table(
        "suppression",
        sa.Column("address", sa.String(length=254), nullable=False, comment="Lower case."),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_suppression")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("workflow", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_webhook_delivery_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_webhook_delivery_customer_id"), "webhook_delivery", ["customer", "id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_webhook_delivery_customer_id"), table_name="webhook_delivery")
    op.drop_table("webhook_delivery")
    op.drop_table("suppression")
    op.drop_index(op.f("ix_communication_status_created_at"), table_name="communication")
    op.drop_index(op.f("ix_communication_customer_created_at"), table_name="communication")
    op.drop_table("communication")
    op.drop_index(op.f("ix_caught_mail_message_id"), table_name="caught_mail")
    op.drop_table("caught_mail")
