"""How much of the inbox waits to be delivered: a figure for monitoring."""

from sqlalchemy import func, select

from persistence.engine import Database
from persistence.tables.operations import inbox


class Backlog:
    """Counts; reads an index that holds only what waits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def undelivered(self) -> int:
        """Events received and not yet delivered."""
        query = select(func.count(inbox.c.number)).where(inbox.c.delivered_at.is_(None))
        async with self._database.read() as connection:
            return (await connection.execute(query)).scalar_one()
