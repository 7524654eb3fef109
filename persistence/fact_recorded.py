"""Results of rules, as of a moment: the latest one computed for that moment or an earlier one (section 0.5)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.facts import CATALOGUE, RECORDED, FactType
from persistence.decision_rows import put
from persistence.fact_page import Columns, Page
from persistence.tables.measures import computed_metric


async def recorded(page: Page) -> Columns:
    """Each result of its own type; only those that are wanted are read."""
    wanted = sorted(RECORDED & page.wanted if page.wanted else RECORDED)
    result = computed_metric.c
    newest = (
        func.row_number().over(partition_by=(result.customer, result.name), order_by=result.at.desc()).label("newest")
    )
    results = (
        select(result.customer, result.name, result.number, result.word, newest)
        .where(page.holds(result.customer), result.name.in_(wanted), result.at <= page.as_of)
        .subquery()
    )
    found = await page.all_by_customer(
        select(results.c.customer, results.c.name, results.c.number, results.c.word).where(results.c.newest == 1)
    )
    values = {(each, row.name): _value(row) for each, rows in found.items() for row in rows}
    return {name: [values.get((each, name)) for each in page.ids] for name in wanted}


async def record(
    connection: AsyncConnection, rows: Iterable[tuple[str, str, object, str | float | bool | None]]
) -> None:
    """Keep results: (customer, fact, moment, value or None). A second one for the same moment replaces the first.

    Raises:
        KeyError: the name is not that of a recorded fact.
    """
    await put(connection, computed_metric, [_row(*row) for row in rows])


def _row(owner: str, name: str, at: object, value: str | float | bool | None) -> dict[str, object]:
    if name not in RECORDED:
        raise KeyError(name)
    word = CATALOGUE[name].type is FactType.STRING
    return {
        "customer": owner, "name": name, "at": at,
        "number": None if word or value is None else float(value), "word": value if word else None,
    }  # fmt: skip


def _value(row: Row[Any]) -> str | float | bool | None:
    number: float | None = row.number
    word: str | None = row.word
    match CATALOGUE[row.name].type:
        case FactType.STRING:
            return word
        case FactType.BOOL:
            return None if number is None else bool(number)
        case FactType.INT:
            return None if number is None else int(number)
        case _:
            return number
