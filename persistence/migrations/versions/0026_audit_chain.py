"""The chain over the audit log; what is in the log already is chained as it stands.

The release before this one does not chain: an act it notes after this migration is named by ``audit verify``.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BEGINNING = "0" * 64
_PAGE = 1_000


def upgrade() -> None:
    link = op.create_table(
        "audit_link",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False, comment="Of the row in audit_log."),
        sa.Column("previous", sa.String(length=64), nullable=False, comment="The hash of the link before it."),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_link_previous")),
    )
    log = sa.table(
        "audit_log",
        sa.column("number", sa.BigInteger()),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("actor", sa.Text()),
        sa.column("action", sa.Text()),
        sa.column("subject", sa.Text()),
        sa.column("detail", sa.JSON()),
    )
    connection, after, previous = op.get_bind(), -1, _BEGINNING
    while rows := connection.execute(
        sa.select(log).where(log.c.number > after).order_by(log.c.number).limit(_PAGE)
    ).all():
        links = []
        for row in rows:
            sha256 = _hash(previous, row)
            links.append({"number": row.number, "previous": previous, "sha256": sha256})
            previous = sha256
        connection.execute(sa.insert(link), links)
        after = rows[-1].number


def _hash(previous: str, row: sa.Row[tuple[object, ...]]) -> str:
    """As ``models.audit.linked`` was when this was written."""
    at: datetime = row.at if row.at.tzinfo is not None else row.at.replace(tzinfo=UTC)
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    plain = [previous, row.number, moment, row.actor, row.action, row.subject, row.detail]
    text = json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def downgrade() -> None:
    op.drop_table("audit_link")
