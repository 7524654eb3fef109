"""A chunk of rows put in its place by natural key: new ones inserted, changed ones updated, the others counted."""

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Table, and_, bindparam, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.book import LoadCount
from persistence.rows import Row, insert

KEYS_AT_ONCE = 400
"""Keys of one look-up: with four columns each they stay well under SQLite's and PostgreSQL's limits on parameters."""

Key = tuple[object, ...]


class Settled(NamedTuple):
    """Keys of the rows that were new, that changed, and how many distinct ones there were."""

    new: frozenset[Key]
    changed: frozenset[Key]
    distinct: int

    def tally(self) -> LoadCount:
        """As a value."""
        new, changed = len(self.new), len(self.changed)
        return LoadCount(inserted=new, updated=changed, unchanged=self.distinct - new - changed)


async def upsert(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> Settled:
    """Bring the table's rows to these; of two with one key, the last wins."""
    names = [column.name for column in table.primary_key.columns]
    wanted: dict[Key, Row] = {tuple(row[name] for name in names): row for row in rows}
    stored = await existing(connection, table, list(wanted))
    new = {key: row for key, row in wanted.items() if key not in stored}
    changed = {key: row for key, row in wanted.items() if key in stored and _differs(row, stored[key])}
    if new:
        await connection.execute(insert(connection, table).on_conflict_do_nothing(), list(new.values()))
    if changed:
        # Parameters need names of their own: those of the columns are taken by the values to set.
        statement = update(table).where(*(table.c[name] == bindparam(f"key_{name}") for name in names))
        values: Row = {name: bindparam(name) for name in rows[0] if name not in names}
        await connection.execute(
            statement.values(values),
            [{**row, **{f"key_{name}": row[name] for name in names}} for row in changed.values()],
        )
    return Settled(frozenset(new), frozenset(changed), len(wanted))


async def existing(connection: AsyncConnection, table: Table, keys: Sequence[Key]) -> dict[Key, Row]:
    """The stored rows of these keys."""
    columns = list(table.primary_key.columns)
    found: dict[Key, Row] = {}
    waiting = iter(keys)
    while some := list(islice(waiting, KEYS_AT_ONCE)):
        one = columns[0].in_([key[0] for key in some])
        wanted = one if len(columns) == 1 else and_(one, tuple_(*columns).in_(some))
        for row in (await connection.execute(select(table).where(wanted))).mappings():
            found[tuple(row[column.name] for column in columns)] = dict(row)
    return found


async def owners(connection: AsyncConnection, table: Table, column: str, keys: Sequence[str]) -> dict[str, str]:
    """For each of these ids that the table has, the value of a column."""
    found: dict[str, str] = {}
    waiting = iter(dict.fromkeys(keys))
    while some := list(islice(waiting, KEYS_AT_ONCE)):
        rows = await connection.execute(select(table.c.id, table.c[column]).where(table.c.id.in_(some)))
        found.update((str(key), str(value)) for key, value in rows)
    return found


def _differs(wanted: Row, stored: Row) -> bool:
    return any(stored[name] != value for name, value in wanted.items())
