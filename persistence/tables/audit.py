"""The chain over the audit log; ``models.audit`` says what a hash is made of."""

from sqlalchemy import BigInteger, Column, String, Table

from persistence.tables.metadata import METADATA

audit_link = Table(
    "audit_link",
    METADATA,
    # No foreign key: a link outlives its row, and so names the one that was removed.
    Column("number", BigInteger, primary_key=True, autoincrement=False, comment="Of the row in audit_log."),
    Column("previous", String(64), nullable=False, comment="The hash of the link before it.", unique=True),
    Column("sha256", String(64), nullable=False),
)
"""``previous`` is unique: a fork of the chain is refused by the database, whatever a writer did."""
