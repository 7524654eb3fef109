"""What a customer's checklist looks at besides facts: the port ``Checklists`` (section 17 of the domain)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.checklist import Attestation
from models.enums import CommunicationStatus
from persistence.rows import insert, row_of, value_of
from persistence.tables.measures import meeting
from persistence.tables.messages import communication
from persistence.tables.work import checklist_attestation, csm_task

_WELCOME = ("welcome_email", "welcome_email_self_serve")


class ChecklistTable:
    """Single questions about one customer."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def welcomed(self, customer: str) -> bool:
        """A welcome mail was sent."""
        said = communication.c
        found = await self._connection.execute(
            select(said.key)
            .where(
                said.customer == customer,
                said.template.in_(_WELCOME),
                said.status == CommunicationStatus.SENT.value,
            )
            .limit(1)
        )
        return found.scalar_one_or_none() is not None

    async def met(self, customer: str, kind: str) -> bool:
        """A meeting of that kind took place, and they came."""
        found = await self._connection.execute(
            select(meeting.c.id)
            .where(meeting.c.customer == customer, meeting.c.kind == kind, meeting.c.attended.is_(True))
            .limit(1)
        )
        return found.scalar_one_or_none() is not None

    async def arranged(self, customer: str, kind: str, *, since: datetime, until: datetime) -> bool:
        """A meeting of that kind is booked or was held within that time and not cancelled, or is an open task."""
        booked, task = meeting.c, csm_task.c
        found = await self._connection.execute(
            select(booked.id)
            .where(
                booked.customer == customer,
                booked.kind == kind,
                booked.cancelled_at.is_(None),
                booked.scheduled_at >= since,
                booked.scheduled_at < until,
            )
            .limit(1)
        )
        if found.scalar_one_or_none() is not None:
            return True
        asked = await self._connection.execute(
            select(task.key)
            .where(task.customer == customer, task.type == kind, task.due >= since, task.status != "cancelled")
            .limit(1)
        )
        return asked.scalar_one_or_none() is not None

    async def attest(self, value: Attestation) -> None:
        """A person says that an item is done; the first word of a day stays."""
        await self._connection.execute(
            insert(self._connection, checklist_attestation).values(**row_of(value)).on_conflict_do_nothing()
        )

    async def attested(self, customer: str) -> list[Attestation]:
        """What people said, oldest first."""
        rows = await self._connection.execute(
            select(checklist_attestation)
            .where(checklist_attestation.c.customer == customer)
            .order_by(checklist_attestation.c.at)
        )
        return [value_of(Attestation, row) for row in rows.mappings()]
