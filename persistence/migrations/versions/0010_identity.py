"""Whose accounts of other systems are, what those told, merges, sources that are pulled and where they disagree."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "discrepancy",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("object", sa.String(length=300), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=True),
        sa.Column("ours", sa.Text(), nullable=False),
        sa.Column("theirs", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_discrepancy")),
        sa.UniqueConstraint("source", "kind", "object", name=op.f("uq_discrepancy_source_kind_object")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_discrepancy_customer"), "discrepancy", ["customer"], unique=False)
    op.create_index(op.f("ix_discrepancy_resolved_at"), "discrepancy", ["resolved_at"], unique=False)
    op.create_table(
        "identity",
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=300), nullable=False, comment="kind:id, such as organization:55"),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("how", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("system", "external_id", name=op.f("pk_identity")),
    )
    op.create_index(op.f("ix_identity_customer"), "identity", ["customer"], unique=False)
    op.create_table(
        "identity_case",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("candidates", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("domain", sa.String(length=254), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_identity_case")),
        sa.UniqueConstraint("system", "external_id", name=op.f("uq_identity_case_system_external_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_identity_case_status"), "identity_case", ["status"], unique=False)
    op.create_table(
        "identity_domain",
        sa.Column(
            "domain", sa.String(length=254), nullable=False, comment="Registrable domain that a person verified."
        ),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_identity_domain")),
    )
    op.create_index(op.f("ix_identity_domain_customer"), "identity_domain", ["customer"], unique=False)
    op.create_table(
        "identity_merge",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("loser", sa.String(length=128), nullable=False),
        sa.Column("winner", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=False),
        sa.Column(
            "filled",
            sa.JSON(none_as_null=True),
            nullable=False,
            comment="Fields of the winner that the loser's filled.",
        ),
        sa.Column("stopped", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_identity_merge")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_identity_merge_loser"), "identity_merge", ["loser"], unique=False)
    op.create_index(op.f("ix_identity_merge_winner"), "identity_merge", ["winner"], unique=False)
    op.create_table(
        "identity_merge_row",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merge", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=200), nullable=False),
        sa.Column(
            "key", sa.JSON(none_as_null=True), nullable=False, comment="Primary key of the row, without the customer."
        ),
        sa.Column("copied", sa.Boolean(), nullable=False, comment="Written for the winner beside the loser's own row."),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_identity_merge_row")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_identity_merge_row_merge_table_name"), "identity_merge_row", ["merge", "table_name"], unique=False
    )
    op.create_table(
        "source_freshness",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True, comment="Last page that was read well."),
        sa.Column(
            "covered_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="All that the source knew up to then is here.",
        ),
        sa.Column(
            "failed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Last failure since the last good page; NULL: none.",
        ),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_freshness")),
    )
    op.create_table(
        "vendor_event",
        sa.Column("vendor", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=True),
        sa.Column("says", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("suspected_injection", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True, comment="Of a refused one only, bounded, for a month."),
        sa.PrimaryKeyConstraint("vendor", "event_id", name=op.f("pk_vendor_event")),
    )
    op.create_index(op.f("ix_vendor_event_customer"), "vendor_event", ["customer"], unique=False)
    op.create_index(
        "ix_vendor_event_kept",
        "vendor_event",
        ["received_at"],
        unique=False,
        sqlite_where=sa.text("body IS NOT NULL"),
        postgresql_where=sa.text("body IS NOT NULL"),
    )
    op.create_index(op.f("ix_vendor_event_status_received_at"), "vendor_event", ["status", "received_at"], unique=False)
    op.create_table(
        "vendor_object",
        sa.Column("vendor", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), nullable=False, comment="The vendor's own moment of the newest state."
        ),
        sa.PrimaryKeyConstraint("vendor", "subject", name=op.f("pk_vendor_object")),
    )
    op.create_table(
        "vendor_parked",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("vendor", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=300), nullable=False),
        sa.Column("said", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False, comment="parked, applied or dropped"),
        sa.Column("customer", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_vendor_parked")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_vendor_parked_customer"), "vendor_parked", ["customer"], unique=False)
    op.create_index(
        op.f("ix_vendor_parked_system_external_id"), "vendor_parked", ["system", "external_id"], unique=False
    )
    op.create_index(
        "ix_vendor_parked_waiting",
        "vendor_parked",
        ["system", "external_id"],
        unique=False,
        sqlite_where=sa.text("status = 'parked'"),
        postgresql_where=sa.text("status = 'parked'"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_vendor_parked_waiting",
        table_name="vendor_parked",
        sqlite_where=sa.text("status = 'parked'"),
        postgresql_where=sa.text("status = 'parked'"),
    )
    op.drop_index(op.f("ix_vendor_parked_system_external_id"), table_name="vendor_parked")
    op.drop_index(op.f("ix_vendor_parked_customer"), table_name="vendor_parked")
    op.drop_table("vendor_parked")
    op.drop_table("vendor_object")
    op.drop_index(op.f("ix_vendor_event_status_received_at"), table_name="vendor_event")
    op.drop_index(
        "ix_vendor_event_kept",
        table_name="vendor_event",
        sqlite_where=sa.text("body IS NOT NULL"),
        postgresql_where=sa.text("body IS NOT NULL"),
    )
    op.drop_index(op.f("ix_vendor_event_customer"), table_name="vendor_event")
    op.drop_table("vendor_event")
    op.drop_table("source_freshness")
    op.drop_index(op.f("ix_identity_merge_row_merge_table_name"), table_name="identity_merge_row")
    op.drop_table("identity_merge_row")
    op.drop_index(op.f("ix_identity_merge_winner"), table_name="identity_merge")
    op.drop_index(op.f("ix_identity_merge_loser"), table_name="identity_merge")
    op.drop_table("identity_merge")
    op.drop_index(op.f("ix_identity_domain_customer"), table_name="identity_domain")
    op.drop_table("identity_domain")
    op.drop_index(op.f("ix_identity_case_status"), table_name="identity_case")
    op.drop_table("identity_case")
    op.drop_index(op.f("ix_identity_customer"), table_name="identity")
    op.drop_table("identity")
    op.drop_index(op.f("ix_discrepancy_resolved_at"), table_name="discrepancy")
    op.drop_index(op.f("ix_discrepancy_customer"), table_name="discrepancy")
    op.drop_table("discrepancy")
