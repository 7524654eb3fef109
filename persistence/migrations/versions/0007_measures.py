"""What facts are computed from: invoices, surveys, meetings, conversations, limits, and which sources report."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "plan_feature",
        sa.Column("plan", sa.String(length=200), nullable=False),
        sa.Column("feature", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True, comment="First day on which the plan no longer has it."),
        sa.PrimaryKeyConstraint("plan", "feature", name=op.f("pk_plan_feature")),
    )
    op.create_table(
        "blocked_attempt",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("feature", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_blocked_attempt_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "key", name=op.f("pk_blocked_attempt")),
    )
    op.create_index(op.f("ix_blocked_attempt_customer_at"), "blocked_attempt", ["customer", "at"], unique=False)

    op.create_table(
        "cancellation_request",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True, comment="Withdrawn, or carried out."),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_cancellation_request_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellation_request")),
    )
    op.create_index(
        op.f("ix_cancellation_request_customer_requested_at"),
        "cancellation_request",
        ["customer", "requested_at"],
        unique=False,
    )

    op.create_table(
        "competitor_mention",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ticket", sa.String(length=128), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When the ticket was tagged or matched."),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_competitor_mention_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "key", name=op.f("pk_competitor_mention")),
    )
    op.create_index(op.f("ix_competitor_mention_customer_at"), "competitor_mention", ["customer", "at"], unique=False)

    op.create_table(
        "computed_metric",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column(
            "name", sa.String(length=200), nullable=False, comment="A fact of the catalogue whose source is 'computed'."
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="As of when it was computed."),
        sa.Column("number", sa.Float(), nullable=True, comment="NULL: unknown, or not a number; a flag is 0 or 1."),
        sa.Column("word", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_computed_metric_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "name", "at", name=op.f("pk_computed_metric")),
    )
    op.create_table(
        "conversation_day",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("handled", sa.Integer(), nullable=False),
        sa.Column(
            "automated", sa.Integer(), nullable=True, comment="Of these, resolved without a person; NULL: not told."
        ),
        sa.Column(
            "response_seconds", sa.BigInteger(), nullable=True, comment="Sum over those handled; NULL: not told."
        ),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_conversation_day_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "day", name=op.f("pk_conversation_day")),
    )
    op.create_table(
        "growth_potential",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Float(), nullable=False, comment="0..1"),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_growth_potential_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "at", name=op.f("pk_growth_potential")),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("amount", sa.String(40).with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True, comment="First failed attempt."),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name=op.f("fk_invoice_customer"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
    )
    op.create_index(op.f("ix_invoice_customer_issued_at"), "invoice", ["customer", "issued_at"], unique=False)

    op.create_table(
        "limit_usage",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("allowed", sa.BigInteger(), nullable=True, comment="NULL: unlimited."),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_limit_usage_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "name", "at", name=op.f("pk_limit_usage")),
    )
    op.create_index(op.f("ix_limit_usage_customer_at"), "limit_usage", ["customer", "at"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.Column(
            "told_at", sa.DateTime(timezone=True), nullable=True, comment="When it was told whether they attended."
        ),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name=op.f("fk_meeting_customer"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_customer_scheduled_at"), "meeting", ["customer", "scheduled_at"], unique=False)

    op.create_table(
        "outreach_message",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_outreach_message_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_message")),
    )
    op.create_index(
        op.f("ix_outreach_message_customer_sent_at"), "outreach_message", ["customer", "sent_at"], unique=False
    )

    op.create_table(
        "seat_count",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name=op.f("fk_seat_count_customer"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer", "at", name=op.f("pk_seat_count")),
    )
    op.create_table(
        "source_report",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("feed", sa.String(length=200), nullable=False, comment="models.facts.Feed"),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The source said that all it knew by then has been told.",
        ),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_source_report_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "feed", "at", name=op.f("pk_source_report")),
    )
    op.create_table(
        "survey_response",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("survey", sa.String(length=128), nullable=True, comment="survey_send.id, where it is known."),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("themes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("suspected_injection", sa.Boolean(), nullable=False),
        sa.Column("followed_up", sa.Boolean(), nullable=False),
        sa.Column("follow_up_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_up_notes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_survey_response_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_response")),
    )
    op.create_index(
        op.f("ix_survey_response_customer_submitted_at"), "survey_response", ["customer", "submitted_at"], unique=False
    )

    op.create_table(
        "survey_send",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("trigger", sa.String(length=200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_survey_send_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_send")),
    )
    op.create_index(op.f("ix_survey_send_customer_sent_at"), "survey_send", ["customer", "sent_at"], unique=False)

    with op.batch_alter_table("login", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "user_id", sa.String(length=200), nullable=True, comment="Which user of the account; NULL: not told."
            )
        )

    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "escalated_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="NULL: not told; an escalated one counts from its closing.",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_column("escalated_at")

    with op.batch_alter_table("login", schema=None) as batch_op:
        batch_op.drop_column("user_id")

    op.drop_table("survey_send")
    op.drop_table("survey_response")
    op.drop_table("source_report")
    op.drop_table("seat_count")
    op.drop_table("outreach_message")
    op.drop_table("meeting")
    op.drop_table("limit_usage")
    op.drop_table("invoice")
    op.drop_table("growth_potential")
    op.drop_table("conversation_day")
    op.drop_table("computed_metric")
    op.drop_table("competitor_mention")
    op.drop_table("cancellation_request")
    op.drop_table("blocked_attempt")
    op.drop_table("plan_feature")
