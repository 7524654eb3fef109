"""Outbound webhooks: the port ``Outbox`` (section 14.3 of the domain)."""

from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import DeliveryStatus
from models.errors import NotFound
from models.records import WebhookDelivery
from persistence.rows import Row, bounded, insert, row_of, value_of
from persistence.tables.messages import webhook_delivery


class OutboxTable:
    """One row for each delivery, unique on its key."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, delivery: WebhookDelivery) -> WebhookDelivery:
        """Store it (idempotent per key) and return it with its id and present status."""
        row = row_of(delivery, updated_at=delivery.created_at, attempts=0)
        del row["id"]
        await self._connection.execute(
            insert(self._connection, webhook_delivery).values(**row).on_conflict_do_nothing(index_elements=["key"])
        )
        found = await self._all(select(webhook_delivery).where(webhook_delivery.c.key == delivery.key))
        return found[0]

    async def get(self, delivery_id: int) -> WebhookDelivery | None:
        """The delivery, or None."""
        found = await self._all(select(webhook_delivery).where(webhook_delivery.c.id == delivery_id))
        return found[0] if found else None

    async def mark(self, delivery_id: int, status: DeliveryStatus, *, at: datetime, response: str = "") -> None:
        """How it went. What was delivered stays delivered, whatever a late attempt says.

        Raises:
            NotFound: there is no such delivery.
        """
        changes: Row = {
            "status": status.value,
            "updated_at": at,
            "response": bounded(response),
            "attempts": webhook_delivery.c.attempts + 1,
        }
        if status is DeliveryStatus.DELIVERED:
            changes["delivered_at"] = at
        done = await self._connection.execute(
            update(webhook_delivery)
            .where(webhook_delivery.c.id == delivery_id, webhook_delivery.c.delivered_at.is_(None))
            .values(**changes)
            .returning(webhook_delivery.c.id)
        )
        if done.scalar_one_or_none() is None and await self.get(delivery_id) is None:
            raise NotFound("no such delivery", field="delivery", value=delivery_id)

    async def listed(
        self, *, status: DeliveryStatus | None = None, customer: str | None = None, limit: int
    ) -> list[WebhookDelivery]:
        """The newest deliveries."""
        query = select(webhook_delivery).order_by(webhook_delivery.c.id.desc()).limit(limit)
        query = query if status is None else query.where(webhook_delivery.c.status == status.value)
        return await self._all(query if customer is None else query.where(webhook_delivery.c.customer == customer))

    async def again(self, delivery_id: int, at: datetime) -> bool:
        """A failed or skipped delivery is to be made after all; False: it is neither."""
        ended = (DeliveryStatus.FAILED.value, DeliveryStatus.SKIPPED.value)
        done = await self._connection.execute(
            update(webhook_delivery)
            .where(webhook_delivery.c.id == delivery_id, webhook_delivery.c.status.in_(ended))
            .values(status=DeliveryStatus.PENDING.value, updated_at=at, response="")
            .returning(webhook_delivery.c.id)
        )
        return done.scalar_one_or_none() is not None

    async def of(self, customer: str) -> list[WebhookDelivery]:
        """Deliveries about a customer, oldest first."""
        return await self._all(
            select(webhook_delivery).where(webhook_delivery.c.customer == customer).order_by(webhook_delivery.c.id)
        )

    async def pending(self, *, limit: int) -> list[WebhookDelivery]:
        """Deliveries not made yet, oldest first, for operations."""
        return await self._all(
            select(webhook_delivery)
            .where(webhook_delivery.c.status == DeliveryStatus.PENDING.value)
            .order_by(webhook_delivery.c.id)
            .limit(limit)
        )

    async def _all(self, query: Select[*tuple[object, ...]]) -> list[WebhookDelivery]:
        rows = await self._connection.execute(query)
        return [value_of(WebhookDelivery, row) for row in rows.mappings()]
