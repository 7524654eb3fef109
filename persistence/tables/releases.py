"""Releases of playbooks, and playbooks that are paused (section 20 of the domain)."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from persistence.tables.metadata import KEY, METADATA, NAME
from persistence.types import UtcDateTime, document, serial

playbook_release = Table(
    "playbook_release",
    METADATA,
    Column("id", String(80), primary_key=True),
    Column("playbook", NAME, nullable=False),
    Column("segments", document(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("fingerprint", String(128), nullable=False),
    Column("document", document(), nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("policy", NAME, nullable=False),
    Column("mapping", document(), nullable=False),
    Index(None, "playbook", "at"),
)

playbook_release_run = Table(
    "playbook_release_run",
    METADATA,
    Column("release", String(80), primary_key=True),
    Column("workflow_id", KEY, primary_key=True),
    Column("outcome", NAME, nullable=False),
    Column("notes", document(), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

playbook_pause = Table(
    "playbook_pause",
    METADATA,
    Column("number", serial(), primary_key=True),
    Column("playbook", NAME, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("resumed_at", UtcDateTime),
    Column("resumed_by", Text),
    Index(None, "playbook"),
    sqlite_autoincrement=True,
)
