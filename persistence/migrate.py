"""Bring a database to the schema of this code, and say where one stands: for start-up, before anyone opens it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock, Timeout
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import NullPool

from models.errors import Retryable
from persistence.engine import BUSY_MILLISECONDS, parse
from persistence.failures import mapped

_LOCK = 0x57EADFA5
"""Of PostgreSQL's advisory locks, the one of our migrations."""

_PATIENCE = 120.0
"""Seconds to wait for another process that is migrating."""


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to a revision, creating it if it is a SQLite file. Two processes may do so at once.

    Raises:
        Misconfigured: the URL is not of a supported database.
        Retryable: the database cannot be reached, or another process has been migrating for too long.
    """
    with _connected(url, exclusive=True) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(url: str, revision: str) -> None:
    """Bring the database back to an earlier revision (``base``: nothing). Data of later tables is lost."""
    with _connected(url, exclusive=True) as connection:
        command.downgrade(_config(connection), revision)


def current(url: str) -> str | None:
    """The revision the database is at, or None if it has never been migrated (or is not there)."""
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        return None
    with _connected(url, exclusive=False) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The revision of this code."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def is_current(url: str) -> bool:
    """Whether the database is at the revision of this code."""
    return current(url) == head()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connected(url: str, *, exclusive: bool) -> Iterator[Connection]:
    parsed = parse(url)
    with mapped():
        if parsed.get_backend_name() == "sqlite":
            file = Path(str(parsed.database))
            engine = create_engine(parsed.set(drivername="sqlite"), poolclass=NullPool)
            event.listen(engine, "connect", _on_connect)
            if not exclusive:  # only reads: it must not wait for whoever writes
                with engine.connect() as connection:
                    yield connection
                return
            event.listen(engine, "begin", _on_begin)
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                with FileLock(f"{file}.migrating", timeout=_PATIENCE), engine.begin() as connection:
                    yield connection
            except Timeout:
                raise Retryable("another process has been migrating the database for too long") from None
        else:
            with create_engine(parsed, poolclass=NullPool).begin() as connection:
                if exclusive:
                    connection.execute(text(f"SET LOCAL lock_timeout = '{int(_PATIENCE)}s'"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                yield connection


def _on_connect(connection: DBAPIConnection, _record: object) -> None:
    # As in persistence.engine, but with foreign keys off: see migrations/env.py.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
