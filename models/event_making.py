"""How Steadfast tells itself something: an event like any other, through the inbox, told once."""

from datetime import datetime
from hashlib import sha256

from pydantic import JsonValue

from models.event_kinds import INTERNAL, EventType
from models.events import Event, EventCustomer

SWEEP = "sweep"
STEADFAST = "steadfast"
"""Sources of the inbox under which our own processes write."""


def made(kind: EventType, customer: str, at: datetime, ident: str, /, **data: JsonValue) -> Event:
    """An event of our own; ``ident`` is unique within the kind and customer, so that it is told once.

    ``data`` is checked against the kind's model. Write it with ``inbox.add(SWEEP or STEADFAST, event, now)`` in the
    transaction that decided it.
    """
    assert kind in INTERNAL, kind
    # Hashed: a customer's id may hold any letters, and an event's id may not.
    unique = sha256(f"{kind}\0{customer}\0{ident}".encode()).hexdigest()[:40]
    return Event(
        event_id=f"{kind.value}:{unique}", type=kind, occurred_at=at, customer=EventCustomer(id=customer), data=data
    )
