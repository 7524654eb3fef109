"""Imports that were made, and the rows they refused."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import delete, select, update

from models.base import Carried, Instant
from models.errors import NotFound
from persistence.engine import Database
from persistence.rows import Row, bounded, insert, value_of
from persistence.tables.book import import_batch, import_refusal


class ImportRefusal(Carried):
    """A row that was not taken: its file, its line (1 is the header), and why."""

    file: str
    line: int
    reason: str


class ImportBatch(Carried):
    """One import. ``ended`` None: it runs, or was killed and should be repeated."""

    id: str
    as_of: Instant
    started: Instant
    ended: Instant | None = None
    counts: dict[str, JsonValue]


class ImportLog:
    """What imports did."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(self, batch: str, *, as_of: datetime, at: datetime) -> None:
        """An import begins, or begins again: what its earlier try refused is forgotten."""
        fresh: Row = {"as_of": as_of, "started": at, "ended": None, "counts": {}}
        async with self._database.write() as connection:
            statement = insert(connection, import_batch).values(id=batch, **fresh)
            await connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=fresh))
            await connection.execute(delete(import_refusal).where(import_refusal.c.batch == batch))

    async def refuse(self, batch: str, refusals: Sequence[ImportRefusal]) -> None:
        """Rows that were not taken."""
        rows = [
            {"batch": batch, "file": each.file, "line": each.line, "reason": bounded(each.reason)} for each in refusals
        ]
        if rows:
            async with self._database.write() as connection:
                await connection.execute(import_refusal.insert(), rows)

    async def finish(self, batch: str, counts: Mapping[str, JsonValue], at: datetime) -> None:
        """An import ended.

        Raises:
            NotFound: it never started.
        """
        async with self._database.write() as connection:
            done = await connection.execute(
                update(import_batch)
                .where(import_batch.c.id == batch)
                .values(ended=at, counts=dict(counts))
                .returning(import_batch.c.id)
            )
            if done.scalar_one_or_none() is None:
                raise NotFound("no such import", field="batch", value=batch)

    async def batches(self) -> list[ImportBatch]:
        """Every import, newest first."""
        query = select(import_batch).order_by(import_batch.c.started.desc(), import_batch.c.id)
        async with self._database.read() as connection:
            return [value_of(ImportBatch, row) for row in (await connection.execute(query)).mappings()]

    async def refusals(self, batch: str, *, limit: int = 1000) -> list[ImportRefusal]:
        """The first rows an import did not take."""
        query = select(import_refusal).where(import_refusal.c.batch == batch).order_by(import_refusal.c.number)
        async with self._database.read() as connection:
            return [value_of(ImportRefusal, row) for row in (await connection.execute(query.limit(limit))).mappings()]
