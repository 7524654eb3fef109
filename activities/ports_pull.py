"""Sources that are asked instead of listened to, and the books they are compared with.

Readers are made of the ports by purpose (``activities.pull_readers``); :class:`Sink` is implemented by ``intake``.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from pydantic import JsonValue

from models import outside
from models.facts import Feed
from models.pull import Discrepancy, Freshness, OurInvoice, OurMoney, Page, Source


class SourceReader(Protocol):
    """Reads one source, page by page."""

    async def page(self, cursor: str | None, *, now: datetime) -> Page:
        """The page at a cursor (None: from the beginning). ``now`` is real time.

        Where the source has no cursor of its own, a reading begins a stated overlap before the place where the last
        one ended, so that what the vendor wrote late is read after all: records are recognised by their ids.

        Raises:
            Retryable, Rejected, Misconfigured: as of every client.
        """
        ...


@runtime_checkable
class EventLog(Protocol):
    """A vendor that keeps its events for a while: what a webhook lost is read after all."""

    async def events(self, cursor: str | None = None, *, created_from: datetime) -> outside.Page[dict[str, JsonValue]]:
        """Every event since, newest first, as a webhook would have brought it."""
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

    async def reset(self, source: str) -> bool:
        """Forget the cursor: the next reading begins from the beginning. False: it was never asked."""
        ...

    async def report(self, system: str, feed: Feed, at: datetime) -> None:
        """All that this system knew by then of the customers that it knows has been told: silence means nothing."""
        ...

    async def money(self, system: str) -> Mapping[str, OurMoney]:
        """What we hold of each account of a billing system, by its external id."""
        ...

    async def invoices(self, ids: Sequence[str]) -> Mapping[str, OurInvoice]:
        """What we hold of these invoices."""
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
