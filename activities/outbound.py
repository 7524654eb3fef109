"""Outbound webhooks: stored under their key, delivered by a process of their own (sections 3.5 and 14.3)."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue
from temporalio import activity

from activities.frame import Frame, done, skipped
from activities.house import House
from activities.ports import Store, Transaction, WebhookPoster
from models.actions import EmitWebhook
from models.enums import DeliveryStatus
from models.errors import Rejected, Retryable
from models.ids import delivery_key
from models.play import DeliveryInput, StepInput
from models.records import MOST_ATTEMPTS, Customer, WebhookDelivery
from models.run import StepResult

PENDING, FAILED = DeliveryStatus.PENDING, DeliveryStatus.FAILED

CS_EVENTS = "cs_events"
ALERTS = "alerts"
EXPANSION = "expansion"


class OutboundActivities:
    """Storing and delivering webhooks."""

    def __init__(self, store: Store, house: House, poster: WebhookPoster, urls: Mapping[str, str]) -> None:
        """``urls``: target to address; a target without one is skipped."""
        self._store = store
        self._house = house
        self._poster = poster
        self._urls = urls
        self._frame = Frame(store)

    @activity.defn
    async def emit_webhook(self, step: StepInput) -> StepResult:
        """Store a named workflow for the customer-success webhook."""
        return await self._frame.run(step, self._emit, contacts=True)

    @activity.defn
    async def deliver(self, asked: DeliveryInput) -> str:
        """Post a stored delivery; a refusal is recorded and final, anything else is tried again."""
        async with self._store.begin() as tx:
            delivery = await tx.outbox.get(asked.delivery_id)
        if delivery is None or delivery.status is not DeliveryStatus.PENDING:
            return delivery.status if delivery is not None else "erased"
        now = asked.clock.virtual(activity.info().current_attempt_scheduled_time)
        url = self._urls.get(delivery.target)
        if url is None:
            return await self._mark(delivery.id, DeliveryStatus.SKIPPED, now, "no address configured")
        try:
            answer = await self._poster.post(url, delivery.payload, delivery_id=delivery_key(delivery.key))
        except Rejected as error:
            return await self._mark(delivery.id, DeliveryStatus.FAILED, now, str(error))
        except Retryable as error:
            # Every try is counted, with what was answered; the last one ends it, and operations see it as failed.
            last = activity.info().attempt >= MOST_ATTEMPTS
            status = await self._mark(delivery.id, FAILED if last else PENDING, now, str(error))
            if last:
                return status
            raise
        return await self._mark(delivery.id, DeliveryStatus.DELIVERED, now, answer)

    async def _mark(self, delivery_id: int, status: DeliveryStatus, at: datetime, response: str) -> str:
        async with self._store.begin() as tx:
            await tx.outbox.mark(delivery_id, status, at=at, response=response)
        return status

    async def _emit(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        asked = EmitWebhook.model_validate(step.params, extra="ignore")
        stored = await store_webhook(tx, self._house, customer, asked.workflow, step.key, step.now, {})
        if stored.status is DeliveryStatus.SKIPPED:
            return skipped("no address configured")
        return done(f"stored as {stored.id}").model_copy(update={"deliveries": (stored.id,)})


async def store_webhook(
    tx: Transaction,
    house: House,
    customer: Customer,
    workflow: str,
    key: str,
    now: datetime,
    data: Mapping[str, JsonValue],
    *,
    target: str = CS_EVENTS,
    refused: str = "",
) -> WebhookDelivery:
    """Store the envelope of section 14.3 for one of the three addresses.

    Without an address, or ``refused`` for a reason, it is stored as skipped.

    The customer's e-mail and MRR are in it only where configured (G16).
    """
    shown: dict[str, JsonValue] = {
        "id": customer.id,
        "name": customer.name,
        "plan": customer.plan.value if customer.plan else None,
    }
    if house.share_email:
        shown["email"] = customer.email
    if house.share_mrr:
        shown["mrr"] = None if customer.mrr is None else str(customer.mrr)
    payload: dict[str, JsonValue] = {
        "event_id": key,
        "workflow": workflow,
        "customerId": customer.id,
        "customer": shown,
        "data": dict(data),
        "timestamp": now.isoformat(),
    }
    skip = refused or ("" if target in house.webhooks else "no address configured")
    delivery = WebhookDelivery(
        key=key,
        customer=customer.id,
        workflow=workflow,
        target=target,
        payload=payload,
        status=DeliveryStatus.SKIPPED if skip else DeliveryStatus.PENDING,
        created_at=now,
        response=skip,
    )
    return await tx.outbox.add(delivery)
