"""A page of customers as of a moment: what every reader of facts shares (sections 0.1 and 0.3 of the domain).

Columns are lists aligned with the ids of the page. A window of N days of moments is ``(as_of - N * 24 h, as_of]``; of
rows that are told by the day it is the N calendar days (UTC) that end with the day of ``as_of``.
"""

import json
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import LifecycleStage
from models.facts import REGISTRY, Feed
from persistence.asked import Asked, Build, prepared
from persistence.fact_feeds import FEEDS
from persistence.tables.customers import customer, transition
from persistence.tables.measures import source_report, survey_response

DAY = timedelta(days=1)

_SAID = tuple(
    customer.c[name]
    for name in (
        "id", "plan", "segment", "email", "csm_id", "consent_marketing", "contract_length_months", "renewal_date",
        "stage", "stage_since", "imported_at", "stamps", "base", "mrr", "seats", "currency", "cycle", "subscribed_at",
        "outreach_held",
    )
)  # fmt: skip

NPS = "nps"
"""The kind of survey whose answers are Net Promoter scores."""

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
        self._kept: dict[str, Any] = {}
        self._heard: dict[Feed, list[bool]] = {}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where each customer stands in the page's columns."""
        return {each: position for position, each in enumerate(self.ids)}

    @cached_property
    def listed(self) -> object:
        """The ids as one parameter: see ``Asked.holds``."""
        return list(self.ids) if self.connection.dialect.name == "postgresql" else json.dumps(self.ids)

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

    def unknown(self) -> list[Any]:
        """A column of nothing."""
        return [None] * len(self.ids)

    async def rows(self, build: Build, *more: Hashable) -> Sequence[Any]:
        """The rows of a statement (``persistence.asked``), to be unpacked."""
        ready = prepared(build, self.connection.dialect.name, len(self.ids) == 1, *more)
        found: Sequence[Any] = (await self.connection.execute(ready.statement, ready.parameters(self))).all()
        return found

    async def by_customer(self, build: Build, *more: Hashable) -> dict[str, Row[Any]]:
        """The rows of a statement whose first column is the customer, one for each: the last of several."""
        return {row[0]: row for row in await self.rows(build, *more)}

    async def all_by_customer(self, build: Build, *more: Hashable) -> dict[str, list[Row[Any]]]:
        """The same for several rows each, in the order of the statement."""
        found: dict[str, list[Row[Any]]] = {}
        for row in await self.rows(build, *more):
            found.setdefault(row[0], []).append(row)
        return found

    async def customers(self) -> Mapping[str, Row[Any]]:
        """What is said of the page's customers now: see their stamps."""
        return await self._once("customers", lambda: self.by_customer(_customers))

    async def changes(self) -> Mapping[str, list[Row[Any]]]:
        """Every change of stage of the page's customers, oldest first, later ones among them."""
        return await self._once("changes", lambda: self.all_by_customer(_changes))

    async def answers(self) -> Sequence[Any]:
        """The latest answer to an NPS survey by then: customer, score, when, whether and when it was followed up."""
        return await self._once("answers", lambda: self.rows(_answers))

    def later(self, row: Row[Any]) -> Collection[str]:
        """The fields of a customer whose present value came later, so that it was not there then.

        As ``Stamps.known_at``: stamps are UTC in ISO format, which is ordered as text; a page has thousands of them.
        """
        stamps = row.stamps
        return {field for field, stamp in stamps.items() if stamp[0] > self._now} if stamps else ()

    async def last_row(self, feed: Feed) -> Mapping[str, datetime]:
        """The moment of each customer's latest row of a feed; a day counts as its first moment."""
        found = await self.rows(_latest, feed)
        return {owner: _moment(last) for owner, last in found if last is not None}

    async def reported(self, feed: Feed) -> Mapping[str, datetime]:
        """When the feed last said anything of each customer; those it never spoke of are not there."""
        told = await self._told(feed)
        rows = await self.last_row(feed) if feed in FEEDS else {}
        later = {each: max(told[each], moment) for each, moment in rows.items() if each in told}
        return {**told, **rows, **later}

    async def heard(self, feed: Feed) -> list[bool]:
        """Of whom the feed has ever said anything by then, as a column; of others nothing is known.

        The feeds of everything that is wanted of the page are asked in one statement.
        """
        if feed not in self._heard:
            wanted = {entry.feed for name in self.wanted if (entry := REGISTRY.get(name)) is not None}
            feeds = tuple(each for each in FEEDS if each is feed or (each in wanted and each not in self._heard))
            columns = {each: [False] * len(self.ids) for each in {feed, *feeds}}
            if feeds:
                for owner, *spoke in await self.rows(_heard, *feeds):
                    position = self.place[owner]
                    for each, any_row in zip(feeds, spoke, strict=True):
                        columns[each][position] = bool(any_row)
            for each, column in columns.items():
                for owner in await self._told(each):
                    column[self.place[owner]] = True
            self._heard |= columns
        return self._heard[feed]

    async def _told(self, feed: Feed) -> Mapping[str, datetime]:
        reports = await self._once("reports", lambda: self.rows(_reports))
        return {owner: moment for owner, name, moment in reports if name == feed}

    async def _once(self, what: str, read: Callable[[], Awaitable[T]]) -> T:
        if what not in self._kept:
            self._kept[what] = await read()
        kept: T = self._kept[what]
        return kept


def _customers(asked: Asked) -> Select[Any]:
    return select(*_SAID).where(asked.holds(customer.c.id))


def _changes(asked: Asked) -> Select[Any]:
    change = transition.c
    # A document is read for whoever looks into it: the causes of a stay at risk.
    entry = case((change.to_stage == LifecycleStage.AT_RISK.value, change.facts))
    return (
        select(change.customer, change.from_stage, change.to_stage, change.at, entry.label("entry"))
        .where(asked.holds(change.customer))
        .order_by(change.customer, change.at, change.number)
    )


def _answers(asked: Asked) -> Select[Any]:
    answer = survey_response.c
    newest = (
        func.row_number()
        .over(partition_by=answer.customer, order_by=(answer.submitted_at.desc(), answer.id.desc()))
        .label("newest")
    )
    found = (
        select(answer.customer, answer.score, answer.submitted_at, answer.followed_up, answer.follow_up_date, newest)
        .where(asked.holds(answer.customer), answer.kind == NPS, answer.submitted_at <= asked.now)
        .subquery()
    )
    return select(*(column for column in found.c if column.name != "newest")).where(found.c.newest == 1)


def _reports(asked: Asked) -> Select[Any]:
    told = source_report.c
    return (
        select(told.customer, told.feed, func.max(told.at))
        .where(asked.holds(told.customer), told.at <= asked.now)
        .group_by(told.customer, told.feed)
    )


def _latest(asked: Asked, feed: Feed) -> Select[Any]:
    # One step down the index (customer, moment) for each customer, however long its history is.
    moment, rows = _of_feed(asked, feed)
    last = rows.order_by(moment.desc()).limit(1).scalar_subquery()
    return select(customer.c.id, last).where(asked.holds(customer.c.id))


def _heard(asked: Asked, *feeds: Feed) -> Select[Any]:
    spoke = [_of_feed(asked, feed)[1].exists().label(f"of_{feed.value}") for feed in feeds]
    return select(customer.c.id, *spoke).where(asked.holds(customer.c.id))


def _of_feed(asked: Asked, feed: Feed) -> tuple[ColumnElement[Any], Select[Any]]:
    table, name, *more = FEEDS[feed]
    moment = table.c[name]
    by = asked.today if moment.type.python_type is date else asked.now
    return moment, select(moment).where(table.c.customer == customer.c.id, moment <= by, *more)


def _moment(value: datetime | date) -> datetime:
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)


def share(part: int | None, whole: int | None) -> float | None:
    """A fraction; None when there is nothing to take it of. Divided here, so that both databases give the same."""
    return None if not whole else int(part or 0) / int(whole)


def where(heard: Iterable[bool], value: T) -> list[T | None]:
    """A column of that value where the feed was heard of, unknown elsewhere."""
    return [value if each else None for each in heard]
