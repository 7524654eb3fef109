"""What a page of the sweep tells outside systems: only whose health or stage stands otherwise, in a few statements."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from activities.connected import NOTHING, Connected
from activities.telling import Telling
from activities.told_store import ToldStore
from models.outside import System
from persistence.store import SqlStore
from persistence.tables.customers import customer
from persistence.tables.vendor_deliveries import vendor_delivery
from tests.activities.sweep_books import book, sweep
from tests.persistence.fact_histories import DAY, NOW

WALL = datetime(2026, 4, 1, tzinfo=UTC)


def told(store: SqlStore, connected: Connected) -> Any:
    return ToldStore(store, Telling(connected, wall=lambda: WALL))


def hubspot() -> Connected:
    anything: Any = object()
    return Connected(
        told=(System.HUBSPOT,),
        accounts={System.HUBSPOT: anything},
        tasks={System.HUBSPOT: anything},
        chat={System.SLACK: anything},
    )


async def statements(store: SqlStore, through: Any, day: datetime, by: str) -> int:
    """How many statements a sweep says that ends on that day."""
    said = 0

    def count(*_: object) -> None:
        nonlocal said
        said += 1

    engine = store.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        await sweep(through, day, by=by, page=1_000)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return said


async def saved(store: SqlStore) -> int:
    async with store.read() as tx:
        query = select(func.count()).where(vendor_delivery.c.kind == "save_account")
        return int((await tx.connection.execute(query)).scalar_one())


async def test_with_nobody_connected_a_page_says_nothing_more(store: SqlStore) -> None:
    await book(store, 21)
    alone = await statements(store, store, NOW, "a")
    # Later: everything is decided already, and the same is read and looked at.
    quiet = await statements(store, told(store, NOTHING), NOW, "b")
    assert quiet <= alone
    assert await saved(store) == 0


async def test_a_page_tells_of_changes_in_a_fixed_number_of_statements(store: SqlStore) -> None:
    await book(store, 22, customers=25)
    more = await statements(store, told(store, hubspot()), NOW, "a")
    first = await saved(store)
    async with store.read() as tx:
        kinds = (await tx.connection.execute(select(vendor_delivery.c.kind).distinct())).scalars().all()
        scored = (
            await tx.connection.execute(select(func.count()).select_from(customer).where(customer.c.stage_since == NOW))
        ).scalar_one()
    assert first >= scored > 0
    assert "post_chat" in kinds
    # 25 customers told one by one would take that many more.
    assert more < 140
    # What still waits to be saved is not stored twice; what was saved and stands as it stood is not told again.
    async with store.begin() as tx:
        await tx.connection.execute(update(vendor_delivery).values(status="delivered"))
    await sweep(told(store, hubspot()), NOW + DAY / 2, by="b", day=NOW.date(), page=1_000)
    assert await saved(store) - first < first / 2


@pytest.mark.parametrize("twice", [1, 2])
async def test_an_account_that_waits_is_told_once(store: SqlStore, twice: int) -> None:
    await book(store, 23, customers=9)
    for number in range(twice):
        await sweep(told(store, hubspot()), NOW + number * DAY, by=f"{number}", page=1_000)
    async with store.read() as tx:
        query = select(vendor_delivery.c.customer, func.count()).where(vendor_delivery.c.kind == "save_account")
        rows = (await tx.connection.execute(query.group_by(vendor_delivery.c.customer))).all()
    assert {row[1] for row in rows} == {1}
