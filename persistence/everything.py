"""Everything that is held of one customer: read whole, or gone (the command line's ``export`` and ``erase``).

Tables are found by their columns, so that a table added later is neither forgotten in a copy nor left behind.
"""

import base64
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import JsonValue
from sqlalchemy import ColumnElement, Table, Text, cast, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.ids import Process, WorkflowRef
from persistence.tables import METADATA
from persistence.tables.advocacy import referral
from persistence.tables.customers import customer as customer_table
from persistence.tables.identity import identity_merge
from persistence.tables.messages import caught_mail, communication, suppression

KEPT = frozenset({"customer_key", "audit_log"})
"""What outlives an erasure: that a key was destroyed, and who did what to an opaque id."""

_SPECIAL = frozenset({"customer", "referral", "suppression", "caught_mail", "identity_merge"}) | KEPT


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

    async def erase(self, customer: str) -> dict[str, int]:
        """Delete the rows; how many of each table. In what others recommended, the person's name and address go."""
        addresses = await self._addresses(customer)
        gone: dict[str, int] = {}
        await self._connection.execute(
            update(referral)
            .where(referral.c.referred_customer == customer, referral.c.referrer != customer)
            .values(referred_email="", referred_name=None, referred_customer=None)
        )
        for table, mine in reversed(list(_tables(customer, addresses))):
            result = await self._connection.execute(delete(table).where(mine))
            if result.rowcount:
                gone[table.name] = result.rowcount
        return gone

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
            yield table, or_(table.c.loser == customer, table.c.winner == customer)
        elif table is suppression and addresses:
            yield table, table.c.address.in_(addresses)
        elif table is caught_mail and addresses:
            to = cast(table.c.envelope_to, Text)
            yield table, or_(*(to.contains(f'"{address}"', autoescape=True) for address in sorted(addresses)))


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
