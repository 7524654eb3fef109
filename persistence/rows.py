"""Between frozen values and rows: enums as their text, tuples as JSON lists, moments and amounts as they are."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import RowMapping, Table
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

Model = TypeVar("Model", bound=BaseModel)
Row = dict[str, Any]

LONGEST_REMARK = 2000
"""Most characters kept of what another system or an exception said."""


def bounded(text: str) -> str:
    """Foreign words, cut to a length worth keeping, and without the NUL that PostgreSQL cannot hold."""
    return text.replace("\0", "")[:LONGEST_REMARK]


def row_of(value: BaseModel, **more: object) -> Row:
    """The columns of a value whose fields are named as the columns are."""
    fields = {name: getattr(value, name) for name in type(value).model_fields}
    return {name: _plain(each) for name, each in {**fields, **more}.items()}


_AS_IT_IS = frozenset({NoneType, str, int, float, bool, bytes, date, datetime, timedelta, Decimal})


def _plain(value: object) -> object:
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float | bytes | date | timedelta | Decimal):
        return value
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {key: _document(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_document(each) for each in value]
    raise TypeError(f"no column holds a {type(value).__name__}")


def _document(value: object) -> object:
    plain = _plain(value)
    if isinstance(plain, date):
        return plain.isoformat()
    return str(plain) if isinstance(plain, Decimal) else plain


def value_of(model: type[Model], row: RowMapping) -> Model:
    """The value of a row; columns that are not fields are left out."""
    return model.model_validate({name: row[name] for name in model.model_fields if name in row})


def insert(connection: AsyncConnection, table: Table) -> PostgresInsert | SqliteInsert:
    """An INSERT with ON CONFLICT, in the dialect of the connection."""
    return postgres_insert(table) if connection.dialect.name == "postgresql" else sqlite_insert(table)
