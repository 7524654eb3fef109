"""Booking meetings."""

from typing import Protocol


class Scheduler(Protocol):
    """Makes links by which a customer books a meeting."""

    async def link(self, customer: str, meeting: str, key: str) -> str:
        """A link for one booking; what is booked says for which customer."""
        ...
