"""Bulk loading of an imported book: repeatable, each row recognised by its natural key (``models.book``)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

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
            known = await _customers(connection, given, as_of)
            beside = await upsert(
                connection, account, [account_row(given[name]) for name in given if name not in known.newer]
            )
        added = {str(key[0]) for key in beside.new | beside.changed} - known.new
        updated = len(known.changed | added)
        return LoadCount(inserted=len(known.new), updated=updated, unchanged=len(given) - len(known.new) - updated)

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
            settled = await upsert(connection, usage_event, kept)
        return settled.tally() + LoadCount(orphans=tuple(row.id for row in rows if row.subscription not in of))

    async def imported(self) -> list[str]:
        """Every customer that an import made and whose outreach is not held, by id."""
        async with self._database.read() as connection:
            found = await connection.execute(
                select(customer.c.id)
                .where(customer.c.imported_at.is_not(None), customer.c.outreach_held.is_(False))
                .order_by(customer.c.id)
            )
            return list(found.scalars())

    async def unstaged(self) -> frozenset[str]:
        """Every customer that an import made and that is in no stage yet."""
        mine = customer.c.imported_at.is_not(None) & customer.c.stage.is_(None)
        async with self._database.read() as connection:
            return frozenset((await connection.execute(select(customer.c.id).where(mine))).scalars())

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
            settled = await upsert(connection, table, [row_of(row) for row in rows if row.customer in known])
        return settled.tally() + LoadCount(orphans=tuple(row.id for row in rows if row.customer not in known))


class _Known(NamedTuple):
    """Ids of customers that were new, that changed, and of which a later import has told already."""

    new: set[str]
    changed: set[str]
    newer: set[str]


async def _customers(connection: AsyncConnection, given: dict[str, BookAccount], as_of: datetime) -> _Known:
    """The customers of these accounts, brought up to date."""
    before = {str(key[0]) for key in await existing(connection, customer, [(each,) for each in given])}
    fresh = {row.id: new_customer(row, as_of) for row in given.values() if row.id not in before}
    if fresh:
        await connection.execute(insert(connection, customer).on_conflict_do_nothing(), list(fresh.values()))
    changed: list[Row] = []
    newer: set[str] = set()
    # Locked in one order, so that two imports cannot wait for each other.
    for name in sorted(before):
        row = await connection.execute(select(customer).where(customer.c.id == name).with_for_update(key_share=True))
        stored = dict(row.mappings().one())
        if stored["imported_at"] is not None and stored["imported_at"] > as_of:
            newer.add(name)
        wanted = await known_customer(connection, stored, given[name], as_of)
        if wanted != stored:
            changed.append(wanted)
    if changed:
        values: Row = {column.name: bindparam(column.name) for column in customer.c if column.name != "id"}
        # The id's parameter has a name of its own: that of the column is taken by the values to set.
        rows = [{**{name: row[name] for name in values}, "key": row["id"]} for row in changed]
        await connection.execute(update(customer).where(customer.c.id == bindparam("key")).values(values), rows)
    return _Known(set(fresh), {str(row["id"]) for row in changed}, newer)
