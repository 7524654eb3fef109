"""Tasks of people after they were asked: the port ``Tasks``."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.people import ChecklistMark
from models.records import CsmTask
from persistence.rows import bounded, value_of
from persistence.tables.work import csm_task

OPEN = "open"
DONE = "done"
CANCELLED = "cancelled"


class TaskTable:
    """Reading and closing what ``WorkTable.add_task`` added."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, key: str) -> CsmTask | None:
        """The task, or None."""
        rows = await self._connection.execute(select(csm_task).where(csm_task.c.key == key))
        row = rows.mappings().one_or_none()
        return None if row is None else value_of(CsmTask, row)

    async def open_of(self, assignee: str | None = None) -> list[CsmTask]:
        """Open tasks by due time, of one person or of all."""
        query = select(csm_task).where(csm_task.c.status == OPEN).order_by(csm_task.c.due, csm_task.c.key)
        if assignee is not None:
            query = query.where(csm_task.c.assignee == assignee)
        return [value_of(CsmTask, row) for row in (await self._connection.execute(query)).mappings()]

    async def snooze(self, key: str, until: datetime, reason: str) -> None:
        """Not before ``until``; a closed task stays as it is."""
        await self._change(key, snoozed_until=until, snooze_reason=bounded(reason))

    async def tick(self, key: str, checklist: Sequence[ChecklistMark]) -> None:
        """How its checklist stands."""
        await self._change(key, checklist=[mark.model_dump(mode="json") for mark in checklist])

    async def close(self, key: str, *, outcome: str, note: str, by: str, at: datetime) -> bool:
        """It is done; False if it was already, and then nothing changes."""
        return await self._change(key, status=DONE, outcome=outcome, note=bounded(note), closed_by=by, closed_at=at)

    async def replaced(self, key: str) -> None:
        """An open task that another one takes the place of is no more."""
        await self._connection.execute(delete(csm_task).where(csm_task.c.key == key, csm_task.c.status == OPEN))

    async def cancel_of(self, workflow_id: str, reason: str, at: datetime) -> None:
        """The run that asked has ended: nobody needs to do its open tasks."""
        mine = (csm_task.c.workflow_id == workflow_id) & (csm_task.c.status == OPEN)
        await self._connection.execute(
            update(csm_task).where(mine).values(status=CANCELLED, note=bounded(reason), closed_at=at)
        )

    async def _change(self, key: str, **changes: object) -> bool:
        mine = (csm_task.c.key == key) & (csm_task.c.status == OPEN)
        done = await self._connection.execute(update(csm_task).where(mine).values(**changes).returning(csm_task.c.key))
        return done.scalar_one_or_none() is not None
