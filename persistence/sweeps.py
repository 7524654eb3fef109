"""Pages of customers read and decided on, and the one row of each day's sweep: the ports ``Decisions``, ``Sweeps``."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.decisions import Change, SweepRow
from models.enums import Segment
from models.standing import Evaluated, Standing
from persistence import decision_rows, decision_writes
from persistence.fact_columns import FactColumns
from persistence.fact_page import Page
from persistence.rows import insert, value_of
from persistence.standings import next_page, read_standings
from persistence.tables import decisions as tables
from rules.segments import guided

ABANDONED = timedelta(minutes=10)
"""Real time without a page after which a sweep's claim may be taken over."""


class DecisionTable:
    """What evaluations read and write."""

    def __init__(self, connection: AsyncConnection, has_kickoff: Callable[[Segment], bool] = guided) -> None:
        self._connection = connection
        self._has_kickoff = has_kickoff

    async def next_page(self, after: str | None, *, as_of: datetime, day: date, limit: int) -> list[str]:
        """The ids that follow, of customers that were there by then."""
        return await next_page(self._connection, after, as_of=as_of, day=day, limit=limit)

    async def read(
        self, ids: Sequence[str], names: Sequence[str], *, as_of: datetime
    ) -> tuple[list[Standing], dict[str, list[Any]]]:
        """The standing of each customer that is there, and columns of facts aligned with them."""
        names = tuple(dict.fromkeys((*names, "stage", "segment", "plan")))
        page = Page(self._connection, ids, as_of=as_of, wanted=names)
        _, _, facts = await FactColumns(self._connection, self._has_kickoff).of(page, names)
        standings = await read_standings(page, facts)
        if len(standings) == len(page.ids):
            return standings, facts
        kept = [page.place[one.customer] for one in standings]
        return standings, {name: [column[at] for at in kept] for name, column in facts.items()}

    async def write(
        self, found: Sequence[Evaluated], *, source: str, now: datetime, stages: bool = True
    ) -> frozenset[str]:
        """Store them; returns the customers that something else moved since, of whom nothing is stored."""
        return await decision_writes.write(self._connection, found, source=source, now=now, stages=stages)


class SweepTable:
    """One row for each day."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, day: date) -> SweepRow | None:
        """That of the day, or None."""
        found = await self._connection.execute(select(tables.sweep).where(tables.sweep.c.day == day))
        row = found.mappings().one_or_none()
        return None if row is None else value_of(SweepRow, row)

    async def claim(
        self, day: date, as_of: datetime, by: str, *, now: datetime, wall: datetime, again: bool
    ) -> SweepRow:
        """The day's row, ours if ``claimed_by`` says so: new, abandoned by another, or ended and wanted ``again``.

        A row that is ours already is returned as it is: its sweep goes on after its last page.
        """
        table = tables.sweep
        blank = {
            "as_of": as_of, "claimed_by": by, "touched_at": wall, "started": now, "ended": None,
            "last_customer": None, "counts": {},
        }  # fmt: skip
        await self._connection.execute(
            insert(self._connection, table).values(day=day, **blank).on_conflict_do_nothing()
        )
        held = await self._connection.execute(select(table).where(table.c.day == day).with_for_update())
        row = held.mappings().one()
        free = again if row["ended"] is not None else wall - row["touched_at"] > ABANDONED
        if row["claimed_by"] == by or not free:
            return value_of(SweepRow, row)
        if row["ended"] is None:
            # What the other one has done is done: go on from there.
            blank |= {name: row[name] for name in ("as_of", "started", "last_customer", "counts")}
        await self._connection.execute(update(table).where(table.c.day == day).values(**blank))
        return value_of(SweepRow, (await self._one(day)))

    async def advance(
        self, day: date, by: str, last: str | None, counts: Mapping[str, int], changes: Sequence[Change], wall: datetime
    ) -> bool:
        """A page is done, in the transaction of its rows; False if the claim was lost: nothing of it may stand."""
        rows = [decision_rows.change_row(one, day, by) for one in changes]
        await decision_rows.put(self._connection, tables.sweep_change, rows)
        table = tables.sweep
        moved = await self._connection.execute(
            update(table)
            .where(table.c.day == day, table.c.claimed_by == by)
            .values(last_customer=last, counts=dict(counts), touched_at=wall)
        )
        return moved.rowcount == 1

    async def finish(self, day: date, by: str, at: datetime) -> None:
        """Every page is done."""
        table = tables.sweep
        await self._connection.execute(
            update(table).where(table.c.day == day, table.c.claimed_by == by).values(ended=at)
        )

    async def changes(self, day: date, *, run: str | None = None, limit: int | None = None) -> list[Change]:
        """What changed on that day (by that run of its sweep), by customer."""
        table = tables.sweep_change
        query = select(table).where(table.c.day == day)
        if run is not None:
            query = query.where(table.c.run == run)
        rows = await self._connection.execute(
            query.order_by(table.c.customer, table.c.decision, table.c.subject).limit(limit)
        )
        return [value_of(Change, row) for row in rows.mappings()]

    async def last_ended(self) -> SweepRow | None:
        """The latest day whose sweep is done."""
        table = tables.sweep
        latest = select(func.max(table.c.day)).where(table.c.ended.is_not(None)).scalar_subquery()
        found = await self._connection.execute(select(table).where(table.c.day == latest))
        row = found.mappings().one_or_none()
        return None if row is None else value_of(SweepRow, row)

    async def _one(self, day: date) -> Any:
        found = await self._connection.execute(select(tables.sweep).where(tables.sweep.c.day == day))
        return found.mappings().one()
