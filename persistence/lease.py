"""One worker host on a SQLite file: its locks do not hold across a network file system.

A host renews its lease; another is refused until the lease has run out. Several workers of one host share it.
PostgreSQL needs none of this.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from models.errors import Refused
from persistence.engine import Database
from persistence.rows import insert
from persistence.tables.operations import worker_lease

LEASE = timedelta(minutes=2)
"""How long a lease lasts without renewal: a few missed renewals, not a coffee break."""

RENEW_EVERY = timedelta(seconds=30)
"""How often a worker should call :meth:`WorkerLease.acquire` again."""

_NAME = "worker"


class WorkerLease:
    """The right of one host to run workers on this database. ``now`` is real time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def acquire(self, host: str, now: datetime) -> None:
        """Take or renew the lease.

        Raises:
            Refused: another host holds it; its name is told.
        """
        if self._database.dialect != "sqlite":
            return
        async with self._database.write() as connection:
            found = await connection.execute(select(worker_lease).where(worker_lease.c.name == _NAME))
            held = found.mappings().one_or_none()
            if held is not None and held["host"] != host and held["expires_at"] > now:
                raise Refused(
                    f"worker host '{held['host']}' holds this SQLite database until {held['expires_at']:%H:%M:%S} UTC; "
                    "stop it there, or use PostgreSQL for several hosts",
                    field="host",
                    value=host,
                )
            lease = {"host": host, "renewed_at": now, "expires_at": now + LEASE}
            statement = insert(connection, worker_lease).values(name=_NAME, **lease)
            await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=lease))

    async def release(self, host: str) -> None:
        """Give the lease back, if this host holds it: only the host's last worker should."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(worker_lease).where(worker_lease.c.name == _NAME, worker_lease.c.host == host)
            )
