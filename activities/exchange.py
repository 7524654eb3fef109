"""What comes in and what goes out, as repositories of a transaction: the inbox of events, the outbox of webhooks."""

from datetime import datetime
from typing import Protocol

from models.enums import DeliveryStatus
from models.events import Event
from models.records import InboxRow, WebhookDelivery


class Outbox(Protocol):
    """Outbound webhooks: stored, then delivered."""

    async def add(self, delivery: WebhookDelivery) -> WebhookDelivery:
        """Store it (idempotent per key) and return it with its id and present status."""
        ...

    async def get(self, delivery_id: int) -> WebhookDelivery | None:
        """The delivery, or None."""
        ...

    async def mark(self, delivery_id: int, status: DeliveryStatus, *, at: datetime, response: str = "") -> None:
        """How it went."""
        ...

    async def listed(
        self, *, status: DeliveryStatus | None = None, customer: str | None = None, limit: int
    ) -> list[WebhookDelivery]:
        """The newest deliveries."""
        ...

    async def again(self, delivery_id: int, at: datetime) -> bool:
        """A failed or skipped delivery is to be made after all; False: it is neither."""
        ...

    async def of(self, customer: str) -> list[WebhookDelivery]:
        """Deliveries about a customer, oldest first."""
        ...


class Inbox(Protocol):
    """Events as received, durable before they are acknowledged."""

    async def add(self, source: str, event: Event, at: datetime) -> tuple[InboxRow, bool]:
        """Store it; (row, True) if new, (the stored row, False) if this (source, event id) was already there."""
        ...

    async def get(self, number: int) -> InboxRow | None:
        """The row, or None."""
        ...

    async def undelivered(self, *, before: datetime, limit: int) -> list[InboxRow]:
        """Rows received before then and not yet delivered, oldest first."""
        ...

    async def delivered(self, number: int, at: datetime, *, remark: str = "") -> None:
        """It reached its workflow (or needed none). ``remark``: what could not be taken from it, and why."""
        ...

    async def failed(self, number: int, error: str) -> None:
        """A delivery attempt failed; it stays undelivered."""
        ...
