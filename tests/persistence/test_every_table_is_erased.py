"""Every table there is: a row of the customer in each, in the copy, and gone after an erasure; or a reason why not."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.everything import KEPT, Everything
from persistence.store import SqlStore
from persistence.tables import METADATA
from persistence.types import Duration, Money, UtcDateTime

MOMENT = datetime(2026, 5, 4, 12, tzinfo=UTC)
NOT_THEIRS = {
    "audit_link": "hashes of entries of the audit log",
    "attestation": "what a person says of a report",
    "calibration": "figures of the whole book",
    "csm": "our own people",
    "evidence": "a document about a report: reference and hash",
    "import_batch": "counts",
    "plan_feature": "what plans offer",
    "playbook_pause": "playbooks",
    "playbook_release": "playbooks",
    "report": "figures of the whole book, as they were published",
    "source_freshness": "how current a source is",
    "sweep": "a day's counts; the cursor of one that is over is cleared",
    "validation": "figures of the whole book",
    "vendor_circuit": "how another system does",
    "vendor_object": "moments of other systems' objects, by their ids there",
    "vendor_rate": "when another system may be asked next",
    "worker_lease": "which host works",
}
"""Tables that hold nothing of one customer. A new one is thought of here, or has a column that says whose a row is."""

WHOSE = {"customer", "referrer", "loser", "referred_customer", "last_customer"}
ADDRESSES = {"email", "address", "recipient", "referred_email"}


def _value(table: Table, column: Column[Any]) -> Any:
    if column.name in WHOSE or (table.name, column.name) == ("customer", "id"):
        return "C-1"
    if column.name == "workflow_id":
        return "onboarding:C-1:1"
    if column.name in ADDRESSES:
        return "Ana@sol.example" if column.name == "email" else "ana@sol.example"
    if (table.name, column.name) == ("import_refusal", "reason"):
        return "email: no such domain = 'Ana@Sol.example'"
    if column.name in ("envelope_to", "candidates", "said"):
        return {"envelope_to": ["ana@sol.example"], "candidates": [{"customer": "C-1", "why": "same address"}]}.get(
            column.name, {"token": "x"}
        )
    special: dict[type, Any] = {UtcDateTime: MOMENT, Money: Decimal(1), Duration: timedelta(1)}
    if type(column.type) in special:
        return special[type(column.type)]
    kind = column.type.python_type
    plain: dict[type, Any] = {
        int: 1, float: 0.5, bool: False, Decimal: Decimal(1), bytes: b"x", date: MOMENT.date(), dict: {}, list: [],
    }  # fmt: skip
    return plain.get(kind, "x")


async def fill(connection: AsyncConnection) -> None:
    for table in METADATA.sorted_tables:
        await connection.execute(insert(table).values({each.name: _value(table, each) for each in table.columns}))


async def counts(connection: AsyncConnection) -> dict[str, int]:
    found = {
        table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
        for table in METADATA.sorted_tables
    }
    return {name: count for name, count in found.items() if count}


async def test_every_table_is_in_the_copy_and_empty_after_an_erasure(store: SqlStore) -> None:
    assert set(NOT_THEIRS) <= {table.name for table in METADATA.sorted_tables}, "reasons of tables that are no more"
    async with store.begin() as tx:
        await fill(tx.connection)
        every = set(await counts(tx.connection))
        assert every == {table.name for table in METADATA.sorted_tables}
        copy = await Everything(tx.connection).read("C-1")
        assert every - set(copy) == (KEPT | set(NOT_THEIRS)), "in no copy, and no reason why"
        await Everything(tx.connection).erase("C-1")
        left = await counts(tx.connection)
        assert set(left) == KEPT | set(NOT_THEIRS), "still there, and no reason why"
        cursor = await tx.connection.execute(select(METADATA.tables["sweep"].c.last_customer))
        assert cursor.scalars().all() == [None]


async def test_of_doubts_among_others_only_the_customer_goes(store: SqlStore) -> None:
    case = METADATA.tables["identity_case"]
    row = {each.name: _value(case, each) for each in case.columns}
    others = [{"customer": "C-1", "why": "name"}, {"customer": "C-10", "why": "domain"}]
    async with store.begin() as tx:
        await tx.connection.execute(
            insert(case).values({**row, "customer": None, "email": "info@sol.example", "candidates": others})
        )
        assert await Everything(tx.connection).erase("C-1") == {}
        assert (await tx.connection.execute(select(case.c.candidates))).scalar_one() == others[1:]


async def test_what_was_merged_into_a_customer_is_found_with_it(store: SqlStore) -> None:
    merge = METADATA.tables["identity_merge"]
    row = {each.name: _value(merge, each) for each in merge.columns if each.name != "number"}
    pairs = [("C-2", "C-1", None), ("C-3", "C-2", None), ("C-4", "C-1", MOMENT)]
    async with store.begin() as tx:
        for loser, winner, undone in pairs:
            await tx.connection.execute(
                insert(merge).values({**row, "loser": loser, "winner": winner, "undone_at": undone})
            )
        everything = Everything(tx.connection)
        assert await everything.merged("C-1") == ["C-2", "C-3"]
        assert await everything.erase("C-2", merges=False) == {}
        assert await everything.merged("C-1") == ["C-2", "C-3"]
