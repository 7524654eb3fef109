"""A whole import: parse, load in chunks, then start a lifecycle per account. It can be killed anywhere and repeated.

Order matters: rows are loaded before any lifecycle starts, so that a lifecycle never decides on half a book. Rows are
recognised by their natural keys and occurrences by theirs, so that a second run changes nothing. Nobody is contacted:
imported customers are held until :func:`activate`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from time import monotonic
from typing import Protocol, TypeVar

from intake.csv.lifecycles import Lifecycles, Message, imported, outreach_activated, tell
from intake.csv.parsed import ParsedBook
from intake.csv.portfolio import AsOf, Derived, derive_all, report
from intake.csv.report import ImportReport
from intake.csv.tally import Tally
from models.book import BookAccount, BookChurn, BookSubscription, BookTicket, BookUsage, LoadCount

LOOK_EVERY = timedelta(milliseconds=200)
"""Between two looks at who has a stage."""

CHUNK = 2_000
"""Rows of a transaction: a kill loses at most these, and a writer waits for at most these."""

T = TypeVar("T")
Progress = Callable[[str, int], None]
"""Called with what is under way and how much more of it is done."""


class Book(Protocol):
    """Where the rows go. Each call is one transaction; a row is recognised by its natural key."""

    async def accounts(self, rows: Sequence[BookAccount], *, as_of: datetime) -> LoadCount:
        """Accounts and their customers; a customer that is new is held, and one already live is not held again."""
        ...

    async def subscriptions(self, rows: Sequence[BookSubscription]) -> LoadCount:
        """Spans of subscriptions."""
        ...

    async def usage(self, rows: Sequence[BookUsage]) -> LoadCount:
        """Usage."""
        ...

    async def tickets(self, rows: Sequence[BookTicket]) -> LoadCount:
        """Tickets."""
        ...

    async def churn(self, rows: Sequence[BookChurn]) -> LoadCount:
        """Churn events."""
        ...

    async def imported(self) -> list[str]:
        """Every customer that an import made and whose outreach is not held, by id."""
        ...

    async def live(self) -> frozenset[str]:
        """Every customer that signed up by itself."""
        ...

    async def unstaged(self) -> frozenset[str]:
        """Every customer that an import made and that is in no stage yet."""
        ...


class Importer:
    """Imports of parsed books into one system."""

    def __init__(
        self,
        book: Book,
        lifecycles: Lifecycles,
        progress: Progress = lambda _what, _more: None,
        *,
        patience: timedelta = timedelta(0),
    ) -> None:
        """``patience``: how long to wait for another first stage to be written before giving the rest up to later."""
        self._book, self._lifecycles, self._progress = book, lifecycles, progress
        self._patience = patience

    async def run(self, parsed: ParsedBook, when: AsOf) -> ImportReport:
        """Load everything, start the lifecycles, and wait until they have written their first stages.

        A sweep that comes right after would otherwise decide on customers of no stage, and decide again once they have
        one. Where no worker runs nothing is written: the report then says how many are still to come.

        Raises:
            Retryable: the database or Temporal did not answer; run it again, what was done is recognised.
        """
        derived = derive_all(parsed, when)
        await self._load(parsed, derived, when)
        live = await self._book.live()
        mine = [row.account for row in derived if row.present and row.account.id not in live]
        messages = [Message(account.id, imported(account.id, when.at), account.plan or "") for account in mine]
        await tell(self._lifecycles, messages, lambda more: self._progress("lifecycles", more))
        first = {row.account.id for row in derived if row.stage is not None} & {account.id for account in mine}
        waiting = await self._waiting(first)
        return report(parsed, derived, when, live=live, waiting=waiting)

    async def _waiting(self, first: set[str]) -> int:
        """How many have no stage, once all have one or nothing has moved for as long as patience lasts."""
        left, moved = first, monotonic()
        while now := first & await self._book.unstaged():
            if len(now) < len(left):
                self._progress("first stages", len(left) - len(now))
                left, moved = now, monotonic()
            if monotonic() - moved >= self._patience.total_seconds():
                return len(now)
            await asyncio.sleep(LOOK_EVERY.total_seconds())
        self._progress("first stages", len(left))
        return 0

    async def _load(self, parsed: ParsedBook, derived: Sequence[Derived], when: AsOf) -> None:
        files, book = parsed.mapping.files, self._book
        accounts = (row.account for row in derived)
        await self._chunks(parsed, files.accounts.file, accounts, lambda rows: book.accounts(rows, as_of=when.at))
        await self._chunks(parsed, files.subscriptions.file, parsed.subscriptions.values(), book.subscriptions)
        if files.churn is not None:
            await self._chunks(parsed, files.churn.file, parsed.churn, book.churn)
        if parsed.tickets is not None:
            await self._chunks(parsed, parsed.tickets.file, parsed.tickets.values(_uncounted()), book.tickets)
        if parsed.usage is not None:
            await self._chunks(parsed, parsed.usage.file, parsed.usage.values(_uncounted()), book.usage)

    async def _chunks(
        self, parsed: ParsedBook, file: str, rows: Iterable[T], load: Callable[[Sequence[T]], Awaitable[LoadCount]]
    ) -> None:
        tally = parsed.tally(file)
        waiting = iter(rows)
        while chunk := list(islice(waiting, CHUNK)):
            tally.loaded += await load(chunk)
            self._progress(file, len(chunk))

    async def activate(self, release: Callable[[], Awaitable[Sequence[str]]], at: datetime) -> int:
        """Lift the hold (``release`` does, and commits), and tell the lifecycles; how many were held until now.

        Every imported customer is told, not only those just released: had an earlier run been killed between the two,
        its customers would wait for ever. A lifecycle that was told before recognises the key.
        """
        released = await release()
        everyone = [Message(customer, outreach_activated(customer, at)) for customer in await self._book.imported()]
        await tell(self._lifecycles, everyone, lambda more: self._progress("lifecycles", more))
        return len(released)


def _uncounted() -> Tally:
    """For the second reading of a file, whose counts the first one made."""
    return Tally("", [])
