"""Validations, reports, evidence and attestations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "validation",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=False, comment="weekly, before_publishing or by_hand"),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("publishable", sa.Boolean(), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=False, comment="models.validation.ValidationResult"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation")),
    )
    op.create_index(op.f("ix_validation_at"), "validation", ["at"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False, comment="models.report.ReportContent"),
        sa.Column(
            "sha256",
            sa.String(length=64),
            nullable=False,
            comment="Of the content: what was attested is attested of this.",
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column(
            "published",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="What was published: texts, and notices of what was refused.",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    op.create_index(op.f("ix_report_created_at"), "report", ["created_at"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column(
            "subject", sa.Text(), nullable=False, comment="A report, a claim of one (REPORT/CLAIM), a definition."
        ),
        sa.Column("reference", sa.Text(), nullable=False, comment="Where it is: a file, an address, a query."),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_subject"), "evidence", ["subject"], unique=False)
    op.create_table(
        "attestation",
        sa.Column("report", sa.String(length=120), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False, comment="Of the content that was looked at."),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("records", sa.JSON(none_as_null=True), nullable=False, comment="What was verified by hand."),
        sa.ForeignKeyConstraint(["report"], ["report.id"], name=op.f("fk_attestation_report"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("report", "item", "sha256", name=op.f("pk_attestation")),
    )


def downgrade() -> None:
    op.drop_table("attestation")
    op.drop_index(op.f("ix_evidence_subject"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_index(op.f("ix_report_created_at"), table_name="report")
    op.drop_table("report")
    op.drop_index(op.f("ix_validation_at"), table_name="validation")
    op.drop_table("validation")
