"""What a piece of work says to its database, kept and said again by the bare driver: the floor under that work."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import event

from persistence.engine import Database

COMMIT = "COMMIT"


class Said(NamedTuple):
    """One statement; ``many``: with a list of parameters."""

    text: str
    parameters: Any
    many: bool


@contextmanager
def listening(database: Database) -> Iterator[list[Said]]:
    """Every statement of the block, and where its transactions ended."""
    kept: list[Said] = []
    engine = database.engine.sync_engine

    def said(_c: object, _cursor: object, text: str, parameters: Any, _context: object, many: bool) -> None:
        kept.append(Said(text, parameters, many))

    def ended(_connection: object) -> None:
        kept.append(Said(COMMIT, None, False))

    event.listen(engine, "before_cursor_execute", said)
    event.listen(engine, "commit", ended)
    try:
        yield kept
    finally:
        event.remove(engine, "before_cursor_execute", said)
        event.remove(engine, "commit", ended)


def again(url: str, said: list[Said]) -> float:
    """Seconds in which the bare driver says it all and fetches every row."""
    if url.startswith("sqlite"):
        connection: Any = sqlite3.connect(url.partition("///")[2], isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
    else:
        connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
    cursor = connection.cursor()
    began = time.perf_counter()
    cursor.execute("BEGIN")
    for text, parameters, many in said:
        if text.upper().startswith(("BEGIN", "PRAGMA")):
            continue
        if text == COMMIT:
            cursor.execute("COMMIT")
            cursor.execute("BEGIN")
        elif many:
            cursor.executemany(text, parameters)
        else:
            cursor.execute(text, parameters)
            if cursor.description:
                cursor.fetchall()
    cursor.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return took
