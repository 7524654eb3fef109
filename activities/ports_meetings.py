"""Booking meetings."""

from typing import Protocol


class Scheduler(Protocol):
    """Makes links by which a customer books a meeting."""

    async def link(self, token: str, meeting: str, key: str) -> str:
        """A link for one booking, which brings the token back."""
        ...
