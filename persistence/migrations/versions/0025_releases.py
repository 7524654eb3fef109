"""Releases of playbooks, what became of the runs, and pauses."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "playbook_release",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("playbook", sa.String(length=200), nullable=False),
        sa.Column("segments", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=128), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy", sa.String(length=200), nullable=False),
        sa.Column("mapping", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook_release")),
    )
    op.create_index(op.f("ix_playbook_release_playbook_at"), "playbook_release", ["playbook", "at"], unique=False)
    op.create_table(
        "playbook_release_run",
        sa.Column("release", sa.String(length=80), nullable=False),
        sa.Column("workflow_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=200), nullable=False),
        sa.Column("notes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("release", "workflow_id", name=op.f("pk_playbook_release_run")),
    )
    op.create_table(
        "playbook_pause",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("playbook", sa.String(length=200), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_playbook_pause")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_playbook_pause_playbook"), "playbook_pause", ["playbook"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_playbook_pause_playbook"), table_name="playbook_pause")
    op.drop_table("playbook_pause")
    op.drop_table("playbook_release_run")
    op.drop_index(op.f("ix_playbook_release_playbook_at"), table_name="playbook_release")
    op.drop_table("playbook_release")
