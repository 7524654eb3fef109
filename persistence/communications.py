"""The communication log and the addresses nothing is sent to: the port ``Communications`` (section 9 of the domain)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import CommunicationStatus, MessageClass
from models.errors import NotFound
from models.records import Communication
from persistence.locks import hold
from persistence.rows import Row, bounded, row_of, value_of
from persistence.rows import insert as upsert
from persistence.tables.messages import communication, suppression


class CommunicationTable:
    """One row for each message, unique on its key."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def by_key(self, key: str) -> Communication | None:
        """The message under this key, or None."""
        found = await self._all(select(communication).where(communication.c.key == key))
        return found[0] if found else None

    async def reserve(self, message: Communication) -> None:
        """Store a queued message; from now on it counts against the cap.

        Raises:
            Retryable: the key is taken by another attempt (from the transaction).
        """
        await self._connection.execute(insert(communication).values(**row_of(message, updated_at=message.created_at)))

    async def mark(
        self, key: str, status: CommunicationStatus, *, at: datetime, response: str = "", resent: bool = False
    ) -> None:
        """Move a message on.

        Raises:
            NotFound: there is no such message.
        """
        changes: Row = {"status": status.value, "updated_at": at}
        if status is CommunicationStatus.SENT:
            changes["sent_at"] = at
        if response:
            changes["provider_response"] = bounded(response)
        if resent:
            changes["resent"] = True
        done = await self._connection.execute(
            update(communication).where(communication.c.key == key).values(**changes).returning(communication.c.key)
        )
        if done.scalar_one_or_none() is None:
            raise NotFound("no such message", field="key", value=key)

    async def count_since(self, customer: str, since: datetime, classes: Sequence[MessageClass]) -> int:
        """Messages of these classes reserved for the customer since then, failed ones left out.

        Holds the customer's log until the transaction ends, so that two sends cannot both take the last place.
        """
        await hold(self._connection, "communication", customer)
        counted = await self._connection.execute(
            select(func.count()).where(
                communication.c.customer == customer,
                communication.c.created_at >= since,
                communication.c.message_class.in_([each.value for each in classes]),
                communication.c.status != CommunicationStatus.FAILED.value,
            )
        )
        return counted.scalar_one()

    async def suppressed(self, address: str) -> str | None:
        """Why nothing may be sent to this address, or None."""
        found = await self._connection.execute(
            select(suppression.c.reason).where(suppression.c.address == _normal(address))
        )
        return found.scalar_one_or_none()

    async def suppress(self, address: str, reason: str, at: datetime) -> None:
        """Never send to this address again; the first reason is kept."""
        await self._connection.execute(
            upsert(self._connection, suppression)
            .values(address=_normal(address), reason=bounded(reason), at=at)
            .on_conflict_do_nothing()
        )

    async def of(self, customer: str) -> list[Communication]:
        """Everything said to a customer, oldest first."""
        return await self._all(
            select(communication)
            .where(communication.c.customer == customer)
            .order_by(communication.c.created_at, communication.c.key)
        )

    async def unknown(self) -> list[Communication]:
        """Messages whose outcome is unknown, for operations; oldest first."""
        return await self._all(
            select(communication)
            .where(communication.c.status == CommunicationStatus.UNKNOWN.value)
            .order_by(communication.c.created_at, communication.c.key)
        )

    async def _all(self, query: Select[*tuple[object, ...]]) -> list[Communication]:
        rows = await self._connection.execute(query)
        return [value_of(Communication, row) for row in rows.mappings()]


def _normal(address: str) -> str:
    return address.strip().lower()
