"""What every group of facts works with: how texts are read, and what is found out on storing."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple, TypeVar

from activities.ports import Transaction
from models.enums import Role, Severity
from models.event_base import EventData
from models.events import Event
from models.records import Notice
from models.themes import Lexicon
from models.told import Told
from rules import themes


class Reading(NamedTuple):
    """How texts are read, when it is (virtual), and the one currency of amounts."""

    lexicon: Lexicon
    now: datetime
    currency: str


class Heard(NamedTuple):
    """What storing an event found: ``notable`` even of a kind that is a fact only; a subject known from rows only."""

    notable: bool = False
    subject: str = ""


Handler = Callable[[Transaction, Event, Told, Reading], Awaitable[Heard]]
"""Stores what an event tells."""

Data = TypeVar("Data", bound=EventData)


def of(kind: type[Data], hear: Callable[[Transaction, Data, Told, Reading], Awaitable[Heard | None]]) -> Handler:
    """The handler of a kind that needs no more of the event than its data, as the kind's own model."""

    async def handler(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
        data = event.said()
        assert isinstance(data, kind)
        return await hear(tx, data, told, reading) or Heard()

    return handler


def suspicious(reading: Reading, *texts: str | None) -> bool:
    """Whether any of the texts looks like an attempt to give orders."""
    return any(themes.suspected_injection(text, reading.lexicon.suspicion) for text in texts)


async def alert(tx: Transaction, told: Told, reading: Reading, kind: str, message: str, severity: Severity) -> None:
    """Tell the customer's manager; our own words only, never those of an untrusted text."""
    customer = await tx.customers.get(told.customer)
    await tx.work.add_notice(
        Notice(
            key=f"{told.key}|{kind}",
            customer=told.customer,
            workflow_id="",
            role=Role.CSM,
            recipient=(customer.csm_id if customer else None) or "team",
            message=message,
            severity=severity,
            at=reading.now,
        )
    )
