"""Reading what customers do in the product."""

from datetime import date
from typing import Protocol

from models.outside import UsageDay
from models.outside_links import OutsideSession


class UsageReader(Protocol):
    """Counts events of the whole book."""

    async def usage(self, event: str, first: date, last: date) -> tuple[UsageDay, ...]:
        """How often each customer did it on each day, both days included."""
        ...


class SessionReader(Protocol):
    """Records visits."""

    async def sessions(self, *, uid: str | None = None, email: str | None = None) -> tuple[OutsideSession, ...]:
        """The latest visits of a user."""
        ...
