"""Everything that is held of one customer: read whole, or gone (the command line's ``export`` and ``erase``).

Tables are found by their columns, so that a table added later is neither forgotten in a copy nor left behind.
"""

import base64
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import JsonValue
from sqlalchemy import ColumnElement, Table, Text, cast, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.ids import Process, WorkflowRef
from persistence.tables import METADATA
from persistence.tables.advocacy import referral
from persistence.tables.book import import_refusal
from persistence.tables.customers import customer as customer_table
from persistence.tables.decisions import sweep
from persistence.tables.identity import identity_case, identity_merge, identity_merge_row, vendor_event, vendor_parked
from persistence.tables.messages import caught_mail, communication, suppression
from persistence.tables.people import internal_mail

KEPT = frozenset({"customer_key", "audit_log"})
"""What outlives an erasure: that a key was destroyed, and who did what to an opaque id."""

_SPECIAL = KEPT | {
    *("customer", "referral", "suppression", "caught_mail", "identity_merge", "identity_merge_row", "identity_case"),
    *("vendor_event", "vendor_parked", "import_refusal"),
}


class Everything:
    """On one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def read(self, customer: str) -> dict[str, list[dict[str, JsonValue]]]:
        """Rows by table; tables without any are left out."""
        found: dict[str, list[dict[str, JsonValue]]] = {}
        addresses = await self._addresses(customer)
        for table, mine in _tables(customer, addresses):
            rows = await self._connection.execute(select(table).where(mine).order_by(*table.primary_key.columns))
            if shown := [{name: _plain(value) for name, value in row.items()} for row in rows.mappings()]:
                found[table.name] = shown
        return found

    async def merged(self, customer: str) -> list[str]:
        """Customers that were found to be this one, and theirs: what is held of them is held of it."""
        found: list[str] = []
        ask = [customer]
        while ask:
            losers = await self._connection.execute(
                select(identity_merge.c.loser)
                .where(identity_merge.c.winner.in_(ask), identity_merge.c.undone_at.is_(None))
                .order_by(identity_merge.c.number)
            )
            ask = [one for one in dict.fromkeys(losers.scalars()) if one not in {customer, *found}]
            found += ask
        return found

    async def erase(self, customer: str, *, merges: bool = True) -> dict[str, int]:
        """Delete the rows; how many of each table. In what is of others, the person's name, address and id go.

        ``merges``: also that it was found to be the same as another; by which it is found when the other is erased.
        """
        addresses = await self._addresses(customer)
        gone: dict[str, int] = {}
        await self._connection.execute(
            update(referral)
            .where(
                or_(referral.c.referred_customer == customer, func.lower(referral.c.referred_email).in_(addresses)),
                referral.c.referrer != customer,
            )
            .values(referred_email="", referred_name=None, referred_customer=None)
        )
        await self._connection.execute(
            update(sweep)
            .where(sweep.c.last_customer == customer, sweep.c.ended.is_not(None))
            .values(last_customer=None)
        )
        await self._doubts(customer)
        for table, mine in reversed(list(_tables(customer, addresses))):
            if table in (identity_merge, identity_merge_row) and not merges:
                continue
            result = await self._connection.execute(delete(table).where(mine))
            if result.rowcount:
                gone[table.name] = result.rowcount
        return gone

    async def _doubts(self, customer: str) -> None:
        """Of accounts that might be this customer's among others, the customer is no candidate any more."""
        asked = select(identity_case.c.number, identity_case.c.candidates).where(
            cast(identity_case.c.candidates, Text).contains(customer, autoescape=True)
        )
        for number, candidates in (await self._connection.execute(asked)).all():
            left = [one for one in candidates if one.get("customer") != customer]
            if left != candidates:
                changed = update(identity_case).where(identity_case.c.number == number).values(candidates=left)
                await self._connection.execute(changed)

    async def _addresses(self, customer: str) -> set[str]:
        """Addresses of this customer that nobody else has."""
        said = await self._connection.execute(
            select(communication.c.recipient).where(communication.c.customer == customer)
        )
        own = await self._connection.execute(select(customer_table.c.email).where(customer_table.c.id == customer))
        known = {str(address).lower() for address in (*said.scalars(), *own.scalars()) if address}
        others = await self._connection.execute(
            select(customer_table.c.email).where(customer_table.c.id != customer, customer_table.c.email.is_not(None))
        )
        return known - {str(address).lower() for address in others.scalars()} if known else set()


def _tables(customer: str, addresses: set[str]) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Every table that may hold something of the customer, parents before children, and which rows are its."""
    for table in METADATA.sorted_tables:
        if table.name not in _SPECIAL and (mine := _mine(table, customer)) is not None:
            yield table, mine
        elif table is customer_table:
            yield table, table.c.id == customer
        elif table is referral:
            yield table, table.c.referrer == customer
        elif table is identity_merge:
            yield table, _merges(customer)
        elif table is identity_merge_row:
            yield table, table.c.merge.in_(select(identity_merge.c.number).where(_merges(customer)))
        elif table is identity_case:
            yield table, or_(table.c.customer == customer, func.lower(table.c.email).in_(addresses))
        elif table is vendor_parked:
            yield table, or_(table.c.customer == customer, *_mentions(table.c.said, addresses))
        elif table is import_refusal:  # it quotes the value that was wrong
            yield table, or_(*_mentions(table.c.reason, {f"'{customer}'", *addresses}))
        elif table is vendor_event:
            yield table, or_(table.c.customer == customer, *_mentions(table.c.body, addresses))
        elif table is suppression and addresses:
            yield table, table.c.address.in_(addresses)
        elif table is caught_mail:
            ours = (
                select(mail.c.message_id).where(mail.c.customer == customer) for mail in (communication, internal_mail)
            )
            quoted = {f'"{address}"' for address in addresses}
            about = (table.c.message_id.in_(each) for each in ours)
            yield table, or_(*about, *_mentions(table.c.envelope_to, quoted))


def _merges(customer: str) -> ColumnElement[bool]:
    return or_(identity_merge.c.loser == customer, identity_merge.c.winner == customer)


def _mentions(column: ColumnElement[Any], texts: set[str]) -> list[ColumnElement[bool]]:
    """A document or text that has one of these in it, whatever their case."""
    said = func.lower(cast(column, Text))
    return [said.contains(text.lower(), autoescape=True) for text in sorted(texts)]


def _mine(table: Table, customer: str) -> ColumnElement[bool] | None:
    if "customer" in table.c:
        return table.c.customer == customer
    if "workflow_id" in table.c:
        name = table.c.workflow_id
        own = (str(WorkflowRef(kind, customer)) for kind in Process)
        return or_(*(part for each in own for part in (name == each, name.startswith(f"{each}:", autoescape=True))))
    return None


def _plain(value: Any) -> JsonValue:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return str(value)
    plain: JsonValue = value
    return plain
