"""Receiving: one row, committed before anyone is told that the event is ours."""

from datetime import datetime
from typing import NamedTuple

from activities.ports import Store
from models.events import Event
from models.records import InboxRow


class Receipt(NamedTuple):
    """The inbox row of an event, and whether this call made it (a producer's repeat finds the first)."""

    row: InboxRow
    new: bool

    @property
    def number(self) -> int:
        """The inbox number."""
        return self.row.number


async def receive(store: Store, event: Event, *, source: str, now: datetime) -> Receipt:
    """Store the event in a transaction of its own; ``now`` is virtual.

    Nothing else is written here: what the event means is applied when it is delivered, so that an event that cannot
    be applied yet is still not lost.
    """
    async with store.begin() as transaction:
        row, new = await transaction.inbox.add(source, event, now)
    return Receipt(row, new)
