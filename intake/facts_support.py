"""Tickets: their life, and what their text tells (sections 0.3 and 19 of the domain).

The text is read for two flags, a competitor's name and an attempt to give orders, and goes no further.
"""

from activities.ports import Transaction
from intake.facts_reading import Handler, Reading, alert, of, suspicious
from models import event_data as said
from models.enums import Severity
from models.event_kinds import EventType
from models.facts import Feed
from models.told import Ticket, Told
from rules import themes

TAGGED = "(tagged)"
"""Name under which a mention is kept that a tag tells of and the text does not."""


async def _opened(tx: Transaction, data: said.TicketOpened, told: Told, reading: Reading) -> None:
    suspect = suspicious(reading, data.subject, data.text, *data.tags)
    severity = data.severity.value if data.severity else None
    await tx.support_told.opened(told, Ticket(data.ticket_id, severity=severity, suspected_injection=suspect))
    await _read(tx, told, reading, data.ticket_id, (data.subject, data.text), data.tags, suspect=suspect)


async def _updated(tx: Transaction, data: said.TicketUpdated, told: Told, reading: Reading) -> None:
    suspect = suspicious(reading, data.text)
    severity = data.severity.value if data.severity else None
    await tx.support_told.updated(
        told, Ticket(data.ticket_id, severity=severity, escalated=data.escalated, suspected_injection=suspect)
    )
    await _read(tx, told, reading, data.ticket_id, (data.text,), (), suspect=suspect)


async def _closed(tx: Transaction, data: said.TicketClosed, told: Told, reading: Reading) -> None:
    await tx.support_told.closed(
        told, Ticket(data.ticket_id, csat=data.csat, first_response_minutes=data.first_response_minutes)
    )


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
    EventType.TICKET_OPENED: of(said.TicketOpened, _opened),
    EventType.TICKET_UPDATED: of(said.TicketUpdated, _updated),
    EventType.TICKET_CLOSED: of(said.TicketClosed, _closed),
}
