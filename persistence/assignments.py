"""Arms of experiments: the port ``Assignments``."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.experiment import Assignment
from persistence.rows import insert, row_of, value_of
from persistence.tables.experiments import assignment


class AssignmentTable:
    """One row for each account and experiment; the first stands."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def assign(self, drawn: Assignment) -> Assignment:
        """Store the draw unless there is a row; returns the row that counts."""
        await self._connection.execute(
            insert(self._connection, assignment)
            .values(**row_of(drawn))
            .on_conflict_do_nothing(index_elements=["customer", "experiment"])
        )
        found = await self._connection.execute(
            select(assignment).where(
                assignment.c.customer == drawn.customer, assignment.c.experiment == drawn.experiment
            )
        )
        return value_of(Assignment, found.mappings().one())

    async def of(self, customer: str) -> list[Assignment]:
        """The account's experiments, by name."""
        rows = await self._connection.execute(
            select(assignment).where(assignment.c.customer == customer).order_by(assignment.c.experiment)
        )
        return [value_of(Assignment, row) for row in rows.mappings()]

    async def all(self, experiment: str) -> list[Assignment]:
        """Everybody in an experiment, in the order of assignment."""
        rows = await self._connection.execute(
            select(assignment)
            .where(assignment.c.experiment == experiment)
            .order_by(assignment.c.at, assignment.c.customer)
        )
        return [value_of(Assignment, row) for row in rows.mappings()]
