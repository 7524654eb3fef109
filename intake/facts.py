"""What an event tells is stored, group by group, before its customer's workflow hears of it."""

from collections.abc import Mapping

from activities.ports import Transaction
from intake import facts_account, facts_billing, facts_relations, facts_support, facts_surveys, facts_usage
from intake.facts_reading import Handler, Heard, Reading
from models.errors import BadInput
from models.event_account import SeatsReported
from models.event_kinds import EventType
from models.events import Event
from models.told import Told

HANDLERS: Mapping[EventType, Handler] = {
    **facts_account.HANDLERS,
    **facts_usage.HANDLERS,
    **facts_support.HANDLERS,
    **facts_billing.HANDLERS,
    **facts_relations.HANDLERS,
    **facts_surveys.HANDLERS,
}


class Contradiction(Exception):
    """What the event tells contradicts what is stored, such as a ticket of another customer."""


def of_customer(event: Event) -> Event:
    """The event with what its data say of the customer itself."""
    data = event.said() if event.type is EventType.SEATS_REPORTED else None
    if not isinstance(data, SeatsReported):
        return event
    return event.model_copy(update={"customer": event.customer.model_copy(update={"seats": data.seats})})


async def store(tx: Transaction, event: Event, key: str, reading: Reading) -> Heard:
    """Store what the event tells in this transaction; ``key`` is the occurrence's.

    Raises:
        Contradiction: with the reason. Nothing is to be kept of the transaction then.
    """
    handler = HANDLERS.get(event.type)
    if handler is None:
        return Heard()
    try:
        return await handler(tx, event, Told(event.customer.id, event.occurred_at, key), reading)
    except BadInput as error:
        raise Contradiction(str(error)) from error
