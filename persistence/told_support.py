"""What was told of tickets: the port ``SupportTold`` (sections 0.3 and 19 of the domain)."""

from sqlalchemy import and_, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.told import Ticket, Told
from persistence.rows import insert
from persistence.tables.book import ticket
from persistence.tables.measures import competitor_mention, ticket_severity
from persistence.told import earliest, own, state

_FIELD = "data.ticket_id"


class SupportToldTable:
    """Tickets, in whatever order their events arrive. A ticket's life begins with the first thing told of it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def opened(self, told: Told, said: Ticket) -> None:
        """It was opened; what it says of the severity is how it was at first."""
        await self._there(told, said)
        await state(self._connection, ticket, said.ticket, told, {"severity": said.severity})

    async def updated(self, told: Told, said: Ticket) -> None:
        """Another severity from now on, or an escalation."""
        await self._there(told, said)
        if said.severity is not None:
            await self._connection.execute(
                insert(self._connection, ticket_severity)
                .values(customer=told.customer, ticket=said.ticket, at=told.at, key=told.key, severity=said.severity)
                .on_conflict_do_nothing()
            )
        if said.escalated:
            await earliest(self._connection, ticket, said.ticket, "escalated_at", told.at)
            await self._connection.execute(update(ticket).where(ticket.c.id == said.ticket).values(escalated=True))

    async def closed(self, told: Told, said: Ticket) -> None:
        """It was closed: the first closing counts; a later one may bring the satisfaction."""
        await self._there(told, said)
        await earliest(self._connection, ticket, said.ticket, "closed", told.at)
        if said.csat is not None:
            await state(
                self._connection,
                ticket,
                said.ticket,
                told,
                {"csat": said.csat},
                stamp=("csat_at", "csat_by"),
            )
        if said.first_response_minutes is not None:
            known = ticket.c.first_response_minutes
            await self._connection.execute(
                update(ticket)
                .where(ticket.c.id == said.ticket, or_(known.is_(None), known > said.first_response_minutes))
                .values(first_response_minutes=said.first_response_minutes)
            )

    async def mentioned(self, told: Told, ticket_id: str | None, name: str) -> None:
        """A competitor was named; once for each event and name."""
        await self._connection.execute(
            insert(self._connection, competitor_mention)
            .values(customer=told.customer, key=f"{told.key}|{name}", ticket=ticket_id, name=name, at=told.at)
            .on_conflict_do_nothing()
        )

    async def _there(self, told: Told, said: Ticket) -> None:
        # Whoever tells of tickets as they live tells of escalations too: none told is none.
        await own(
            self._connection, ticket, said.ticket, told, _FIELD, opened=told.at, escalated=False,
            suspected_injection=False,
        )  # fmt: skip
        await earliest(self._connection, ticket, said.ticket, "opened", told.at)
        if said.suspected_injection:
            await self._connection.execute(
                update(ticket)
                .where(and_(ticket.c.id == said.ticket, ticket.c.suspected_injection.is_not(True)))
                .values(suspected_injection=True)
            )
