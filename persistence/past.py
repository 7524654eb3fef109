"""Facts of a run: what happened between its start and now (section 14.1 of the domain)."""

from datetime import datetime

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.tables.customers import login, response


class Since:
    """One customer from the start of a run to the moment asked of."""

    def __init__(self, connection: AsyncConnection, row: RowMapping, *, as_of: datetime, since: datetime) -> None:
        self._connection = connection
        self._row = row
        self._as_of = as_of
        self._since = since

    async def read(self, name: str) -> bool | None:
        """The fact of that name, one of ``models.facts.SINCE``."""
        return await (self.still_no_login() if name == "still_no_login" else self.no_response())

    async def still_no_login(self) -> bool | None:
        """No login after ``since``; unknown for an imported account of which no login was ever told."""
        if await self._any(login, self._since):
            return False
        if self._row["imported_at"] is not None and not await self._any(login, None):
            return None
        return True

    async def no_response(self) -> bool:
        """No reply, booking, answer or decision after ``since``."""
        return not await self._any(response, self._since)

    async def _any(self, table: Table, after: datetime | None) -> bool:
        query = select(table.c.key).where(table.c.customer == self._row["id"], table.c.at <= self._as_of)
        if after is not None:
            query = query.where(table.c.at > after)
        return (await self._connection.execute(query.limit(1))).scalar_one_or_none() is not None
