"""The database, opened: SQLite shared by the processes of one host, or PostgreSQL.

SQLite: write-ahead log, foreign keys on, a busy time-out, and every writing transaction begun with ``BEGIN IMMEDIATE``:
one that began as a reader and then writes would be refused at once, however long it was ready to wait. A commit is on
the disk when it returns (``synchronous=FULL``): an event is acknowledged only after that.

PostgreSQL: READ COMMITTED; whoever reads in order to write locks what it reads.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Self

from pydantic_core import from_json
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from models.errors import Misconfigured, Retryable
from persistence.failures import mapped

BUSY_MILLISECONDS = 10_000
"""How long a process waits for another one's SQLite write lock."""

QUEUE_SECONDS = 30.0
"""How long a transaction waits for its turn among those of its own process, before Retryable."""

_READ_ONLY = "steadfast_read_only"
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def parse(url: str) -> URL:
    """The URL with the driver of ours.

    Raises:
        Misconfigured: not a SQLite file or a PostgreSQL database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Misconfigured("not a database URL", field="STEADFAST_DATABASE_URL") from None
    driver = _DRIVERS.get(parsed.drivername.partition("+")[0])
    if driver is None:
        raise Misconfigured(
            f"'{parsed.drivername}' is not supported; use sqlite+aiosqlite:///file or postgresql+psycopg://...",
            field="STEADFAST_DATABASE_URL",
        )
    if driver.startswith("sqlite") and parsed.database in (None, "", ":memory:"):
        raise Misconfigured("SQLite needs a file: a worker and a console share it", field="STEADFAST_DATABASE_URL")
    return parsed.set(drivername=driver)


class Database:
    """An open database. One for each process; give it to the stores, and close it at the end."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        # SQLite writers of one process take turns here, in order of arrival, instead of polling the file for its lock.
        self._turn = asyncio.Lock() if self.dialect == "sqlite" else None

    @classmethod
    def open(cls, url: str, *, pool_size: int = 10) -> Self:
        """Open it; connects on first use.

        Raises:
            Misconfigured: the URL is not of a supported database.
        """
        parsed = parse(url)
        if parsed.get_backend_name() == "sqlite":
            engine = create_async_engine(
                parsed, pool_size=pool_size, max_overflow=pool_size, json_deserializer=_document
            )
            event.listen(engine.sync_engine, "connect", _on_sqlite_connect)
            event.listen(engine.sync_engine, "begin", _on_sqlite_begin)
        else:
            engine = create_async_engine(
                parsed,
                isolation_level="READ COMMITTED",
                pool_size=pool_size,
                max_overflow=pool_size,
                pool_pre_ping=True,
                pool_recycle=1800,
            )
        return cls(engine)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A writing transaction: committed when the block ends well, rolled back by any exception.

        Raises:
            Retryable: no lock or no connection; see :mod:`persistence.failures` for the others.
        """
        with mapped():
            async with AsyncExitStack() as stack:
                if self._turn is not None:
                    await self._my_turn(self._turn)
                    stack.callback(self._turn.release)
                yield await stack.enter_async_context(self.engine.begin())

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads: one consistent state on SQLite, and nobody waits for it."""
        with mapped():
            async with self.engine.connect() as connection:
                await connection.execution_options(**self._reading())
                async with connection.begin():
                    yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    def _reading(self) -> dict[str, Any]:
        if self.dialect == "sqlite":
            return {_READ_ONLY: True}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    @staticmethod
    async def _my_turn(turn: asyncio.Lock) -> None:
        try:
            async with asyncio.timeout(QUEUE_SECONDS):
                await turn.acquire()
        except TimeoutError:
            raise Retryable("the database is busy: waited too long for a turn to write") from None


def _document(text: str) -> Any:
    """A stored document; what has no UTF-8 form is read by the slower reader."""
    try:
        return from_json(text)
    except ValueError:
        return json.loads(text)


def _on_sqlite_connect(connection: DBAPIConnection, _record: object) -> None:
    # The driver must not begin transactions by itself: it would begin them deferred, and only before some statements.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
