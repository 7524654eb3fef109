"""A page of customers as of a moment: what every reader of facts shares (sections 0.1 and 0.3 of the domain).

Columns are lists aligned with the ids of the page. A window of N days of moments is ``(as_of - N * 24 h, as_of]``; of
rows that are told by the day it is the N calendar days (UTC) that end with the day of ``as_of``.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, Table, Text, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from models.facts import Feed
from persistence.fact_feeds import FEEDS
from persistence.tables.customers import customer
from persistence.tables.measures import source_report

DAY = timedelta(days=1)

_SAID = tuple(
    customer.c[name]
    for name in (
        "id", "plan", "segment", "email", "csm_id", "consent_marketing", "contract_length_months", "renewal_date",
        "stage", "stage_since", "imported_at", "stamps", "base",
    )
)  # fmt: skip

T = TypeVar("T")
Columns = Mapping[str, list[Any]]


class Page:
    """Some customers, as they were at a moment; what several facts need is read once."""

    def __init__(
        self,
        connection: AsyncConnection,
        ids: Sequence[str],
        *,
        as_of: datetime,
        cycle: int = 0,
        wanted: Collection[str] = (),
    ) -> None:
        self.connection = connection
        self.ids = tuple(ids)
        self.as_of = as_of.astimezone(UTC)
        self.today = self.as_of.date()
        self.cycle = cycle
        self.wanted = frozenset(wanted)
        self._now = self.as_of.isoformat()
        self._customers: dict[str, Row[Any]] | None = None
        self._rows: dict[Feed, dict[str, datetime]] = {}
        self._reported: dict[Feed, dict[str, datetime]] = {}
        self._reports: dict[Feed, dict[str, datetime]] | None = None

    def holds(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """The column is one of the page's ids: one parameter, however many they are, and an index serves it."""
        if len(self.ids) == 1:
            return column == self.ids[0]
        if self.connection.dialect.name == "postgresql":
            return column == any_(literal(list(self.ids), ARRAY(Text)))
        listed = func.json_each(json.dumps(self.ids)).table_valued("value")
        return column.in_(select(listed.c.value))

    def back(self, days: int) -> datetime:
        """The moment that many days ago: a window holds what is later."""
        return self.as_of - days * DAY

    def first_day(self, days: int) -> date:
        """The first day of a window of that many calendar days."""
        return self.today - (days - 1) * DAY

    def days_since(self, moment: datetime | None) -> int | None:
        """Whole days, ``floor((now - then) / 24 h)``."""
        return None if moment is None else (self.as_of - moment) // DAY

    def column(self, value: Callable[[str], T]) -> list[T]:
        """One value for each id."""
        return [value(each) for each in self.ids]

    async def by_customer(self, statement: Select[Any]) -> dict[str, Row[Any]]:
        """The rows of a statement whose first column is the customer, one for each."""
        return {row[0]: row for row in await self.connection.execute(statement)}

    async def all_by_customer(self, statement: Select[Any]) -> dict[str, list[Row[Any]]]:
        """The same for several rows each, in the order of the statement."""
        found: dict[str, list[Row[Any]]] = {}
        for row in await self.connection.execute(statement):
            found.setdefault(row[0], []).append(row)
        return found

    async def customers(self) -> Mapping[str, Row[Any]]:
        """What is said of the page's customers now: see their stamps."""
        if self._customers is None:
            self._customers = await self.by_customer(select(*_SAID).where(self.holds(customer.c.id)))
        return self._customers

    def stood(self, row: Row[Any], field: str) -> bool:
        """Whether the present value of a customer's field was there then: as ``Stamps.known_at``.

        Stamps are UTC in ISO format, which is ordered as text; a page has thousands of them.
        """
        stamp = row.stamps.get(field)
        return stamp is None or stamp[0] <= self._now

    async def last_row(self, feed: Feed) -> Mapping[str, datetime]:
        """The moment of each customer's latest row of a feed; a day counts as its first moment."""
        if feed not in self._rows:
            self._rows[feed] = await self._latest(*FEEDS[feed])
        return self._rows[feed]

    async def reported(self, feed: Feed) -> Mapping[str, datetime]:
        """When the feed last said anything of each customer; those it never spoke of are not there."""
        if feed not in self._reported:
            told = await self._told(feed)
            rows = await self.last_row(feed) if feed in FEEDS else {}
            later = {each: max(told[each], moment) for each, moment in rows.items() if each in told}
            self._reported[feed] = {**told, **rows, **later}
        return self._reported[feed]

    async def _told(self, feed: Feed) -> Mapping[str, datetime]:
        if self._reports is None:
            self._reports = {}
            rows = await self.connection.execute(
                select(source_report.c.customer, source_report.c.feed, func.max(source_report.c.at))
                .where(self.holds(source_report.c.customer), source_report.c.at <= self.as_of)
                .group_by(source_report.c.customer, source_report.c.feed)
            )
            for owner, name, moment in rows:
                self._reports.setdefault(name, {})[owner] = moment
        return self._reports.get(feed, {})

    async def _latest(self, table: Table, name: str, more: ColumnElement[bool] | None = None) -> dict[str, datetime]:
        # One step down the index (customer, moment) for each customer, however long its history is.
        moment = table.c[name]
        daily = moment.type.python_type is date
        query = select(moment).where(table.c.customer == customer.c.id, moment <= (self.today if daily else self.as_of))
        if more is not None:
            query = query.where(more)
        last = query.order_by(moment.desc()).limit(1).scalar_subquery()
        rows = await self.connection.execute(select(customer.c.id, last).where(self.holds(customer.c.id)))
        return {owner: _moment(found) for owner, found in rows if found is not None}


def _moment(value: datetime | date) -> datetime:
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)


def share(part: int | None, whole: int | None) -> float | None:
    """A fraction; None when there is nothing to take it of. Divided here, so that both databases give the same."""
    return None if not whole else int(part or 0) / int(whole)


def known(ids: Iterable[str], value: Callable[[str], T]) -> Callable[[str], T | None]:
    """A value for those of these ids, unknown for the others."""
    there = ids if isinstance(ids, Mapping) else frozenset(ids)
    return lambda each: value(each) if each in there else None
