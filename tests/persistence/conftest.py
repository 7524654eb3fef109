"""The databases of this folder: of both kinds, copied or emptied instead of migrated for each test."""

from tests.databases import (
    database,
    database_url,
    postgres_migrated,
    postgres_url,
    sqlite_migrated,
    sqlite_url,
    store,
)

__all__ = [
    "database",
    "database_url",
    "postgres_migrated",
    "postgres_url",
    "sqlite_migrated",
    "sqlite_url",
    "store",
]
