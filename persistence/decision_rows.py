"""Between decisions and their rows, and how a page of them is written: only what is new or differs (T8, T9).

SQLite takes many rows of one statement fast; PostgreSQL takes them as one JSON document, which costs a round trip for a
page instead of one for each row.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.decisions import EngagementScore, Evaluation
from models.expansion import Opportunity
from models.health import HealthScore
from models.health_alerts import HealthAlert
from models.signals import ChurnSignal
from persistence.rows import Row, insert, row_of, value_of


def health_row(customer: str, score: HealthScore, backfill: bool) -> Row:
    """A health score; its documents in one go, since there is one for each customer and day."""
    row: Row = score.model_dump(mode="json", exclude={"last_calculated"})
    return {**row, "customer": customer, "at": score.last_calculated, "backfill": backfill}


def health_of(row: RowMapping) -> HealthScore:
    """The inverse."""
    return HealthScore.model_validate(
        {name: row["at" if name == "last_calculated" else name] for name in HealthScore.model_fields}
    )


def engagement_row(score: EngagementScore, backfill: bool) -> Row:
    """An engagement score."""
    return row_of(score, backfill=backfill)


def signal_row(customer: str, signal: ChurnSignal, backfill: bool) -> Row:
    """One opening of a signal."""
    return row_of(signal, customer=customer, backfill=backfill)


def alert_row(customer: str, alert: HealthAlert, backfill: bool) -> Row:
    """One alert."""
    return row_of(alert, customer=customer, backfill=backfill)


def opportunity_row(one: Opportunity, backfill: bool) -> Row:
    """One opportunity."""
    return row_of(one, backfill=backfill)


def evaluation_row(value: Evaluation, backfill: bool) -> Row:
    """The last evaluation of a customer."""
    row: Row = value.model_dump(mode="json", exclude={"at"})
    return {**row, "at": value.at, "backfill": backfill}


def evaluation_of(row: RowMapping) -> Evaluation:
    """The inverse."""
    return value_of(Evaluation, row)


async def keep(
    connection: AsyncConnection, table: Table, rows: Sequence[Row], *, keys: Sequence[str] | None = None
) -> int:
    """Insert what is not there; a row of the same key (the table's own, if none is named) stays as it was.

    Returns how many rows were given.
    """
    return await _write(connection, table, rows, replace=False, keys=keys)


async def put(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> int:
    """Insert, or bring up to date what is there and differs."""
    return await _write(connection, table, rows, replace=True)


async def _write(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[Row],
    *,
    replace: bool,
    keys: Sequence[str] | None = None,
) -> int:
    if not rows:
        return 0
    keys = keys or [each.name for each in table.primary_key.columns]
    if connection.dialect.name == "postgresql" and len(rows) > 1:
        await connection.execute(_one_document(table, list(rows[0]), replace, keys), {"rows": _document(rows)})
        return len(rows)
    statement = insert(connection, table)
    if replace:
        after = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        finished: Any = statement.on_conflict_do_update(index_elements=keys, set_=after)
    else:
        finished = statement.on_conflict_do_nothing(index_elements=keys)
    await connection.execute(finished, list(rows))
    return len(rows)


def _one_document(table: Table, names: Sequence[str], replace: bool, keys: Sequence[str]) -> Any:
    """PostgreSQL reads the rows out of one JSON document, typed as the table's own row."""
    listed = ", ".join(names)
    if replace:
        after = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
        conflict = f"DO UPDATE SET {after}"
    else:
        conflict = "DO NOTHING"
    # Names of tables and columns of ours, never anything given.
    return text(
        f"INSERT INTO {table.name} ({listed}) "  # noqa: S608
        f"SELECT {listed} FROM json_populate_recordset(NULL::{table.name}, CAST(:rows AS json)) "
        f"ON CONFLICT ({', '.join(keys)}) {conflict}"
    )


def _document(rows: Sequence[Row]) -> str:
    return json.dumps(rows, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
