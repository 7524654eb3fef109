"""Records that were read, taken in like events that were sent: the port ``Sink``."""

import logging
from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue, ValidationError

from activities.ports import Store
from intake.deliver import describe
from intake.vendors.registry import RECORDS
from intake.vendors.taking import House, take_in
from models.errors import BadInput
from models.facts import Feed
from models.pull import Freshness, Source
from models.vendor import Notice

FEEDS: dict[Source, Feed] = {
    Source.STRIPE_EVENTS: Feed.INVOICES,
    Source.ZENDESK: Feed.TICKETS,
    Source.FRESHDESK: Feed.TICKETS,
    Source.MIXPANEL: Feed.USAGE,
}
"""What is known of every customer of a source once it has been read to the end. Intercom's conversations are only told
by webhook, so its tickets, read to the end, are not all there were.
"""

_log = logging.getLogger("steadfast.intake")


class VendorSink:
    """Stores what records say, and where the source now stands, in one transaction."""

    def __init__(self, store: Store, house: House) -> None:
        """``house``: how they are understood."""
        self._store = store
        self._house = house

    async def take(
        self, source: Source, records: Sequence[dict[str, JsonValue]], *, freshness: Freshness, now: datetime
    ) -> int:
        """See the port. A record that has no id or no moment is left out and logged: it cannot be recognised again."""
        vendor, record = RECORDS[source]
        notices: list[Notice] = []
        for one in records:
            try:
                notices.append(record(one))
            except (BadInput, ValidationError) as error:
                _log.warning("record left out", extra={"source": source, "error": describe(error)})
        async with self._store.begin() as tx:
            taken = await take_in(tx, vendor, notices, self._house, now=now)
            await tx.pulls.advance(freshness)
            if freshness.covered_until is not None and source in FEEDS:
                covered = min(self._house.clock.virtual(freshness.covered_until), now)
                await tx.pulls.report(vendor, FEEDS[source], covered)
        return len(taken.rows)
