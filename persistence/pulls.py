"""Where each source stands, and where it disagrees with us: the port ``Pulls``."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.pull import Discrepancy, Freshness
from persistence.rows import bounded, insert, row_of, value_of
from persistence.tables.pulls import discrepancy, source_freshness


class PullTable:
    """One row for each source, one for each disagreement."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def freshness(self, source: str) -> Freshness | None:
        """Where a source stands; None: it was never asked."""
        query = select(source_freshness).where(source_freshness.c.source == source)
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return None if row is None else value_of(Freshness, row)

    async def all(self) -> list[Freshness]:
        """Every source that was ever asked."""
        rows = await self._connection.execute(select(source_freshness).order_by(source_freshness.c.source))
        return [value_of(Freshness, row) for row in rows.mappings()]

    async def advance(self, freshness: Freshness) -> None:
        """A page was read: its moments and cursor; ``records`` are added to those of before."""
        row = {**row_of(freshness), "failed_at": None, "error": ""}
        kept = {**row, "records": source_freshness.c.records + freshness.records}
        if freshness.covered_until is None:
            del kept["covered_until"]
        del kept["source"]
        await self._connection.execute(
            insert(self._connection, source_freshness)
            .values(**row)
            .on_conflict_do_update(index_elements=["source"], set_=kept)
        )

    async def failed(self, source: str, at: datetime, error: str) -> None:
        """It could not be read."""
        row = {"failed_at": at, "error": bounded(error)}
        await self._connection.execute(
            insert(self._connection, source_freshness)
            .values(source=source, records=0, **row)
            .on_conflict_do_update(index_elements=["source"], set_=row)
        )

    async def found(self, disagreements: Sequence[Discrepancy]) -> None:
        """Disagreements that were found now: new ones are opened, known ones seen again; one that was over reopens."""
        for one in disagreements:
            row = row_of(one)
            del row["number"]
            row["ours"], row["theirs"] = bounded(one.ours), bounded(one.theirs)
            again = {name: row[name] for name in ("customer", "ours", "theirs", "seen_at")}
            await self._connection.execute(
                insert(self._connection, discrepancy)
                .values(**row)
                .on_conflict_do_update(index_elements=["source", "kind", "object"], set_={**again, "resolved_at": None})
            )

    async def resolve_unseen(self, source: str, before: datetime, at: datetime) -> int:
        """Disagreements of a source that were not seen since ``before`` are over; how many."""
        done = await self._connection.execute(
            update(discrepancy)
            .where(
                discrepancy.c.source == source,
                discrepancy.c.seen_at < before,
                discrepancy.c.resolved_at.is_(None),
            )
            .values(resolved_at=at)
            .returning(discrepancy.c.number)
        )
        return len(done.all())

    async def discrepancies(self, *, open_only: bool = True, limit: int = 1000) -> list[Discrepancy]:
        """Disagreements, newest first."""
        query: Select[*tuple[object, ...]] = select(discrepancy).order_by(discrepancy.c.number.desc()).limit(limit)
        if open_only:
            query = query.where(discrepancy.c.resolved_at.is_(None))
        rows = await self._connection.execute(query)
        return [value_of(Discrepancy, row) for row in rows.mappings()]
