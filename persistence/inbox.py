"""Events as received: the port ``Inbox``. The commit of ``add`` is the moment an event may be acknowledged."""

from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events import Event
from models.records import InboxRow
from persistence.rows import bounded, insert, value_of
from persistence.tables.operations import inbox


class InboxTable:
    """One row for each event, unique on (source, event id)."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, source: str, event: Event, at: datetime) -> tuple[InboxRow, bool]:
        """Store it; (row, True) if new, (the stored row, False) if this (source, event id) was already there."""
        added = await self._connection.execute(
            insert(self._connection, inbox)
            .values(
                source=source,
                event_id=event.event_id,
                type=event.type.value,
                customer=event.customer.id,
                body=event.model_dump_json(exclude_unset=True),
                received_at=at,
                attempts=0,
                error="",
            )
            .on_conflict_do_nothing(index_elements=["source", "event_id"])
            .returning(inbox.c.number)
        )
        number = added.scalar_one_or_none()
        rows = await self._all(select(inbox).where(inbox.c.source == source, inbox.c.event_id == event.event_id))
        return rows[0], number is not None

    async def get(self, number: int) -> InboxRow | None:
        """The row, or None."""
        rows = await self._all(select(inbox).where(inbox.c.number == number))
        return rows[0] if rows else None

    async def undelivered(self, *, before: datetime, limit: int) -> list[InboxRow]:
        """Rows received before then and not yet delivered, oldest first."""
        return await self._all(
            select(inbox)
            .where(inbox.c.delivered_at.is_(None), inbox.c.received_at < before)
            .order_by(inbox.c.number)
            .limit(limit)
        )

    async def delivered(self, number: int, at: datetime, *, remark: str = "") -> None:
        """It reached its workflow (or needed none); the first time is kept, with what could not be taken from it."""
        await self._connection.execute(
            update(inbox)
            .where(inbox.c.number == number, inbox.c.delivered_at.is_(None))
            .values(delivered_at=at, error=bounded(remark))
        )

    async def failed(self, number: int, error: str) -> None:
        """A delivery attempt failed; it stays undelivered."""
        await self._connection.execute(
            update(inbox).where(inbox.c.number == number).values(attempts=inbox.c.attempts + 1, error=bounded(error))
        )

    async def _all(self, query: Select[*tuple[object, ...]]) -> list[InboxRow]:
        rows = await self._connection.execute(query)
        return [value_of(InboxRow, row) for row in rows.mappings()]
