"""The databases, for a run of this folder alone."""

from tests.databases import (
    database,
    database_url,
    postgres_migrated,
    postgres_server,
    postgres_url,
    sqlite_migrated,
    sqlite_url,
    store,
)

__all__ = [
    "database",
    "database_url",
    "postgres_migrated",
    "postgres_server",
    "postgres_url",
    "sqlite_migrated",
    "sqlite_url",
    "store",
]
