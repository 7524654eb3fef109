"""The subscription: how many seats it says, and why it ended (sections 0.3 and 3.1 of the domain)."""

from activities import referrals
from activities.ports import Transaction
from intake.facts_reading import Handler, Heard, Reading, of
from models import event_account as said
from models.event_kinds import EventType
from models.events import Event
from models.told import Told
from rules.churn_reason import coded


async def _began(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    """A trial or a subscription: whoever was referred is recognised by the code it brought, or by its address."""
    code = event.data.get("referral_code")
    customer = await tx.customers.get(told.customer)
    assert customer is not None  # the event was applied
    pays = event.type is EventType.SUBSCRIPTION_CREATED
    given = code if isinstance(code, str) else None
    await referrals.heard(tx, customer, given, told.at, reading.now, pays=pays)
    return await _seats(tx, event, told, reading)


async def _seats(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    if event.customer.seats is not None:
        await tx.usage_told.seats(told, event.customer.seats)
    return Heard()


async def _ended(tx: Transaction, data: said.SubscriptionCancelled, told: Told, reading: Reading) -> None:
    """A request to cancel is carried out; the reason is coded where it is one of the known ones."""
    await tx.billing_told.churned(told, told.at.date(), coded(data.reason))
    await tx.billing_told.close_requests(told)


HANDLERS: dict[EventType, Handler] = {
    EventType.TRIAL_STARTED: _began,
    EventType.SUBSCRIPTION_CREATED: _began,
    EventType.SUBSCRIPTION_CHANGED: _seats,
    EventType.SUBSCRIPTION_CANCELLED: of(said.SubscriptionCancelled, _ended),
}
