"""Many rows of one table in one statement: what an INSERT costs beside the database itself (T8, T9).

SQLite takes a list of parameters fast; what would be slow is to have SQLAlchemy bind each of them anew, so that the
statement is compiled once and values go through the columns' own types. PostgreSQL takes all rows as one JSON document,
which costs a round trip for a page instead of one for each row.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy import JSON, Boolean, Date, Dialect, Table, text
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.json_text import JsonText
from persistence.rows import Row
from persistence.types import UtcDateTime

Processor = Callable[[Any], Any]


class _Prepared(NamedTuple):
    """A statement of SQLite, how a row is put into its columns' order, and the columns whose values are converted.

    ``shared``: many rows have the same few of these values, so that each is converted once.
    """

    said: str
    ordered: Callable[[Row], tuple[Any, ...]]
    converted: tuple[tuple[int, Processor], ...]
    shared: tuple[tuple[int, Processor], ...]


async def write(
    connection: AsyncConnection, table: Table, rows: Sequence[Row], keys: Sequence[str], *, replace: bool
) -> None:
    """Insert them; one whose ``keys`` are there is replaced or stays.

    Every row has the columns of the first, and JSON as text where that one has.
    """
    names = tuple(rows[0])
    if connection.dialect.name == "postgresql":
        texts = tuple(name for name, value in rows[0].items() if type(value) is JsonText)
        said = _one_document(table, names, tuple(keys), texts, replace)
        await connection.execute(said, {"rows": document_of(rows)})
        return
    prepared = _prepared(connection.dialect, table, names, tuple(keys), replace)
    await connection.exec_driver_sql(prepared.said, _parameters(prepared, rows))


def document_of(value: object) -> str:
    """A JSON document; moments in ISO format, amounts as text. What has no UTF-8 form is escaped."""
    try:
        return to_json(value, inf_nan_mode="constants").decode()
    except ValueError:
        return json.dumps(value, default=_plain)


def _parameters(prepared: _Prepared, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    columns: list[Sequence[Any]] = list(zip(*map(prepared.ordered, rows), strict=True))
    for position, convert in prepared.converted:
        columns[position] = [convert(value) for value in columns[position]]
    for position, convert in prepared.shared:
        found = {value: convert(value) for value in set(columns[position])}
        columns[position] = [found[value] for value in columns[position]]
    return list(zip(*columns, strict=True))


@lru_cache(maxsize=200)
def _prepared(
    dialect: Dialect, table: Table, names: tuple[str, ...], keys: tuple[str, ...], replace: bool
) -> _Prepared:
    statement = sqlite_insert(table)
    if replace:
        after = {name: statement.excluded[name] for name in names if name not in keys}
        statement = statement.on_conflict_do_update(index_elements=keys, set_=after)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    columns = tuple(compiled.positiontup)
    converted: list[tuple[int, Processor]] = []
    shared: list[tuple[int, Processor]] = []
    for position, name in enumerate(columns):
        convert = _processor(table, name, dialect)
        if convert is not None:
            # Two moments or truths that are equal are written alike; two amounts are kept digit for digit.
            alike = isinstance(table.c[name].type, UtcDateTime | Date | Boolean)
            (shared if alike else converted).append((position, convert))
    return _Prepared(str(compiled), _ordered(columns), tuple(converted), tuple(shared))


def _ordered(columns: tuple[str, ...]) -> Callable[[Row], tuple[Any, ...]]:
    if len(columns) == 1:
        return lambda row: (row[columns[0]],)
    return itemgetter(*columns)


def _processor(table: Table, name: str, dialect: Dialect) -> Processor | None:
    kind = table.c[name].type
    if isinstance(kind, JSON):
        return _optional_document if kind.none_as_null else document_of
    found: Processor | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return found


def _optional_document(value: object) -> str | None:
    if type(value) is JsonText:
        return str(value)
    return None if value is None else document_of(value)


@lru_cache(maxsize=200)
def _one_document(
    table: Table, names: tuple[str, ...], keys: tuple[str, ...], texts: tuple[str, ...], replace: bool
) -> Any:
    """PostgreSQL reads the rows out of one JSON document, typed as the table's own row.

    A document that comes as text is a string in it, whose content is the value.
    """
    listed = ", ".join(names)
    read = ", ".join(f"({name} #>> '{{}}')::json" if name in texts else name for name in names)
    if replace:
        after = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
        conflict = f"DO UPDATE SET {after}"
    else:
        conflict = "DO NOTHING"
    return text(
        f"INSERT INTO {table.name} ({listed}) "  # noqa: S608 - our own tables' and columns' names, never anything given
        f"SELECT {read} FROM json_populate_recordset(NULL::{table.name}, CAST(:rows AS json)) "
        f"ON CONFLICT ({', '.join(keys)}) {conflict}"
    )


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
