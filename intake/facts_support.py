"""Tickets: their life, and what their text tells (sections 0.3 and 19 of the domain).

The text is read for two flags, a competitor's name and an attempt to give orders, and goes no further.
"""

from activities.ports import Transaction
from intake.facts_reading import Handler, Heard, Reading, alert, suspicious
from models import event_data as said
from models.enums import Severity
from models.event_kinds import EventType
from models.events import Event
from models.facts import Feed
from models.told import Ticket, Told
from rules import themes

TAGGED = "(tagged)"
"""Name under which a mention is kept that a tag tells of and the text does not."""


async def _opened(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.TicketOpened)
    suspect = suspicious(reading, data.subject, data.text, *data.tags)
    severity = data.severity.value if data.severity else None
    await tx.support_told.opened(told, Ticket(data.ticket_id, severity=severity, suspected_injection=suspect))
    await _read(tx, told, reading, data.ticket_id, (data.subject, data.text), data.tags, suspect=suspect)
    return Heard()


async def _updated(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.TicketUpdated)
    suspect = suspicious(reading, data.text)
    severity = data.severity.value if data.severity else None
    await tx.support_told.updated(
        told, Ticket(data.ticket_id, severity=severity, escalated=data.escalated, suspected_injection=suspect)
    )
    await _read(tx, told, reading, data.ticket_id, (data.text,), (), suspect=suspect)
    return Heard()


async def _closed(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.TicketClosed)
    await tx.support_told.closed(
        told, Ticket(data.ticket_id, csat=data.csat, first_response_minutes=data.first_response_minutes)
    )
    return Heard()


async def _read(
    tx: Transaction,
    told: Told,
    reading: Reading,
    ticket: str,
    texts: tuple[str | None, ...],
    tags: tuple[str, ...],
    *,
    suspect: bool,
) -> None:
    if any(text is not None for text in texts) or tags:
        # Read and found without a competitor is known, unlike a ticket whose text nobody told.
        await tx.usage_told.source(told, Feed.TICKET_TEXT)
    named = {name for text in texts for name in themes.competitors_of(text, reading.lexicon)}
    if not named and themes.tagged(tags, reading.lexicon):
        named = {TAGGED}
    for name in sorted(named):
        await tx.support_told.mentioned(told, ticket, name)
    if suspect:
        message = "A ticket's text looks like an attempt to give orders; it was stored as text and not obeyed"
        await alert(tx, told, reading, "suspected_injection", message, Severity.MEDIUM)


HANDLERS: dict[EventType, Handler] = {
    EventType.TICKET_OPENED: _opened,
    EventType.TICKET_UPDATED: _updated,
    EventType.TICKET_CLOSED: _closed,
}
