"""What our own people see and do: the port ``Work``."""

from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.records import Blocker, CsmTask, InAppNotice, MeetingProposal, Notice
from persistence.rows import insert, row_of, value_of
from persistence.tables.work import blocker, csm_task, in_app_notice, meeting_proposal, notice

Model = TypeVar("Model", bound=BaseModel)


class WorkTable:
    """Each row unique on its key; a second add does nothing."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_task(self, task: CsmTask) -> None:
        """A task for a person."""
        await self._add(csm_task, task)

    async def add_notice(self, value: Notice) -> None:
        """A message to our own people."""
        await self._add(notice, value)

    async def add_proposal(self, proposal: MeetingProposal) -> None:
        """A proposed meeting."""
        await self._add(meeting_proposal, proposal)

    async def add_in_app(self, value: InAppNotice) -> None:
        """A notification in the product's feed."""
        await self._add(in_app_notice, value)

    async def add_blocker(self, value: Blocker) -> None:
        """Something in the way; one that was cleared stays cleared."""
        await self._add(blocker, value, cleared=False)

    async def clear_blocker(self, customer: str, name: str) -> None:
        """No longer in the way."""
        await self._connection.execute(
            update(blocker).where(blocker.c.customer == customer, blocker.c.name == name).values(cleared=True)
        )

    async def tasks(self, customer: str) -> list[CsmTask]:
        """A customer's tasks, by due time."""
        return await self._of(CsmTask, csm_task, customer, csm_task.c.due)

    async def notices(self, customer: str) -> list[Notice]:
        """What our people were told of a customer, oldest first."""
        return await self._of(Notice, notice, customer, notice.c.at)

    async def in_app(self, customer: str) -> list[InAppNotice]:
        """The customer's feed, oldest first."""
        return await self._of(InAppNotice, in_app_notice, customer, in_app_notice.c.at)

    async def blockers(self, customer: str) -> list[Blocker]:
        """What is in the way now, oldest first."""
        return await self._of(Blocker, blocker, customer, blocker.c.at, blocker.c.cleared.is_(False))

    async def proposals(self, customer: str) -> list[MeetingProposal]:
        """Meetings proposed, oldest first."""
        return await self._of(MeetingProposal, meeting_proposal, customer, meeting_proposal.c.at)

    async def _add(self, table: Table, value: BaseModel, **more: object) -> None:
        statement = insert(self._connection, table).values(**row_of(value, **more))
        await self._connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]))

    async def _of(
        self,
        model: type[Model],
        table: Table,
        customer: str,
        order: ColumnElement[datetime],
        *only: ColumnElement[bool],
    ) -> list[Model]:
        query = select(table).where(table.c.customer == customer, *only).order_by(order, table.c.key)
        rows = await self._connection.execute(query)
        return [value_of(model, row) for row in rows.mappings()]
