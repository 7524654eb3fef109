"""Results of rules, as of a moment: the latest one computed for that moment or an earlier one (section 0.5)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.facts import CATALOGUE, RECORDED, FactType
from persistence.asked import Asked
from persistence.decision_rows import put
from persistence.fact_page import Columns, Page
from persistence.tables.measures import computed_metric


async def recorded(page: Page) -> Columns:
    """Each result of its own type; only those that are wanted are read."""
    wanted = tuple(sorted(RECORDED & page.wanted if page.wanted else RECORDED))
    found = {name: page.unknown() for name in wanted}
    for owner, name, number, word in await page.rows(_results, wanted):
        found[name][page.place[owner]] = _value(name, number, word)
    return found


def _results(asked: Asked, wanted: tuple[str, ...]) -> Select[Any]:
    result = computed_metric.c
    newest = (
        func.row_number().over(partition_by=(result.customer, result.name), order_by=result.at.desc()).label("newest")
    )
    results = (
        select(result.customer, result.name, result.number, result.word, newest)
        .where(asked.holds(result.customer), result.name.in_(wanted), result.at <= asked.now)
        .subquery()
    )
    return select(results.c.customer, results.c.name, results.c.number, results.c.word).where(results.c.newest == 1)


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


def _value(name: str, number: float | None, word: str | None) -> str | float | bool | None:
    match CATALOGUE[name].type:
        case FactType.STRING:
            return word
        case FactType.BOOL:
            return None if number is None else bool(number)
        case FactType.INT:
            return None if number is None else int(number)
        case _:
            return number
