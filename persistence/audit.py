"""Who did what to whom: the audit log. Rows are added, never changed, and each is chained to the one before it."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import RowMapping, Select, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.audit import BEGINNING, AuditEntry, AuditLink, Row, linked
from persistence.locks import hold
from persistence.rows import bounded, row_of, value_of
from persistence.tables.audit import audit_link
from persistence.tables.operations import audit_log

_PAGE = 5_000


class AuditLog:
    """Acts, in the order they were done."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, JsonValue]) -> None:
        """Note an act, and chain it to the one before.

        Whoever comes next waits for the end of this transaction: two that read the same last link would fork the chain.
        """
        await hold(self._connection, "audit_log")
        last = await self._connection.execute(select(audit_link.c.sha256).order_by(audit_link.c.number.desc()).limit(1))
        previous = last.scalar_one_or_none() or BEGINNING
        stored = await self._connection.execute(
            insert(audit_log)
            .values(at=at, actor=bounded(actor), action=action, subject=subject, detail=dict(detail))
            .returning(*audit_log.c)
        )
        # Of the row as it came back: what is recomputed later is what the database keeps.
        link = linked(value_of(AuditEntry, stored.mappings().one()), previous)
        await self._connection.execute(insert(audit_link).values(row_of(link)))

    async def of(self, subject: str) -> list[AuditEntry]:
        """What was done to a subject, oldest first."""
        return await self._entries(select(audit_log).where(audit_log.c.subject == subject).order_by(audit_log.c.number))

    async def latest(self, limit: int) -> list[AuditEntry]:
        """The newest, oldest of them first."""
        found = await self._entries(select(audit_log).order_by(audit_log.c.number.desc()).limit(limit))
        return found[::-1]

    async def rows(self) -> AsyncIterator[Row]:
        """Every number that has an entry or a link, in order; a page at a time."""
        after = -1
        while True:
            page = await self._page(after)
            for row in page:
                yield row
            if not page:
                return
            after = page[-1].number

    async def _page(self, after: int) -> list[Row]:
        """Some of the numbers after that one. Either table may lack some, so each bounds how far the other is read."""
        found: dict[int, tuple[RowMapping | None, RowMapping | None]] = {}
        ends = []
        for place, table in enumerate((audit_log, audit_link)):
            rows = await self._connection.execute(
                select(table).where(table.c.number > after).order_by(table.c.number).limit(_PAGE)
            )
            read = rows.mappings().all()
            if len(read) == _PAGE:
                ends.append(int(read[-1]["number"]))
            for row in read:
                entry, link = found.get(row["number"], (None, None))
                found[row["number"]] = (row, link) if place == 0 else (entry, row)
        until = min(ends, default=max(found, default=after))
        return [
            Row(
                number,
                None if entry is None else value_of(AuditEntry, entry),
                None if link is None else value_of(AuditLink, link),
            )
            for number, (entry, link) in sorted(found.items())
            if number <= until
        ]

    async def _entries(self, query: Select[tuple[object, ...]]) -> list[AuditEntry]:
        return [value_of(AuditEntry, row) for row in (await self._connection.execute(query)).mappings()]
