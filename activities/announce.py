"""Alerts of an evaluation to the alerts webhook, by the process of their customer (section 5.5 of the domain).

Whatever an evaluation tells its customer's process carries the evaluation's moment; the alerts of that moment go out
with the first of it. The key is the alert's own, so that each is sent once however much is told.
"""

from activities.house import House
from activities.outbound import ALERTS, store_webhook
from activities.ports import Transaction
from models.enums import DeliveryStatus
from models.event_making import STEADFAST, SWEEP
from models.play import DecideInput, DeliveryInput
from models.records import Customer

_OURS = (f"{SWEEP}:", f"{STEADFAST}:")


async def announce_alerts(
    tx: Transaction, house: House, customer: Customer, asked: DecideInput
) -> tuple[DeliveryInput, ...]:
    """What is to be delivered; nothing where the occurrence is not of an evaluation."""
    if not asked.occurrence.key.startswith(_OURS):
        return ()
    deliveries = []
    for alert in await tx.alerts.of(customer.id):
        if alert.at != asked.occurrence.at:
            continue
        key = f"alert:{customer.id}:{alert.type.value}:{alert.at.isoformat()}"
        data = alert.model_dump(mode="json", include={"severity", "message", "score", "grade", "previous"})
        stored = await store_webhook(
            tx, house, customer, alert.type.value, key, asked.now, {**data, "type": alert.type.value}, target=ALERTS
        )
        if stored.status is DeliveryStatus.PENDING:
            deliveries.append(
                DeliveryInput(delivery_id=stored.id, customer=customer.id, workflow=alert.type.value, clock=asked.clock)
            )
    return tuple(deliveries)
