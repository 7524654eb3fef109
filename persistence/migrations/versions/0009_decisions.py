"""Decisions of the rules on each customer, what they remember, and the sweeps of the book."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "sweep",
        sa.Column("day", sa.Date(), nullable=False, comment="Of the business calendar."),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=False, comment="The workflow, and its run, that sweeps."),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False, comment="Real time of the last page."),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "last_customer",
            sa.String(length=128),
            nullable=True,
            comment="Every customer up to it is done; NULL: none.",
        ),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_sweep")),
    )
    op.create_table(
        "alert",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("backfill", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.String(length=200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=200), nullable=False),
        sa.Column("previous", sa.Integer(), nullable=True, comment="The score compared with."),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name=op.f("fk_alert_customer"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer", "type", "at", "backfill", name=op.f("pk_alert")),
    )
    op.create_table(
        "churn_signal",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("backfill", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("metric", sa.String(length=200), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("threshold", sa.JSON(), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_by", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_churn_signal_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "type", "detected_at", "backfill", name=op.f("pk_churn_signal")),
    )
    with op.batch_alter_table("churn_signal", schema=None) as batch_op:
        batch_op.create_index(
            "uq_churn_signal_open",
            ["customer", "type", "backfill"],
            unique=True,
            sqlite_where=sa.text("cleared_at IS NULL"),
            postgresql_where=sa.text("cleared_at IS NULL"),
        )

    op.create_table(
        "engagement_score",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True, comment="0..100; NULL: nothing is known."),
        sa.Column("level", sa.String(length=200), nullable=True),
        sa.Column("coverage", sa.Float(), nullable=False),
        sa.Column("trend", sa.String(length=200), nullable=True, comment="Against 30 days before; NULL: unknown."),
        sa.Column(
            "terms",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="Each term of the score, as it was; null is unknown.",
        ),
        sa.Column("backfill", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_engagement_score_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "at", name=op.f("pk_engagement_score")),
    )
    op.create_table(
        "evaluation",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("backfill", sa.Boolean(), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="As of the last evaluation: what is older is history.",
        ),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(length=200), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("trend", sa.String(length=200), nullable=False),
        sa.Column("engagement", sa.Integer(), nullable=True),
        sa.Column("engagement_level", sa.String(length=200), nullable=True),
        sa.Column("churn_risk", sa.Integer(), nullable=False),
        sa.Column("memory", sa.JSON(none_as_null=True), nullable=False, comment="models.decisions.Memory"),
        sa.ForeignKeyConstraint(["customer"], ["customer.id"], name=op.f("fk_evaluation_customer"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer", "backfill", name=op.f("pk_evaluation")),
    )
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_evaluation_backfill_grade_score"), ["backfill", "grade", "score"], unique=False
        )

    op.create_table(
        "expansion_opportunity",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("backfill", sa.Boolean(), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=True, comment="NULL: the manager chooses."),
        sa.Column(
            "estimated_value",
            sa.String(40).with_variant(sa.Numeric(), "postgresql"),
            nullable=True,
            comment="A month; NULL: unvalued.",
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "probability",
            sa.String(40).with_variant(sa.Numeric(), "postgresql"),
            nullable=False,
            comment="Share of signal weights, 0..1: a score, no forecast.",
        ),
        sa.Column("signals", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("recommended_action", sa.Text(), nullable=False),
        sa.Column("timing", sa.String(length=200), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_expansion_opportunity_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "type", "detected_at", "backfill", name=op.f("pk_expansion_opportunity")),
    )
    with op.batch_alter_table("expansion_opportunity", schema=None) as batch_op:
        batch_op.create_index(
            "uq_expansion_opportunity_open",
            ["customer", "type", "backfill"],
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )

    op.create_table(
        "health_score",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="As of when it was calculated."),
        sa.Column("score", sa.Integer(), nullable=True, comment="0..100; NULL: nothing is known."),
        sa.Column("grade", sa.String(length=200), nullable=True),
        sa.Column("trend", sa.String(length=200), nullable=False),
        sa.Column("coverage", sa.Float(), nullable=False, comment="Share of the weights known, 0..1."),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("config_name", sa.String(length=200), nullable=False),
        sa.Column("config_version", sa.String(length=200), nullable=False),
        sa.Column(
            "components",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="models.health.HealthComponent, one for each.",
        ),
        sa.Column("risk_factors", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("opportunities", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("inputs", sa.JSON(none_as_null=True), nullable=False, comment="Every metric looked at, as it was."),
        sa.Column("backfill", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_health_score_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "at", name=op.f("pk_health_score")),
    )
    op.create_table(
        "sweep_change",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("decision", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False, comment="Empty: the decision has none."),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("backfill", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_sweep_change_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("day", "customer", "decision", "subject", name=op.f("pk_sweep_change")),
    )


def downgrade() -> None:
    op.drop_table("sweep_change")
    op.drop_table("health_score")
    with op.batch_alter_table("expansion_opportunity", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_expansion_opportunity_open",
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )

    op.drop_table("expansion_opportunity")
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evaluation_backfill_grade_score"))

    op.drop_table("evaluation")
    op.drop_table("engagement_score")
    with op.batch_alter_table("churn_signal", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_churn_signal_open",
            sqlite_where=sa.text("cleared_at IS NULL"),
            postgresql_where=sa.text("cleared_at IS NULL"),
        )

    op.drop_table("churn_signal")
    op.drop_table("alert")
    op.drop_table("sweep")
