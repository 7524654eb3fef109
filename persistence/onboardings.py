"""Onboarding records: the port ``Onboardings`` (section 4.4 of the domain)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.play import OnboardingRecord
from persistence.rows import insert, row_of, value_of
from persistence.tables.plays import customer_onboarding, onboarding_progress


class OnboardingTable:
    """The record as it is, and a row of progress for each moment it moved, so that the past can be read."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def save(self, record: OnboardingRecord) -> None:
        """Insert or replace.

        Raises:
            NotFound: there is no such customer (from the transaction).
        """
        row = row_of(record)
        await self._connection.execute(
            insert(self._connection, customer_onboarding)
            .values(**row)
            .on_conflict_do_update(index_elements=["customer", "cycle"], set_=row)
        )
        moved = {"progress": record.progress, "status": record.status}
        await self._connection.execute(
            insert(self._connection, onboarding_progress)
            .values(customer=record.customer, cycle=record.cycle, at=record.last_progress, **moved)
            .on_conflict_do_update(index_elements=["customer", "cycle", "at"], set_=moved)
        )

    async def latest(self, customer: str) -> OnboardingRecord | None:
        """The record of the highest cycle, or None."""
        rows = await self._connection.execute(
            select(customer_onboarding)
            .where(customer_onboarding.c.customer == customer)
            .order_by(customer_onboarding.c.cycle.desc())
            .limit(1)
        )
        row = rows.mappings().one_or_none()
        return None if row is None else value_of(OnboardingRecord, row)
