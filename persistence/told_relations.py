"""What was told of meetings and messages: the port ``RelationsTold`` (sections 0.3 and 9 of the domain)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.told import Told
from persistence.rows import insert
from persistence.tables.measures import meeting, message_news, outreach_message
from persistence.tables.messages import communication
from persistence.told import earliest, own, state

_MEETING, _MESSAGE = "data.meeting_id", "data.message_id"
UNKNOWN = "unknown"
"""Kind of a meeting, or channel of a message, of which only the end was told so far."""


class RelationsToldTable:
    """Meetings, personal messages and their answers, and what became of our own messages."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def booked(self, told: Told, ident: str, kind: str, scheduled_at: datetime) -> None:
        """A meeting, or a new time for it."""
        await self._meeting(told, ident)
        await state(self._connection, meeting, ident, told, {"kind": kind, "scheduled_at": scheduled_at})

    async def held(self, told: Told, ident: str, *, attended: bool) -> str:
        """Whether they came; returns the meeting's kind, empty where no booking was told."""
        await self._meeting(told, ident)
        await state(self._connection, meeting, ident, told, {"attended": attended}, stamp=("told_at", "told_by"))
        return await self._kind(ident)

    async def meeting_cancelled(self, told: Told, ident: str) -> str:
        """It does not take place; returns the meeting's kind, empty where no booking was told."""
        await self._meeting(told, ident)
        await earliest(self._connection, meeting, ident, "cancelled_at", told.at)
        return await self._kind(ident)

    async def sent(self, told: Told, ident: str, channel: str) -> None:
        """A person of ours wrote to them."""
        await self._message(told, ident)
        await state(self._connection, outreach_message, ident, told, {"channel": channel})

    async def replied(self, told: Told, ident: str | None) -> None:
        """They answered; without an id, the latest message before it."""
        sent = outreach_message.c
        if ident is None:
            latest = await self._connection.execute(
                select(sent.id)
                .where(sent.customer == told.customer, sent.sent_at <= told.at)
                .order_by(sent.sent_at.desc(), sent.id.desc())
                .limit(1)
            )
            ident = latest.scalar_one_or_none()
            if ident is None:
                return
        elif await self._ours(ident):
            return
        else:
            await self._message(told, ident)
        await earliest(self._connection, outreach_message, ident, "answered_at", told.at)

    async def news(self, told: Told, message_id: str, kind: str) -> str | None:
        """What became of one of our messages; returns the address it went to, None where we sent none of that id."""
        await self._connection.execute(
            insert(self._connection, message_news)
            .values(customer=told.customer, key=told.key, message_id=message_id, kind=kind, at=told.at)
            .on_conflict_do_nothing()
        )
        found = await self._connection.execute(
            select(communication.c.recipient).where(
                communication.c.customer == told.customer, communication.c.message_id.in_(_spellings(message_id))
            )
        )
        return found.scalars().first()

    async def _ours(self, ident: str) -> bool:
        found = await self._connection.execute(
            select(communication.c.key).where(communication.c.message_id.in_(_spellings(ident))).limit(1)
        )
        return found.scalar_one_or_none() is not None

    async def _kind(self, ident: str) -> str:
        found = await self._connection.execute(select(meeting.c.kind).where(meeting.c.id == ident))
        kind = str(found.scalar_one())
        return "" if kind == UNKNOWN else kind

    async def _meeting(self, told: Told, ident: str) -> None:
        await own(
            self._connection, meeting, ident, told, _MEETING, kind=UNKNOWN, booked_at=told.at, scheduled_at=told.at
        )
        await earliest(self._connection, meeting, ident, "booked_at", told.at)

    async def _message(self, told: Told, ident: str) -> None:
        await own(self._connection, outreach_message, ident, told, _MESSAGE, channel=UNKNOWN, sent_at=told.at)
        await earliest(self._connection, outreach_message, ident, "sent_at", told.at)


def _spellings(message_id: str) -> tuple[str, str]:
    """A Message-ID with and without its angle brackets."""
    bare = message_id.strip("<>")
    return bare, f"<{bare}>"
