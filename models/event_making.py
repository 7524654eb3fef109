"""How Steadfast tells itself something: an event like any other, through the inbox, told once."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from pydantic import JsonValue
from pydantic_core import to_json

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
    return Event(
        event_id=made_id(kind, customer, ident),
        type=kind,
        occurred_at=at,
        customer=EventCustomer(id=customer),
        data=data,
    )


def made_id(kind: str, customer: str, ident: str) -> str:
    """The ``event_id`` of :func:`made`. Hashed: a customer's id may hold any letters, and an event's id may not."""
    unique = sha256(f"{kind}\0{customer}\0{ident}".encode()).hexdigest()[:40]
    return f"{kind}:{unique}"


def made_body(kind: str, event_id: str, customer: str, at: datetime, data: Mapping[str, JsonValue]) -> str:
    """The body of :func:`made` as the inbox keeps it, without the checks; ``event_id`` is :func:`made_id`'s.

    A page of a sweep has thousands of them, all of our own rules; a test holds the two equal for each kind they tell.
    """
    said = {
        "event_id": event_id,
        "type": kind,
        "occurred_at": at,
        "customer": {"id": customer},
        "data": data,
    }
    return to_json(said).decode()
