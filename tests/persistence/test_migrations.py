"""The migrated schema is the schema of the code, on both databases, forwards and back."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.pool import NullPool

from models.errors import Misconfigured
from persistence import migrate
from persistence.engine import parse
from persistence.tables import METADATA
from stack.postgres import database as postgres_database
from tests.databases import worker_of


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'folder' / 'new.db'}"
    else:
        worker = worker_of(request.config)
        with postgres_database(request.getfixturevalue("postgres_server"), f"empty_{worker}") as url:
            yield url


def _engine(url: str) -> Engine:
    parsed = parse(url)
    return create_engine(parsed.set(drivername=parsed.drivername.removesuffix("+aiosqlite")), poolclass=NullPool)


def test_after_an_upgrade_the_schema_is_that_of_the_code(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    with _engine(empty_url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_a_downgrade_leaves_nothing_and_an_upgrade_brings_it_back(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    migrate.downgrade(empty_url, "base")
    assert inspect(_engine(empty_url)).get_table_names() == ["alembic_version"]
    migrate.upgrade(empty_url)
    assert set(METADATA.tables) < set(inspect(_engine(empty_url)).get_table_names())


def test_a_database_says_whether_it_is_current(empty_url: str) -> None:
    assert migrate.current(empty_url) is None
    assert not migrate.is_current(empty_url)
    migrate.upgrade(empty_url, "0001")
    assert migrate.current(empty_url) == "0001"
    assert not migrate.is_current(empty_url)
    migrate.upgrade(empty_url)
    assert migrate.is_current(empty_url)


def test_two_processes_that_start_at_once_migrate_once(empty_url: str) -> None:
    with ThreadPoolExecutor(2) as both:
        list(both.map(migrate.upgrade, [empty_url, empty_url]))
    assert migrate.is_current(empty_url)


@pytest.mark.parametrize("url", ["mysql://localhost/x", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused_with_a_reason(url: str) -> None:
    with pytest.raises(Misconfigured, match="STEADFAST_DATABASE_URL"):
        migrate.upgrade(url)


def test_asking_for_the_revision_does_not_wait_for_who_writes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'busy.db'}"
    migrate.upgrade(url)
    writer = sqlite3.connect(tmp_path / "busy.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        assert migrate.is_current(url)
    finally:
        writer.close()
