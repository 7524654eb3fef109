"""What events tell: which event set a row, severities over time, news of messages, words on renewals."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_STATED = ("stated_at", "stated_by")
_ADDED: dict[str, tuple[str, ...]] = {
    "conversation_day": _STATED,
    "ticket": ("csat_at", "csat_by", *_STATED),
    "meeting": ("told_by", *_STATED),
    "outreach_message": _STATED,
    "invoice": _STATED,
    "cancellation_request": ("effective_at", *_STATED),
}
_REMARKS = {"csat_at": "When the satisfaction was told; NULL: with the closing."}


def _column(name: str) -> sa.Column[object]:
    kind = sa.DateTime(timezone=True) if name.endswith("_at") else sa.Text()
    return sa.Column(name, kind, nullable=True, comment=_REMARKS.get(name))


def upgrade() -> None:
    # The product reports usage of the whole account: such a row belongs to no subscription.
    with op.batch_alter_table("usage_event") as batch:
        batch.drop_constraint("fk_usage_event_subscription", type_="foreignkey")
        batch.add_column(sa.Column("stated_at", sa.DateTime(timezone=True), comment="NULL: from a book."))
        batch.add_column(sa.Column("stated_by", sa.Text()))
        batch.alter_column(
            "subscription",
            existing_type=sa.String(length=128),
            existing_nullable=False,
            comment="Empty: told by the product, of the whole account.",
        )
    for table, names in _ADDED.items():
        for name in names:
            op.add_column(table, _column(name))
    op.add_column("ticket", sa.Column("suspected_injection", sa.Boolean()))
    op.add_column(
        "survey_response", sa.Column("respondent", sa.Text(), comment="Who of the account answered; NULL: not told.")
    )
    op.add_column("survey_response", sa.Column("late", sa.Boolean(), comment="After its survey closed."))
    op.add_column("survey_response", sa.Column("lexicon_version", sa.Integer()))

    op.create_table(
        "ticket_severity",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("ticket", sa.String(length=128), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), nullable=False, comment="From when on; before the first, ticket.severity."
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_ticket_severity_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket", "at", "key", name=op.f("pk_ticket_severity")),
    )
    op.create_index(
        op.f("ix_ticket_severity_customer_ticket_at"), "ticket_severity", ["customer", "ticket", "at"], unique=False
    )
    op.create_table(
        "message_news",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False, comment="delivered, opened, clicked, bounced"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_message_news_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "key", name=op.f("pk_message_news")),
    )
    op.create_index(op.f("ix_message_news_message_id"), "message_news", ["message_id"], unique=False)
    op.create_table(
        "renewal_word",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("term_end", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="The latest word on a term counts."),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False, comment="models.stages.RenewalStatus"),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_renewal_word_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "term_end", "at", "key", name=op.f("pk_renewal_word")),
    )
    op.create_table(
        "advocacy_candidate",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_advocacy_candidate_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_advocacy_candidate")),
    )
    op.create_index(op.f("ix_advocacy_candidate_customer_at"), "advocacy_candidate", ["customer", "at"], unique=False)


def downgrade() -> None:
    for table in ("advocacy_candidate", "renewal_word", "message_news", "ticket_severity"):
        op.drop_table(table)
    for name in ("lexicon_version", "late", "respondent"):
        op.drop_column("survey_response", name)
    op.drop_column("ticket", "suspected_injection")
    for table, names in _ADDED.items():
        for name in reversed(names):
            op.drop_column(table, name)
    op.execute("DELETE FROM usage_event WHERE subscription = ''")
    with op.batch_alter_table("usage_event") as batch:
        batch.drop_column("stated_by")
        batch.drop_column("stated_at")
        batch.create_foreign_key(
            "fk_usage_event_subscription", "subscription", ["subscription"], ["id"], ondelete="CASCADE"
        )
