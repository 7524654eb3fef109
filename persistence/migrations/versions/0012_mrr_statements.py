"""What events said of amounts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "mrr_statement",
        sa.Column("customer", sa.String(length=128), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "mrr",
            sa.String(40).with_variant(sa.Numeric(), "postgresql"),
            nullable=True,
            comment="NULL: the event named no amount.",
        ),
        sa.ForeignKeyConstraint(
            ["customer"], ["customer.id"], name=op.f("fk_mrr_statement_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer", "event_id", name=op.f("pk_mrr_statement")),
    )
    op.create_index(op.f("ix_mrr_statement_customer_at"), "mrr_statement", ["customer", "at"], unique=False)
    # What was said before this table is there in the subscription events, except for the amount: the customer's present
    # one is taken for the last event of each customer that subscribed, and earlier ones are unknown.
    op.execute(
        """
        INSERT INTO mrr_statement (customer, event_id, kind, at, mrr)
        SELECT e.customer, e.event_id, e.kind, e.at,
               CASE WHEN e.at = (
                   SELECT MAX(l.at) FROM subscription_event l
                   WHERE l.customer = e.customer AND l.kind = 'subscription_created'
               ) THEN c.mrr END
        FROM subscription_event e JOIN customer c ON c.id = e.customer
        """
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_mrr_statement_customer_at"), table_name="mrr_statement")
    op.drop_table("mrr_statement")
