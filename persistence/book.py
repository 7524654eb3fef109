"""Bulk loading of an imported book: repeatable, each row recognised by its natural key (``models.book``)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.book import BookAccount, BookChurn, BookSubscription, BookTicket, BookUsage, LoadCount
from persistence.book_accounts import account_row, known_customer, new_customer
from persistence.book_rows import existing, owners, upsert
from persistence.engine import Database
from persistence.rows import Row, insert, row_of
from persistence.tables.book import account, churn_event, subscription, ticket, usage_event
from persistence.tables.customers import customer


class BookLoader:
    """Where an import puts its rows. Each call is one transaction: give it chunks of a few thousand rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accounts(self, rows: Sequence[BookAccount], *, as_of: datetime) -> LoadCount:
        """Accounts and their customers; a new customer is held, one already live is not held again."""
        given = {row.id: row for row in rows}
        async with self._database.write() as connection:
            new, changed = await _customers(connection, given, as_of)
            beside = await upsert(connection, account, [account_row(row) for row in given.values()])
        updated = max(changed, beside.updated)
        return LoadCount(inserted=new, updated=updated, unchanged=len(given) - new - updated)

    async def subscriptions(self, rows: Sequence[BookSubscription]) -> LoadCount:
        """Spans of subscriptions."""
        return await self._owned(subscription, rows)

    async def tickets(self, rows: Sequence[BookTicket]) -> LoadCount:
        """Tickets."""
        return await self._owned(ticket, rows)

    async def churn(self, rows: Sequence[BookChurn]) -> LoadCount:
        """Churn events."""
        return await self._owned(churn_event, rows)

    async def usage(self, rows: Sequence[BookUsage]) -> LoadCount:
        """Usage; the customer is that of the subscription."""
        async with self._database.write() as connection:
            of = await owners(connection, subscription, "customer", [row.subscription for row in rows])
            kept = [row_of(row, customer=of[row.subscription]) for row in rows if row.subscription in of]
            count = await upsert(connection, usage_event, kept)
        return count + LoadCount(orphans=tuple(row.id for row in rows if row.subscription not in of))

    async def imported(self) -> list[str]:
        """Every customer that an import made and whose outreach is not held, by id."""
        async with self._database.read() as connection:
            found = await connection.execute(
                select(customer.c.id)
                .where(customer.c.imported_at.is_not(None), customer.c.outreach_held.is_(False))
                .order_by(customer.c.id)
            )
            return list(found.scalars())

    async def live(self) -> frozenset[str]:
        """Every customer that signed up by itself: an import adds to what is known of it, and is no news to it."""
        async with self._database.read() as connection:
            found = await connection.execute(select(customer.c.id).where(customer.c.imported_at.is_(None)))
            return frozenset(found.scalars())

    async def _owned(
        self, table: Any, rows: Sequence[BookSubscription] | Sequence[BookTicket] | Sequence[BookChurn]
    ) -> LoadCount:
        async with self._database.write() as connection:
            known = await owners(connection, customer, "id", [row.customer for row in rows])
            count = await upsert(connection, table, [row_of(row) for row in rows if row.customer in known])
        return count + LoadCount(orphans=tuple(row.id for row in rows if row.customer not in known))


async def _customers(connection: AsyncConnection, given: dict[str, BookAccount], as_of: datetime) -> tuple[int, int]:
    """How many were new, how many changed. Inserted first, so that an event's own insert waits for this one."""
    ids: list[tuple[object, ...]] = [(each,) for each in given]
    before = {str(key[0]) for key in await existing(connection, customer, ids)}
    fresh = [new_customer(row, as_of) for row in given.values() if row.id not in before]
    if fresh:
        await connection.execute(insert(connection, customer).on_conflict_do_nothing(), fresh)
    # Locked in one order, so that two imports cannot wait for each other.
    changed: list[Row] = []
    for name in sorted(before):
        row = await connection.execute(select(customer).where(customer.c.id == name).with_for_update(key_share=True))
        stored = dict(row.mappings().one())
        wanted = await known_customer(connection, stored, given[name], as_of)
        if wanted != stored:
            changed.append({**wanted, "key_id": name})
    if changed:
        columns: Row = {column.name: bindparam(column.name) for column in customer.c if column.name != "id"}
        await connection.execute(
            update(customer).where(customer.c.id == bindparam("key_id")).values(columns),
            [{name: value for name, value in row.items() if name != "id"} for row in changed],
        )
    return len(fresh), len(changed)
