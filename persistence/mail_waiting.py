"""How much mail waits to be handed over: to customers and to our own people, whatever hands it over."""

from datetime import datetime

from sqlalchemy import Select, Table, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import CommunicationStatus, RunStatus
from models.people import InternalMailStatus
from persistence.tables.messages import communication
from persistence.tables.people import internal_mail
from persistence.tables.plays import run


async def mail_waiting(connection: AsyncConnection) -> tuple[int, datetime | None]:
    """How many mails are written and not handed over, of plays that go on, and since when the first of them is."""
    queued = union_all(
        _queued(communication, CommunicationStatus.QUEUED.value),
        _queued(internal_mail, InternalMailStatus.QUEUED.value),
    ).subquery()
    found = (await connection.execute(select(func.count(), func.min(queued.c.created_at)).select_from(queued))).one()
    return int(found[0]), found[1]


def _queued(table: Table, status: str) -> Select[tuple[datetime]]:
    return (
        select(table.c.created_at)
        .join_from(table, run, table.c.workflow_id == run.c.workflow_id)
        .where(table.c.status == status, run.c.status == RunStatus.RUNNING.value)
    )
