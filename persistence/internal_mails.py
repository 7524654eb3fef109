"""Mail to our own people: the port ``InternalMails``."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.people import InternalMail, InternalMailStatus
from persistence.rows import Row, bounded, insert, row_of, value_of
from persistence.tables.people import internal_mail


class InternalMailTable:
    """One row for each mail, unique on its key."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, key: str) -> InternalMail | None:
        """The mail under this key, or None."""
        rows = await self._connection.execute(select(internal_mail).where(internal_mail.c.key == key))
        row = rows.mappings().one_or_none()
        return None if row is None else value_of(InternalMail, row)

    async def add(self, value: InternalMail) -> None:
        """Store it; a second add of a key does nothing."""
        statement = insert(self._connection, internal_mail).values(**row_of(value))
        await self._connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))

    async def mark(
        self, key: str, status: InternalMailStatus, *, at: datetime, response: str = "", resent: bool = False
    ) -> None:
        """Move it on."""
        changes: Row = {"status": status.value}
        if status is InternalMailStatus.SENT:
            changes["sent_at"] = at
        if response:
            changes["response"] = bounded(response)
        if resent:
            changes["resent"] = True
        await self._connection.execute(update(internal_mail).where(internal_mail.c.key == key).values(**changes))

    async def of(self, customer: str) -> list[InternalMail]:
        """What our people were mailed about a customer, oldest first."""
        rows = await self._connection.execute(
            select(internal_mail)
            .where(internal_mail.c.customer == customer)
            .order_by(internal_mail.c.created_at, internal_mail.c.key)
        )
        return [value_of(InternalMail, row) for row in rows.mappings()]
