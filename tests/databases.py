"""Databases for tests, migrated and empty: ``store`` and ``database`` come twice, on SQLite and on PostgreSQL.

The server is the run's (``postgres_server``); each worker has a database of its own on it, emptied before each test.
"""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from persistence import migrate
from persistence.engine import Database
from persistence.store import SqlStore
from persistence.tables import METADATA
from stack.postgres import database as postgres_database


def worker_of(config: pytest.Config) -> str:
    """Name of the worker of a parallel run; ``master`` when tests run in one process, with or without the plugin."""
    return str(getattr(config, "workerinput", {}).get("workerid", "master"))


@pytest.fixture(scope="session")
def postgres_migrated(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """This worker's own database, migrated."""
    with postgres_database(postgres_server, f"steadfast_{worker_of(request.config)}") as url:
        migrate.upgrade(url)
        yield url


@pytest.fixture(scope="session")
def sqlite_migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    migrate.upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(sqlite_migrated: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database."""
    file = tmp_path / "steadfast.db"
    shutil.copy(sqlite_migrated, file)
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
def postgres_url(postgres_migrated: str) -> str:
    """A migrated, empty PostgreSQL database."""
    tables = ", ".join(f'"{name}"' for name in METADATA.tables)
    with create_engine(postgres_migrated, poolclass=NullPool).begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    return postgres_migrated


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database of each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The database, open."""
    opened = Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def store(database: Database) -> SqlStore:
    """The store on it."""
    return SqlStore(database)
