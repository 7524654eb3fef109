"""Databases for tests, migrated and empty: ``store`` and ``database`` come twice, on SQLite and on PostgreSQL.

A plugin: ``pytest_plugins = ["tests.databases"]`` in the first conftest. One PostgreSQL server serves a whole run: with
xdist the controller starts it and tells the workers, each of which has a database of its own.
"""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from models.errors import Misconfigured
from persistence import migrate
from persistence.engine import Database
from persistence.store import SqlStore
from persistence.tables import METADATA
from stack.postgres import database as postgres_database
from stack.postgres import throwaway

_TOLD = "steadfast_postgres"
_running = ExitStack()


@cache
def _started() -> str:
    """The run's server; it ends with this process, or at the end of the session."""
    return _running.enter_context(throwaway(os.environ.get("STEADFAST_TEST_POSTGRES_URL")))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """In xdist's controller, for each worker: where the server is."""
    try:
        node.workerinput[_TOLD] = _started()
    except Misconfigured:
        node.workerinput[_TOLD] = ""


def pytest_unconfigure() -> None:
    """The session is over."""
    _running.close()
    _started.cache_clear()


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> str:
    """The URL of the run's PostgreSQL server; make databases on it with ``stack.postgres.database``."""
    told = getattr(request.config, "workerinput", {}).get(_TOLD)
    try:
        return told or _started()
    except Misconfigured as error:
        if os.environ.get("STEADFAST_REQUIRE_ALL") == "1":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def postgres_migrated(postgres_server: str, worker_id: str) -> Iterator[str]:
    """This test process's own database, migrated."""
    with postgres_database(postgres_server, f"steadfast_{worker_id}") as url:
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
