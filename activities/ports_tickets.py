"""Reading support tickets."""

from datetime import datetime
from typing import Protocol

from models.outside import OutsideTicket, Page


class TicketReader(Protocol):
    """A help desk."""

    async def tickets(self, since: datetime, cursor: str | None = None) -> Page[OutsideTicket]:
        """Tickets changed since then; with a cursor, the page after that one. The end: no ``next``, or no items."""
        ...
