"""Sources that are asked instead of listened to, and the books they are compared with.

A vendor's client implements :class:`SourceReader` in ``integrations``; :class:`Sink` is implemented by ``intake``.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from pydantic import JsonValue

from models.pull import Discrepancy, Freshness, Page, Source


class SourceReader(Protocol):
    """Reads one source, page by page."""

    async def page(self, cursor: str | None, *, now: datetime) -> Page:
        """The page at a cursor (None: from the beginning). ``now`` is real time.

        Where the source has no cursor of its own, the reader begins again a stated overlap before the place where it
        ended, so that what the vendor wrote late is read after all: records are recognised by their ids.

        Raises:
            Retryable, Rejected, Misconfigured: as of every client.
        """
        ...


class Sink(Protocol):
    """Takes records in: identity, inbox, and the new cursor in one transaction."""

    async def take(
        self, source: Source, records: Sequence[dict[str, JsonValue]], *, freshness: Freshness, now: datetime
    ) -> int:
        """Store what they say, and where the source now stands; how many were new. ``now`` is virtual."""
        ...


class Pulls(Protocol):
    """Where each source stands, and where it disagrees with us: a repository of the transaction."""

    async def freshness(self, source: str) -> Freshness | None:
        """Where a source stands; None: it was never asked."""
        ...

    async def all(self) -> list[Freshness]:
        """Every source that was ever asked."""
        ...

    async def advance(self, freshness: Freshness) -> None:
        """A page was read: its moments and cursor; ``records`` are added to those of before."""
        ...

    async def failed(self, source: str, at: datetime, error: str) -> None:
        """It could not be read."""
        ...

    async def found(self, disagreements: Sequence[Discrepancy]) -> None:
        """Disagreements that were found now: new ones are opened, known ones seen again."""
        ...

    async def resolve_unseen(self, source: str, before: datetime, at: datetime) -> int:
        """Disagreements of a source that were not seen since ``before`` are over; how many."""
        ...

    async def discrepancies(self, *, open_only: bool = True, limit: int = 1000) -> list[Discrepancy]:
        """Disagreements, newest first."""
        ...
