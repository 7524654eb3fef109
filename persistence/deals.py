"""Deals and drafts: the ports of ``activities.ports_deals``."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.deals import Deal, DealKind, DealStatus, Draft, DraftKind
from persistence.rows import insert, row_of, value_of
from persistence.tables.deals import deal, draft


class DealTable:
    """One deal for each customer, kind and subject."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, value: Deal) -> bool:
        """Store it; False if there is one of that kind and subject under another key."""
        await self._connection.execute(insert(self._connection, deal).values(**row_of(value)).on_conflict_do_nothing())
        stored = await self.get(value.customer, value.kind, value.subject)
        return stored is not None and stored.key == value.key

    async def get(self, customer: str, kind: DealKind, subject: str) -> Deal | None:
        """The deal, or None."""
        found = await self._connection.execute(select(deal).where(_deal(customer, kind, subject)))
        row = found.mappings().one_or_none()
        return None if row is None else value_of(Deal, row)

    async def of(self, customer: str) -> list[Deal]:
        """The customer's, oldest first."""
        query = select(deal).where(deal.c.customer == customer).order_by(deal.c.opened_at, deal.c.key)
        return [value_of(Deal, row) for row in (await self._connection.execute(query)).mappings()]

    async def settle(self, customer: str, kind: DealKind, subject: str, status: DealStatus, at: datetime) -> bool:
        """How it ended; False if there is none that is pending."""
        changed = await self._connection.execute(
            update(deal)
            .where(_deal(customer, kind, subject), deal.c.status == DealStatus.PENDING.value)
            .values(status=status.value, updated_at=at)
        )
        return changed.rowcount == 1

    async def classed(self, customer: str, kind: DealKind, subject: str, likelihood: str, at: datetime) -> None:
        """The class of a pending renewal, where it is opened already."""
        await self._connection.execute(
            update(deal)
            .where(_deal(customer, kind, subject), deal.c.status == DealStatus.PENDING.value)
            .values(likelihood=likelihood, updated_at=at)
        )


class DraftTable:
    """One draft for each customer, kind and subject."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, value: Draft) -> bool:
        """Store it; False if there is one of that kind and subject by another key."""
        await self._connection.execute(insert(self._connection, draft).values(**row_of(value)).on_conflict_do_nothing())
        stored = await self.get(value.customer, value.kind, value.subject)
        return stored is not None and stored.key == value.key

    async def get(self, customer: str, kind: DraftKind, subject: str) -> Draft | None:
        """The draft, or None."""
        query = select(draft).where(
            draft.c.customer == customer, draft.c.kind == kind.value, draft.c.subject == subject
        )
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return None if row is None else value_of(Draft, row)

    async def of(self, customer: str) -> list[Draft]:
        """The customer's, oldest first."""
        query = select(draft).where(draft.c.customer == customer).order_by(draft.c.at, draft.c.key)
        return [value_of(Draft, row) for row in (await self._connection.execute(query)).mappings()]


def _deal(customer: str, kind: DealKind, subject: str) -> ColumnElement[bool]:
    return (deal.c.customer == customer) & (deal.c.kind == kind.value) & (deal.c.subject == subject)
