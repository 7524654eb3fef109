"""T8 end to end and T9: the sweep against the bare driver that reads and writes the same rows, and against one by one.

Two sweeps are timed: the first of a book, in which almost every customer changes, and that of the day after, in which
scores are written and few decisions change.
"""

import resource
import time
from datetime import timedelta

import pytest
from sqlalchemy import Table, delete, select, update

from composition.deciding import Deciding
from persistence.store import SqlStore
from persistence.tables import METADATA
from persistence.tables.customers import customer
from rules import evaluation
from tests.activities.sweep_books import DECIDED, sweep
from tests.benchmarks.report import Figure, Report, paired
from tests.benchmarks.sql_replay import again, listening
from tests.benchmarks.sweep_book import NOW, chunks, ids, load

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

CUSTOMERS = 10_000
ALONE = 200
ROUNDS = 3
DAY = timedelta(days=1)


async def filled(store: SqlStore) -> None:
    for rows in chunks(CUSTOMERS):
        async with store.begin() as tx:
            await load(tx.connection, rows)


def _tables() -> list[Table]:
    return [METADATA.tables[name] for name in (*DECIDED, "sweep")]


async def reset(store: SqlStore, stages: list[tuple[str, str, object]], *, since: object = None) -> None:
    """As before: nothing decided, everyone where it stood."""
    async with store.begin() as tx:
        for table in _tables():
            await tx.connection.execute(delete(table))
        for number in range(0, len(stages), 500):
            for name, stage, moment in stages[number : number + 500]:
                await tx.connection.execute(
                    update(customer).where(customer.c.id == name).values(stage=stage, stage_since=moment)
                )


async def test_the_sweep_by_the_bare_driver(store: SqlStore, database_url: str, report: Report) -> None:
    await filled(store)
    async with store.read() as tx:
        rows = await tx.connection.execute(select(customer.c.id, customer.c.stage, customer.c.stage_since))
        stages = [(row[0], row[1], row[2]) for row in rows]
    kind, deciding = store.database.dialect, Deciding.of()
    timed = [f"{what}{day}" for day in ("first", "next") for what in ("", "sql ", "copy ")]
    found: dict[str, list[float]] = {name: [] for name in timed}
    spent: dict[str, list[float]] = {name: [] for name in found}
    memory_before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for _ in range(ROUNDS):
        for day, name in ((NOW, "first"), (NOW + DAY, "next")):
            began, worked = time.perf_counter(), time.process_time()
            with listening(store.database) as said:
                await sweep(store, day, by=name, page=1_000, deciding=deciding)
            found[name].append(time.perf_counter() - began)
            spent[name].append(time.process_time() - worked)
            for what in (f"sql {name}", f"copy {name}"):
                await _undo(store, stages, first=name == "first")
                worked = time.process_time()
                found[what].append(again(database_url, said))
                spent[what].append(time.process_time() - worked)
            said.clear()
        await reset(store, stages)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - memory_before
    for name in ("first", "next"):
        report.add(
            Figure(
                "T9",
                f"sweep, {name} day, {kind}: by the bare driver, same rows",
                paired(found[name], found[f"sql {name}"]),
                paired(found[f"copy {name}"], found[f"sql {name}"]),
                3,
                "at most",
                {
                    "customers": CUSTOMERS,
                    "customers/s": CUSTOMERS / sorted(found[name])[len(found[name]) // 2],
                    "sql customers/s": CUSTOMERS / sorted(found[f"sql {name}"])[len(found[name]) // 2],
                    "MiB grown at most": grown,
                },
            )
        )
        if kind == "sqlite":
            # The database works in this process: its processor time tells more than the wall's on a busy machine.
            ours, bare = sorted(spent[name]), sorted(spent[f"sql {name}"])
            report.add(
                Figure(
                    "T9",
                    f"sweep, {name} day, {kind}: processor time by the bare driver's",
                    paired(spent[name], spent[f"sql {name}"]),
                    paired(spent[f"copy {name}"], spent[f"sql {name}"]),
                    3,
                    "at most",
                    {
                        "us a customer": ours[len(ours) // 2] / CUSTOMERS * 1e6,
                        "sql us a customer": bare[len(bare) // 2] / CUSTOMERS * 1e6,
                    },
                )
            )


async def _undo(store: SqlStore, stages: list[tuple[str, str, object]], *, first: bool) -> None:
    """Take back what the sweep wrote, so that the same statements write it again."""
    if first:
        await reset(store, stages)
        return
    async with store.begin() as tx:
        for table in _tables():
            at = table.c.get("detected_at") if "detected_at" in table.c else table.c.get("at")
            if table.name == "sweep":
                await tx.connection.execute(delete(table).where(table.c.day == (NOW + DAY).date()))
            elif at is not None and table.name != "evaluation":
                await tx.connection.execute(delete(table).where(at == NOW + DAY))
            elif table.name == "inbox":
                await tx.connection.execute(delete(table))


async def test_a_page_by_one_customer_at_a_time(store: SqlStore, report: Report) -> None:
    await filled(store)
    deciding = Deciding.of()
    acts, everyone = deciding.sweep(store), ids(CUSTOMERS)
    decider, when = acts._decider, acts._calendar(NOW)
    page, alone = [], []
    for number in range(ROUNDS):
        some = everyone[number * 1_000 : (number + 1) * 1_000]
        began = time.perf_counter()
        async with store.read() as tx:
            standings, facts = await tx.decisions.read(some, decider.reads, as_of=NOW)
        decider.decide(standings, facts, NOW, when)
        page.append(len(some) / (time.perf_counter() - began))
        began = time.perf_counter()
        for one in some[:ALONE]:
            async with store.read() as tx:
                standings, facts = await tx.decisions.read([one], decider.reads, as_of=NOW)
            known = {name: column[0] for name, column in facts.items()}
            evaluation.decide_one(deciding.configs, standings[0], known, NOW, when, deciding.book)
        alone.append(ALONE / (time.perf_counter() - began))
    report.add(
        Figure(
            "T8",
            f"read and decide, {store.database.dialect}: a page by one customer at a time",
            paired(page, alone),
            (),
            6,
            "at least",
            {"page customers/s": sorted(page)[1], "alone customers/s": sorted(alone)[1]},
        )
    )
