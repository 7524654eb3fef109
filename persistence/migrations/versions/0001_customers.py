"""Customers, their managers, stages and logins."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "csm",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("calendar_link", sa.Text(), nullable=False),
        sa.Column("manager_id", sa.String(length=200), nullable=True),
        sa.Column("segments", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_csm")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("plan", sa.String(length=200), nullable=True),
        sa.Column("segment", sa.String(length=200), nullable=True),
        sa.Column("mrr", sa.String(40).with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("locale", sa.String(length=20), nullable=True),
        sa.Column("timezone", sa.String(length=200), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("csm_id", sa.Text(), nullable=True),
        sa.Column("renewal_date", sa.Date(), nullable=True),
        sa.Column("contract_length_months", sa.Integer(), nullable=True),
        sa.Column("consent_marketing", sa.Boolean(), nullable=True),
        sa.Column("consent_relationship", sa.Boolean(), nullable=True),
        sa.Column("stage", sa.String(length=200), nullable=True),
        sa.Column("stage_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subscription_status", sa.String(length=200), nullable=True),
        sa.Column("trial_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subscribed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("outreach_held", sa.Boolean(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "stamps", sa.JSON(none_as_null=True), nullable=False, comment="Field to [moment, event id] of what set it."
        ),
        sa.Column(
            "base", sa.JSON(none_as_null=True), nullable=False, comment="Subscription state that events are folded on."
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_index(op.f("ix_customer_csm_id"), "customer", ["csm_id"], unique=False)
    op.create_index("ix_customer_name_id", "customer", ["name", "id"], unique=False)
    op.create_index(op.f("ix_customer_outreach_held"), "customer", ["outreach_held"], unique=False)
    op.create_table(
        "login",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("customer", "key", name=op.f("pk_login")),
    )
    op.create_index(op.f("ix_login_customer_at"), "login", ["customer", "at"], unique=False)
    op.create_table(
        "response",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.String(length=200),
            nullable=False,
            comment="reply, meeting_booked, survey_answer, renewal_decision, outcome",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("customer", "key", name=op.f("pk_response")),
    )
    op.create_index(op.f("ix_response_customer_at"), "response", ["customer", "at"], unique=False)
    op.create_table(
        "subscription_event",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trial_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_subscription_event_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "event_id", name=op.f("pk_subscription_event")),
    )
    op.create_table(
        "transition",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("from_stage", sa.String(length=200), nullable=True),
        sa.Column("to_stage", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("triggered_by", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name=op.f("fk_transition_customer"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_transition")),
        sa.UniqueConstraint("customer", "cause", name=op.f("uq_transition_customer_cause")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_transition_customer_at"), "transition", ["customer", "at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_transition_customer_at"), table_name="transition")
    op.drop_table("transition")
    op.drop_table("subscription_event")
    op.drop_index(op.f("ix_response_customer_at"), table_name="response")
    op.drop_table("response")
    op.drop_index(op.f("ix_login_customer_at"), table_name="login")
    op.drop_table("login")
    op.drop_index(op.f("ix_customer_outreach_held"), table_name="customer")
    op.drop_index("ix_customer_name_id", table_name="customer")
    op.drop_index(op.f("ix_customer_csm_id"), table_name="customer")
    op.drop_table("customer")
    op.drop_table("csm")
