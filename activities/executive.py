"""The executive hears of a customer at risk at once, or when the escalation path gets there (section 3.5, L10)."""

from datetime import datetime

from pydantic import JsonValue

from activities.house import House
from activities.outbound import store_webhook
from activities.ports import Transaction
from activities.stage_change import EXECUTIVE
from models.enums import DeliveryStatus, LifecycleStage
from models.event_kinds import EventType
from models.event_making import STEADFAST, made
from models.play import DecideInput, DeliveryInput
from models.records import Customer, Transition

RELEASED = "released"
"""In the data of a ``stage_review``: the outbound name that was held until now."""


async def reached(tx: Transaction, customer: Customer, now: datetime) -> None:
    """The path has reached the executive: the customer's process is told, once for each time it came to be at risk."""
    entry = await _entry(tx, customer)
    if entry is None:
        return
    event = made(EventType.STAGE_REVIEW, customer.id, now, f"{EXECUTIVE}:{entry.cause}", released=EXECUTIVE)
    await tx.inbox.add(STEADFAST, event, now)


async def release(tx: Transaction, house: House, customer: Customer, asked: DecideInput) -> tuple[DeliveryInput, ...]:
    """The held name goes out; nothing where none was held, or the customer is no longer at risk."""
    seen = asked.occurrence
    if seen.kind != EventType.STAGE_REVIEW.value or seen.data.get(RELEASED) != EXECUTIVE:
        return ()
    entry = await _entry(tx, customer)
    if entry is None:
        return ()
    held = f"stage:{customer.id}:{entry.cause}:{EXECUTIVE}"
    of_old = next((one for one in await tx.outbox.of(customer.id) if one.key == held), None)
    if of_old is None or of_old.status is not DeliveryStatus.SKIPPED:
        return ()
    data: dict[str, JsonValue] = {"from_stage": entry.from_stage, "to_stage": entry.to_stage, "reason": entry.reason}
    stored = await store_webhook(tx, house, customer, EXECUTIVE, f"{held}:{RELEASED}", asked.now, data)
    if stored.status is not DeliveryStatus.PENDING:
        return ()
    return (DeliveryInput(delivery_id=stored.id, customer=customer.id, workflow=EXECUTIVE, clock=asked.clock),)


async def _entry(tx: Transaction, customer: Customer) -> Transition | None:
    if customer.stage is not LifecycleStage.AT_RISK:
        return None
    history = await tx.lifecycles.history(customer.id)
    return next((one for one in reversed(history) if one.to_stage is LifecycleStage.AT_RISK), None)
