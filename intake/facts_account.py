"""The subscription: how many seats it says, and why it ended (sections 0.3 and 3.1 of the domain)."""

from activities.ports import Transaction
from intake.facts_reading import Handler, Heard, Reading
from models import event_account as said
from models.event_kinds import EventType
from models.events import Event
from models.told import Told
from rules.churn_reason import coded


async def _seats(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    if event.customer.seats is not None:
        await tx.usage_told.seats(told, event.customer.seats)
    return Heard()


async def _ended(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    """A request to cancel is carried out; the reason is coded where it is one of the known ones."""
    data = event.said()
    assert isinstance(data, said.SubscriptionCancelled)
    await tx.billing_told.churned(told, event.occurred_at.date(), coded(data.reason))
    await tx.billing_told.close_requests(told)
    return Heard()


HANDLERS: dict[EventType, Handler] = {
    EventType.SUBSCRIPTION_CREATED: _seats,
    EventType.SUBSCRIPTION_CHANGED: _seats,
    EventType.SUBSCRIPTION_CANCELLED: _ended,
}
