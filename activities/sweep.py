"""The daily sweep, a page of customers at a time: read in sets, decided on columns, written in one transaction.

A page's rows and the point the sweep has come to are committed together, so that a kill between any two lines repeats
at most the page that was under way, and counts nothing twice.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from temporalio import activity

from activities import programs_due
from activities.collecting import paused
from activities.ports import Store
from models.clock import utc_now
from models.decisions import SweepRow
from models.errors import Refused
from models.event_making import SWEEP
from models.standing import Calendar, Evaluated, Standing
from models.sweep import SweepBegin, SweepClaim, SweepEnd, SweepPages, SweepProgress
from rules import sweep_counts

PAGE = 1_000
"""Customers of a transaction: a writer waits for at most these, and memory holds at most these."""

PAGES = 20
"""Pages of one activity: 100,000 customers are five activities, and each ends well within its time."""

_TRIES = 3


class Decisions(Protocol):
    """What was decided of a page."""

    @property
    def evaluated(self) -> list[Evaluated]:
        """Each customer's."""
        ...

    @property
    def unread(self) -> dict[str, str]:
        """Customers whose evaluation failed, and why."""
        ...


class Decider(Protocol):
    """Decides pages on columns; ``analysis`` has it."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Every fact it reads."""
        ...

    def decide(
        self, standings: Sequence[Standing], facts: Mapping[str, Sequence[Any]], at: datetime, when: Calendar
    ) -> Decisions:
        """Decide each; ``facts`` are columns aligned with the standings."""
        ...


class SweepActivities:
    """The sweep's steps."""

    def __init__(
        self, store: Store, decider: Decider, calendar: Callable[[datetime], Calendar], *, page: int = PAGE
    ) -> None:
        """``calendar``: the day of a moment in the business calendar."""
        self._store = store
        self._decider = decider
        self._calendar = calendar
        self._page = page

    @activity.defn
    async def begin_sweep(self, asked: SweepBegin) -> SweepClaim:
        """Claim the day: one row for each, whoever comes first."""
        day = asked.day or self._calendar(asked.at).day
        async with self._store.begin() as tx:
            row = await tx.sweeps.claim(day, asked.at, asked.by, now=asked.now, wall=utc_now(), again=asked.again)
        mine = row.claimed_by == asked.by and row.ended is None
        return SweepClaim(mine=mine, day=day, as_of=row.as_of, by=row.claimed_by)

    @activity.defn
    async def sweep_pages(self, asked: SweepPages) -> SweepProgress:
        """Some pages more, from where the day's row says that the sweep has come to."""
        async with self._store.read() as tx:
            row = await tx.sweeps.get(asked.day)
        for _ in range(PAGES):
            if row is None or row.claimed_by != asked.by:
                raise Refused("another run sweeps this day", field="day", value=asked.day.isoformat())
            with paused():
                after = await self._one_page(asked, row)
            if after is None:
                return SweepProgress(by=asked.by, day=asked.day, as_of=asked.as_of, done=True, counts=row.counts)
            row = after
            activity.heartbeat(row.last_customer)
        counts = row.counts if row is not None else {}
        return SweepProgress(by=asked.by, day=asked.day, as_of=asked.as_of, counts=counts)

    @activity.defn
    async def end_sweep(self, asked: SweepEnd) -> None:
        """The day is swept. What programs make due is told by today's sweep only: a past day makes nothing due."""
        async with self._store.begin() as tx:
            if self._calendar(asked.now).day == asked.day:
                await programs_due.tell(tx, asked.day, asked.now)
            await tx.sweeps.finish(asked.day, asked.by, asked.now)

    async def _one_page(self, asked: SweepPages, row: SweepRow) -> SweepRow | None:
        """The row after the next page; None when there is none."""
        async with self._store.read() as tx:
            ids = await tx.decisions.next_page(row.last_customer, as_of=asked.as_of, day=asked.day, limit=self._page)
        if not ids:
            return None
        todo: Sequence[str] = ids
        for _ in range(_TRIES):
            row, moved = await self._decided(asked, row, todo, ids[-1])
            if not moved:
                break
            # An event has evaluated them since they were read: they are looked at again, as they are now.
            todo = sorted(moved)
        return row

    async def _decided(
        self, asked: SweepPages, row: SweepRow, ids: Sequence[str], last: str
    ) -> tuple[SweepRow, frozenset[str]]:
        async with self._store.read() as tx:
            standings, facts = await tx.decisions.read(ids, self._decider.reads, as_of=asked.as_of)
        when = self._calendar(asked.as_of)
        # In a thread: the worker's other work goes on meanwhile.
        found = await asyncio.to_thread(self._decider.decide, standings, facts, asked.as_of, when)
        for customer, why in found.unread.items():
            activity.logger.error("customer not evaluated", extra={"customer": customer, "error": why})
        async with self._store.begin() as tx:
            moved = await tx.decisions.write(found.evaluated, source=SWEEP, now=asked.now)
            kept = [one for one in found.evaluated if one.customer not in moved]
            counts = sweep_counts.add(row.counts, kept, len(found.unread))
            changes = [change for one in kept for change in one.changes]
            if not await tx.sweeps.advance(asked.day, asked.by, last, counts, changes, utc_now()):
                raise Refused("another run sweeps this day", field="day", value=asked.day.isoformat())
        return row.model_copy(update={"last_customer": last, "counts": counts}), moved
