"""Storing what was told so that neither the order of arrival nor a second telling matters."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import BadInput
from models.told import Told
from persistence.rows import insert


async def own(connection: AsyncConnection, table: Table, ident: str, told: Told, field: str, **blank: Any) -> None:
    """Make the row of this id if there is none, with ``blank``; every later word then finds it.

    Raises:
        BadInput: the id is another customer's; ``field`` is named.
    """
    await connection.execute(
        insert(connection, table).values(id=ident, customer=told.customer, **blank).on_conflict_do_nothing()
    )
    owner = await connection.execute(select(table.c.customer).where(table.c.id == ident))
    if owner.scalar_one() != told.customer:
        raise BadInput("belongs to another customer", field=field, value=ident)


async def earliest(connection: AsyncConnection, table: Table, ident: str, column: str, at: datetime) -> None:
    """Set a moment that happens once: the earliest told."""
    present = table.c[column]
    await connection.execute(
        update(table).where(table.c.id == ident, or_(present.is_(None), present > at)).values({column: at})
    )


async def state(
    connection: AsyncConnection,
    table: Table,
    ident: str,
    told: Told,
    values: dict[str, Any],
    stamp: tuple[str, str] = ("stated_at", "stated_by"),
) -> None:
    """Set what one kind of event defines, unless a later event of that kind did."""
    at, by = (table.c[name] for name in stamp)
    await connection.execute(
        update(table)
        .where(table.c.id == ident, or_(at.is_(None), at < told.at, and_(at == told.at, by < told.key)))
        .values({**values, stamp[0]: told.at, stamp[1]: told.key})
    )


def newest(statement: PostgresInsert | SqliteInsert, table: Table, names: list[str]) -> PostgresInsert | SqliteInsert:
    """An insert that replaces a row told earlier: of two with one key, the later stamp stays."""
    said = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: said[name] for name in (*names, "stated_at", "stated_by")},
        where=or_(
            table.c.stated_at.is_(None),
            table.c.stated_at < said.stated_at,
            and_(table.c.stated_at == said.stated_at, table.c.stated_by < said.stated_by),
        ),
    )


def greatest(statement: PostgresInsert | SqliteInsert, table: Table, names: list[str]) -> PostgresInsert | SqliteInsert:
    """An insert of a row keyed by its moment: of two told for one moment the greater stays, whichever came first."""
    said = statement.excluded
    beaten: ColumnElement[bool] | None = None
    for name in reversed(names):
        # NULL (unlimited, not told) is the least; the databases order it differently, so it is spelt out.
        here, there = func.coalesce(table.c[name], -1), func.coalesce(said[name], -1)
        more: ColumnElement[bool] = here < there
        beaten = more if beaten is None else or_(more, and_(here == there, beaten))
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_={name: said[name] for name in names}, where=beaten
    )
