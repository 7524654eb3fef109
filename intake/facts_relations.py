"""Meetings, personal messages, and what became of our own messages (sections 0.3, 9 and 14.1 of the domain)."""

from activities.ports import Transaction
from intake.facts_reading import Handler, Heard, Reading, alert, of
from models import event_data as said
from models.enums import Severity
from models.event_kinds import EventType
from models.events import Event
from models.told import Told

UNSUBSCRIBED, BOUNCED = "unsubscribed", "bounced"


async def _booked(tx: Transaction, data: said.MeetingBooked, told: Told, reading: Reading) -> None:
    await tx.relations_told.booked(told, data.meeting_id, data.kind, data.scheduled_at)
    await tx.facts.add_response(told.customer, "meeting_booked", told.at, told.key)


async def _held(tx: Transaction, data: said.MeetingHeld, told: Told, reading: Reading) -> Heard:
    return Heard(subject=await tx.relations_told.held(told, data.meeting_id, attended=data.attended))


async def _cancelled(tx: Transaction, data: said.MeetingCancelled, told: Told, reading: Reading) -> Heard:
    return Heard(subject=await tx.relations_told.meeting_cancelled(told, data.meeting_id))


async def _sent(tx: Transaction, data: said.OutreachSent, told: Told, reading: Reading) -> None:
    await tx.relations_told.sent(told, data.message_id, data.channel)


async def _replied(tx: Transaction, data: said.MessageReplied, told: Told, reading: Reading) -> None:
    await tx.relations_told.replied(told, data.message_id)
    await tx.facts.add_response(told.customer, "reply", told.at, told.key)


async def _news(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.MessageNews)
    kind = event.type.value.removeprefix("message_")
    sent_to = await tx.relations_told.news(told, data.message_id, kind)
    if event.type is EventType.MESSAGE_BOUNCED and data.permanent:
        # The address that the event names counts only where it is the one we wrote to: it comes from outside.
        if sent_to is None:
            return Heard()
        await tx.communications.suppress(sent_to, BOUNCED, told.at)
        message = "A message came back for good: nothing more goes to that address; ask for another"
        await alert(tx, told, reading, BOUNCED, message, Severity.MEDIUM)
    return Heard()


async def _unsubscribed(tx: Transaction, data: said.Unsubscribed, told: Told, reading: Reading) -> None:
    customer = await tx.customers.get(told.customer)
    address = data.address or (customer.email if customer else None)
    if address is not None:
        await tx.communications.suppress(address, UNSUBSCRIBED, told.at)


HANDLERS: dict[EventType, Handler] = {
    EventType.MEETING_BOOKED: of(said.MeetingBooked, _booked),
    EventType.MEETING_HELD: of(said.MeetingHeld, _held),
    EventType.MEETING_CANCELLED: of(said.MeetingCancelled, _cancelled),
    EventType.OUTREACH_SENT: of(said.OutreachSent, _sent),
    EventType.MESSAGE_REPLIED: of(said.MessageReplied, _replied),
    EventType.MESSAGE_DELIVERED: _news,
    EventType.MESSAGE_OPENED: _news,
    EventType.MESSAGE_CLICKED: _news,
    EventType.MESSAGE_BOUNCED: _news,
    EventType.UNSUBSCRIBED: of(said.Unsubscribed, _unsubscribed),
}
