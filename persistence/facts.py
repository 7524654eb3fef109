"""Facts of the catalogue as of a moment: the port ``Facts`` (sections 0.1, 0.3 and 14.1 of the domain)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import Segment
from models.errors import NotFound
from models.facts import SINCE, fact
from persistence.fact_columns import FactColumns
from persistence.past import Since
from persistence.rows import insert
from persistence.tables.customers import customer, login, response
from rules.segments import guided


class FactTable:
    """Reads facts, and keeps the rows that some of them are computed from."""

    def __init__(self, connection: AsyncConnection, has_kickoff: Callable[[Segment], bool] = guided) -> None:
        self._connection = connection
        self._has_kickoff = has_kickoff

    async def read(
        self, customer_id: str, names: Sequence[str], *, as_of: datetime, since: datetime, cycle: int = 0
    ) -> dict[str, JsonValue]:
        """A value or None (unknown) for each name; nothing later than ``as_of`` is seen.

        ``cycle`` 0 means the onboarding that was the latest as of then.

        Raises:
            BadInput: the catalogue has no such fact.
        """
        for name in names:
            fact(name)
        asked = tuple(dict.fromkeys(names))
        columns = FactColumns(self._connection, self._has_kickoff)
        page = await columns.read(
            [customer_id], [name for name in asked if name not in SINCE], as_of=as_of, cycle=cycle
        )
        found: dict[str, JsonValue] = page.of(0)
        if not SINCE.isdisjoint(asked):
            found |= await self._since(customer_id, [name for name in asked if name in SINCE], as_of, since)
        return {name: found[name] for name in asked}

    async def _since(
        self, customer_id: str, names: Sequence[str], as_of: datetime, since: datetime
    ) -> dict[str, JsonValue]:
        rows = await self._connection.execute(select(customer).where(customer.c.id == customer_id))
        row = rows.mappings().one_or_none()
        if row is None:
            return dict.fromkeys(names)
        run = Since(self._connection, row, as_of=as_of, since=since)
        return {name: await run.read(name) for name in names}

    async def add_login(self, customer_id: str, at: datetime, key: str) -> None:
        """A user of the account logged in; idempotent per key."""
        await self._connection.execute(
            insert(self._connection, login)
            .values(customer=customer_id, key=key, at=at)
            .on_conflict_do_nothing(index_elements=["customer", "key"])
        )

    async def add_response(self, customer_id: str, kind: str, at: datetime, key: str) -> None:
        """The customer replied, booked, answered or decided (section 14.1, ``no_response``); idempotent per key.

        Raises:
            NotFound: there is no such customer.
        """
        known = await self._connection.execute(select(customer.c.id).where(customer.c.id == customer_id))
        if known.scalar_one_or_none() is None:
            raise NotFound("no such customer", field="customer", value=customer_id)
        await self._connection.execute(
            insert(self._connection, response)
            .values(customer=customer_id, key=key, kind=kind, at=at)
            .on_conflict_do_nothing(index_elements=["customer", "key"])
        )
