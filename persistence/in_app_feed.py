"""The in-app feed as a product polls it: taking a notice notes when it was first handed out."""

from datetime import datetime

from sqlalchemy import select, update

from models.records import InAppNotice
from persistence.engine import Database
from persistence.rows import value_of
from persistence.tables.work import in_app_notice


class InAppFeed:
    """Notices of a customer for the product to show."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, customer: str, *, at: datetime, limit: int) -> list[InAppNotice]:
        """The newest ``limit`` notices, oldest first; the first ``shown_at`` of each is kept."""
        newest = (
            select(in_app_notice)
            .where(in_app_notice.c.customer == customer)
            .order_by(in_app_notice.c.at.desc(), in_app_notice.c.key.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(newest)).mappings().all()
        fresh = [row["key"] for row in rows if row["shown_at"] is None]
        if fresh:  # most polls find nothing new, and then no writer is held up
            async with self._database.write() as connection:
                await connection.execute(
                    update(in_app_notice)
                    .where(in_app_notice.c.key.in_(fresh), in_app_notice.c.shown_at.is_(None))
                    .values(shown_at=at)
                )
        found = [value_of(InAppNotice, row) for row in reversed(rows)]
        return [one if one.shown_at else one.model_copy(update={"shown_at": at}) for one in found]
