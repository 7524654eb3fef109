"""Which plays started, did not start, and keep others quiet: the port ``Entries``."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.people import Declined
from models.playbook_rules import named_by
from persistence.rows import insert, row_of, value_of
from persistence.tables.people import run_declined, run_pause
from persistence.tables.plays import run_occurrence


class EntryTable:
    """Pauses, and what was declined."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def started_by(self, customer: str, playbook: str, cause: str) -> str | None:
        """The run that this cause started, or None."""
        mine = run_occurrence.c
        found = await self._connection.execute(
            select(mine.workflow_id).where(mine.customer == customer, mine.playbook == playbook, mine.cause == cause)
        )
        workflow_id: str | None = found.scalar_one_or_none()
        return workflow_id

    async def pause(self, workflow_id: str, customer: str, playbook: str, patterns: Sequence[str]) -> None:
        """While this run is open, playbooks of these patterns reach nobody."""
        rows = [
            {"workflow_id": workflow_id, "pattern": pattern, "customer": customer, "playbook": playbook}
            for pattern in dict.fromkeys(patterns)
        ]
        if rows:
            await self._connection.execute(insert(self._connection, run_pause).on_conflict_do_nothing(), rows)

    async def paused_by(self, customer: str, playbook: str) -> str | None:
        """The playbook whose open run keeps this one quiet, or None."""
        pauses = run_pause.c
        rows = await self._connection.execute(
            select(pauses.pattern, pauses.playbook)
            .where(pauses.customer == customer)
            .order_by(pauses.workflow_id, pauses.pattern)
        )
        return next((row.playbook for row in rows if named_by((row.pattern,), playbook)), None)

    async def unpause(self, workflow_id: str) -> None:
        """The run ended."""
        await self._connection.execute(delete(run_pause).where(run_pause.c.workflow_id == workflow_id))

    async def decline(self, value: Declined) -> None:
        """A play did not start. What was held is replaced by what became of it; any other first reason is kept."""
        row = row_of(value.model_copy(update={"occurrence": None}))
        row["occurrence"] = value.occurrence.model_dump(mode="json") if value.occurrence else None
        statement = insert(self._connection, run_declined).values(**row)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["customer", "playbook", "cause"],
                set_={"reason": value.reason, "held": value.held},
                where=run_declined.c.held.is_(True),
            )
        )

    async def declined(self, customer: str) -> list[Declined]:
        """What did not start for a customer, newest first."""
        query = select(run_declined).where(run_declined.c.customer == customer)
        return await self._all(query.order_by(run_declined.c.at.desc(), run_declined.c.playbook))

    async def waiting(self, customer: str) -> list[Declined]:
        """What is held and still to be tried, oldest first."""
        query = select(run_declined).where(run_declined.c.customer == customer, run_declined.c.held.is_(True))
        return await self._all(query.order_by(run_declined.c.at, run_declined.c.playbook))

    async def _all(self, query: Select[Any]) -> list[Declined]:
        rows = await self._connection.execute(query)
        return [value_of(Declined, row) for row in rows.mappings()]
