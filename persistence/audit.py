"""Who did what to whom: the audit log. Rows are added, never changed."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import Carried, Instant
from persistence.rows import bounded, value_of
from persistence.tables.operations import audit_log


class AuditEntry(Carried):
    """One act of a person or of the system. ``subject``: a customer, a run, or ``*`` for all."""

    number: int
    at: Instant
    actor: str
    action: str
    subject: str
    detail: dict[str, JsonValue]


class AuditLog:
    """Acts, in the order they were done."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, JsonValue]) -> None:
        """Note an act."""
        await self._connection.execute(
            insert(audit_log).values(at=at, actor=bounded(actor), action=action, subject=subject, detail=dict(detail))
        )

    async def of(self, subject: str) -> list[AuditEntry]:
        """What was done to a subject, oldest first."""
        rows = await self._connection.execute(
            select(audit_log).where(audit_log.c.subject == subject).order_by(audit_log.c.number)
        )
        return [value_of(AuditEntry, row) for row in rows.mappings()]
