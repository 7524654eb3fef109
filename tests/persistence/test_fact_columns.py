"""Facts of a page are what plain Python says they are, on both databases, and see nothing that came later."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from models.errors import BadInput
from models.facts import CATALOGUE, FRESH, REGISTRY, SINCE, FactType, Feed
from persistence.engine import Database
from persistence.fact_columns import COLUMNS, READERS, FactColumns, FactPage
from tests.persistence.fact_histories import DAY, NOW, TICK, distinct, history, keep
from tests.persistence.fact_oracle import Oracle

MOMENTS = (NOW, NOW - 30 * DAY, NOW - TICK)
PAGE = Path(__file__).parents[2] / "docs" / "facts.md"


async def read(
    database: Database, ids: Sequence[str], names: Sequence[str] = COLUMNS, as_of: datetime = NOW
) -> FactPage:
    async with database.read() as connection:
        return await FactColumns(connection).read(ids, names, as_of=as_of)


@pytest.mark.parametrize("seed", range(3))
async def test_every_fact_of_a_random_history_is_the_oracles(database: Database, seed: int) -> None:
    rows = history(seed)
    async with database.write() as connection:
        await keep(connection, rows)
    rows, ids = distinct(rows), [row["id"] for row in rows["customer"]]
    for as_of in MOMENTS:
        page = await read(database, ids, as_of=as_of)
        for position, each in enumerate(ids):
            found, expected = page.of(position), Oracle(rows, each, as_of).facts()
            assert {name: found[name] for name in expected} == expected, (each, as_of)


async def test_a_page_of_one_is_that_customer_of_a_larger_page(database: Database) -> None:
    rows = history(99)
    async with database.write() as connection:
        await keep(connection, rows)
    ids = [row["id"] for row in rows["customer"]][::-1]
    page = await read(database, ids)
    for position in (0, 7, 24):
        assert (await read(database, [ids[position]])).of(0) == page.of(position)


async def test_the_order_of_a_page_is_that_of_its_ids_and_strangers_have_no_facts(database: Database) -> None:
    async with database.write() as connection:
        await keep(connection, {"customer": [_bare("C-a", plan="pro"), _bare("C-b", plan="starter")]})
    page = await read(database, ["C-b", "stranger", "C-a", "C-b"])
    assert page.facts["plan"] == ["starter", None, "pro", "starter"]
    assert set(page.of(1).values()) == {None}
    assert (await read(database, [])).facts == {name: [] for name in COLUMNS}


async def test_unknown_facts_and_facts_of_a_run_are_refused(database: Database) -> None:
    with pytest.raises(BadInput, match="open_tickts"):
        await read(database, ["C-1"], ["open_tickts"])
    with pytest.raises(ValueError, match="still_no_login"):
        await read(database, ["C-1"], ["still_no_login"])


async def test_a_feed_is_as_old_as_what_it_last_said(database: Database) -> None:
    async with database.write() as connection:
        await keep(connection, {
            "customer": [_bare("C-1"), _bare("C-2")],
            "source_report": [
                {"customer": "C-1", "feed": "tickets", "at": NOW - DAY},
                {"customer": "C-1", "feed": "tickets", "at": NOW + DAY},
            ],
            "login": [{"customer": "C-2", "key": "k", "at": NOW - 2 * DAY, "user_id": None}],
        })  # fmt: skip
    async with database.read() as connection:
        told = await FactColumns(connection).reported(["C-1", "C-2"], as_of=NOW)
    assert told[Feed.TICKETS] == [NOW - DAY, None]
    assert told[Feed.LOGINS] == [None, NOW - 2 * DAY]
    assert told[Feed.USERS] == [None, None]


async def test_every_value_is_of_the_type_the_catalogue_says(database: Database) -> None:
    rows = history(7, customers=60)
    async with database.write() as connection:
        await keep(connection, rows)
    page = await read(database, [row["id"] for row in rows["customer"]])
    types: dict[str, type] = {FactType.BOOL: bool, FactType.INT: int, FactType.DOUBLE: float, FactType.STRING: str}
    for name, column in page.facts.items():
        kind = types[REGISTRY[name].type] if name in CATALOGUE else list
        assert {type(value) for value in column if value is not None} <= {kind}, name


def test_every_fact_of_the_catalogue_has_one_reader() -> None:
    answered = [name for _, names in READERS for name in names] + ["has_kickoff"]
    assert sorted(answered) == sorted(set(REGISTRY) - SINCE)
    assert set(FRESH) == set(Feed)


def test_the_page_of_facts_is_the_catalogue() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = [
        f"| `{f.name}` | {f.type} | {f.unit} | {f.window or ''} | {f.feed or ''} | {f.source} | {f.meaning} |"
        for f in REGISTRY.values()
    ]
    assert re.findall(r"^\| `\w+` \| (?!`).*\|$", page, re.MULTILINE) == rows
    for feed, fresh in FRESH.items():
        assert re.search(rf"^\| `{feed}` \| `[\w.]+` \| {fresh.days} \|", page, re.MULTILINE), feed


def _bare(owner: str, **more: object) -> dict[str, Any]:
    return {"id": owner, "cycle": 0, "outreach_held": False, "stamps": {}, "base": {}, **more}
