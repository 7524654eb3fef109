"""Stages and their changes: the port ``Lifecycles`` (section 3.5 of the domain)."""

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.records import Transition
from persistence.rows import insert, row_of, value_of
from persistence.tables.customers import customer, transition


class LifecycleTable:
    """One row for each change; one change for each cause."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def record(self, change: Transition) -> bool:
        """Store the change and set the customer's stage; False if this cause already made its change.

        Raises:
            NotFound: there is no such customer.
        """
        # The stage first: it locks the customer, so that changes of one customer follow one another.
        found = await self._connection.execute(
            select(customer.c.id).where(customer.c.id == change.customer).with_for_update(key_share=True)
        )
        if found.scalar_one_or_none() is None:
            raise NotFound("no such customer", field="customer", value=change.customer)
        added = await self._connection.execute(
            insert(self._connection, transition)
            .values(**row_of(change))
            .on_conflict_do_nothing(index_elements=["customer", "cause"])
            .returning(transition.c.number)
        )
        if added.scalar_one_or_none() is None:
            return False
        await self._connection.execute(
            update(customer)
            .where(customer.c.id == change.customer)
            .values(stage=change.to_stage.value, stage_since=change.at)
        )
        return True

    async def history(self, customer_id: str) -> list[Transition]:
        """Every change, oldest first."""
        return await self._all(
            select(transition)
            .where(transition.c.customer == customer_id)
            .order_by(transition.c.at, transition.c.number)
        )

    async def by_cause(self, customer_id: str, cause: str) -> Transition | None:
        """The change that this cause made, or None."""
        found = await self._all(
            select(transition).where(transition.c.customer == customer_id, transition.c.cause == cause)
        )
        return found[0] if found else None

    async def _all(self, query: Select[*tuple[object, ...]]) -> list[Transition]:
        rows = await self._connection.execute(query)
        return [value_of(Transition, row) for row in rows.mappings()]
