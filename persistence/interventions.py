"""Interventions and people's answers: the ports ``Interventions`` and ``Outcomes`` (sections 0.5 and 7.3)."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.people import Intervention, InterventionStatus, Outcome
from persistence.rows import bounded, insert, row_of, value_of
from persistence.tables.people import intervention, run_outcome

_OPEN = (InterventionStatus.IN_PROGRESS.value, InterventionStatus.ESCALATED.value)


class InterventionTable:
    """One row for each save play."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, value: Intervention) -> None:
        """It starts. Idempotent by workflow id."""
        statement = insert(self._connection, intervention).values(**row_of(value))
        await self._connection.execute(statement.on_conflict_do_nothing(index_elements=["workflow_id"]))

    async def of(self, customer: str) -> list[Intervention]:
        """A customer's interventions, newest first."""
        rows = await self._connection.execute(
            select(intervention)
            .where(intervention.c.customer == customer)
            .order_by(intervention.c.started_at.desc(), intervention.c.workflow_id)
        )
        return [value_of(Intervention, row) for row in rows.mappings()]

    async def rise(self, workflow_id: str, level: int) -> None:
        """The level of its escalation rose."""
        await self._change(workflow_id, escalation_level=level, status=InterventionStatus.ESCALATED.value)

    async def answered(self, workflow_id: str, outcome: str) -> None:
        """A person told an outcome."""
        await self._change(workflow_id, outcome=outcome)

    async def close(self, workflow_id: str, status: InterventionStatus, reason: str, at: datetime) -> None:
        """It ended; the first end counts."""
        await self._change(workflow_id, status=status.value, reason=bounded(reason), closed_at=at)

    async def _change(self, workflow_id: str, **changes: object) -> None:
        mine = (intervention.c.workflow_id == workflow_id) & intervention.c.status.in_(_OPEN)
        await self._connection.execute(update(intervention).where(mine).values(**changes))


class OutcomeTable:
    """One row for each answer."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, value: Outcome) -> bool:
        """Keep it; False if this request is known."""
        statement = (
            insert(self._connection, run_outcome)
            .values(**row_of(value) | {"note": bounded(value.note)})
            .on_conflict_do_nothing(index_elements=["request_id"])
            .returning(run_outcome.c.request_id)
        )
        return (await self._connection.execute(statement)).scalar_one_or_none() is not None

    async def of(self, customer: str) -> list[Outcome]:
        """A customer's, oldest first."""
        rows = await self._connection.execute(
            select(run_outcome)
            .where(run_outcome.c.customer == customer)
            .order_by(run_outcome.c.at, run_outcome.c.request_id)
        )
        return [value_of(Outcome, row) for row in rows.mappings()]
