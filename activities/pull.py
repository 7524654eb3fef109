"""Reading a source: a page at a time, what it says and the cursor stored together; and comparing billing with our own.

A kill between any two lines reads the page again: its records are known by their ids, and nothing is told twice.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from temporalio import activity

from activities.ports import Store
from activities.ports_billing import BillingReader
from activities.ports_pull import Sink, SourceReader
from models.clock import utc_now
from models.errors import Misconfigured, OutsideError
from models.outside_billing import OutsideInvoice, OutsideSubscription
from models.pull import Freshness, PulledPage, PullInput, Source
from rules import reconcile

INVOICES_BACK = timedelta(days=90)
_PAGES = 2_000


class PullActivities:
    """Reading."""

    def __init__(
        self,
        store: Store,
        sink: Sink,
        readers: Mapping[Source, SourceReader],
        billing: BillingReader | None = None,
        *,
        wall: Callable[[], datetime] = utc_now,
    ) -> None:
        """``readers``: the sources that are configured. ``billing``: what our books are compared with."""
        self._store = store
        self._sink = sink
        self._readers = readers
        self._billing = billing
        self._wall = wall

    @activity.defn
    async def pull_page(self, asked: PullInput) -> PulledPage:
        """Read the next page of a source and take it in."""
        reader = self._readers.get(asked.source)
        if reader is None:
            raise Misconfigured(f"the source {asked.source} is not configured on this worker")
        async with self._store.begin() as tx:
            stands = await tx.pulls.freshness(asked.source)
        wall = self._wall()
        try:
            page = await reader.page(stands.cursor if stands else None, now=wall)
        except (OutsideError, Misconfigured) as error:
            await self._failed(asked.source, str(error), wall)
            raise
        reached = Freshness(
            source=asked.source,
            read_at=wall,
            covered_until=page.covered,
            records=len(page.records),
            cursor=page.cursor,
        )
        new = await self._sink.take(asked.source, page.records, freshness=reached, now=asked.clock.virtual(wall))
        return PulledPage(records=len(page.records), new=new, more=page.more)

    @activity.defn
    async def compare_books(self, asked: PullInput) -> PulledPage:
        """Compare billing's subscriptions and invoices with ours; disagreements are recorded, and end when they do."""
        if self._billing is None:
            raise Misconfigured(f"the source {asked.source} is not configured on this worker")
        wall = self._wall()
        try:
            subscriptions = await self._subscriptions(self._billing)
            invoices = await self._invoices(self._billing, wall)
        except (OutsideError, Misconfigured) as error:
            await self._failed(asked.source, str(error), wall)
            raise
        async with self._store.begin() as tx:
            accounts = await tx.pulls.money("stripe")
            held = await tx.pulls.invoices([one.invoice_id for one in invoices])
            found = [
                *reconcile.subscriptions(subscriptions, accounts, source=asked.source, at=wall),
                *reconcile.invoices(invoices, held, accounts, source=asked.source, at=wall),
            ]
            await tx.pulls.found(found)
            await tx.pulls.resolve_unseen(asked.source, wall, wall)
            count = len(subscriptions) + len(invoices)
            await tx.pulls.advance(Freshness(source=asked.source, read_at=wall, covered_until=wall, records=count))
        return PulledPage(records=count, new=len(found))

    async def _subscriptions(self, billing: BillingReader) -> list[OutsideSubscription]:
        page = await billing.subscriptions()
        found = list(page.items)
        for _ in range(_PAGES):
            if page.next is None:
                break
            page = await billing.subscriptions(page.next)
            found += page.items
        return found

    async def _invoices(self, billing: BillingReader, wall: datetime) -> list[OutsideInvoice]:
        since = wall - INVOICES_BACK
        page = await billing.invoices(created_from=since)
        found = list(page.items)
        for _ in range(_PAGES):
            if page.next is None:
                break
            page = await billing.invoices(page.next, created_from=since)
            found += page.items
        return found

    async def _failed(self, source: Source, error: str, at: datetime) -> None:
        async with self._store.begin() as tx:
            await tx.pulls.failed(source, at, error)
