"""When each source of figures was last heard of (sections 18.4 check 3 and 18.5, V5, V10, V12).

A source is one system of truth: billing for revenue, the application for users, the ticket system for tickets. A report
of any of its feeds counts, an import counts for what it loaded, and so does the newest row it sent.
"""

from datetime import UTC, date, datetime, time

from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.facts import Feed
from models.figure import SourceFreshness
from persistence.fact_feeds import FEEDS
from persistence.tables.book import subscription, ticket, usage_event
from persistence.tables.customers import customer
from persistence.tables.measures import source_report
from persistence.tables.pulls import source_freshness
from persistence.tables.revenue import mrr_statement

SOURCES: dict[str, tuple[Feed, ...]] = {
    "billing": (Feed.INVOICES, Feed.CANCELLATIONS),
    "application": (Feed.LOGINS, Feed.USAGE, Feed.CONVERSATIONS, Feed.LIMITS, Feed.BLOCKED, Feed.SEATS),
    "tickets": (Feed.TICKETS,),
    "surveys": (Feed.SURVEYS,),
    "crm": (Feed.MEETINGS, Feed.OUTREACH),
}
OF_TRUTH = ("billing", "application", "tickets")
"""Always expected, and judged by their age (section 18.5); the others are shown once they have told anything."""


async def freshness(connection: AsyncConnection, as_of: datetime) -> tuple[SourceFreshness, ...]:
    """Each source, with the last moment up to ``as_of`` at which it told something."""
    found = []
    imported = await _imports(connection, as_of)
    for name, feeds in SOURCES.items():
        told = [moment for feed in feeds for moment in await _of_feed(connection, feed, as_of)]
        if name == "billing":
            said = await connection.execute(select(func.max(mrr_statement.c.at)).where(mrr_statement.c.at <= as_of))
            told += [moment for moment in said.scalars() if moment is not None]
        if name in imported:
            told.append(imported[name])
        if told or name in OF_TRUTH:
            latest = max(told, default=None)
            found.append(SourceFreshness(source=name, reported_at=latest, as_of=as_of, judged=name in OF_TRUTH))
    return (*found, *await _asked(connection, as_of))


async def _asked(connection: AsyncConnection, as_of: datetime) -> list[SourceFreshness]:
    """Connected systems that are asked: up to when all they knew is here."""
    asked = source_freshness.c
    rows = await connection.execute(select(asked.source, asked.covered_until).order_by(asked.source))
    return [
        SourceFreshness(source=row.source, reported_at=row.covered_until and min(row.covered_until, as_of), as_of=as_of)
        for row in rows
        if row.source not in SOURCES
    ]


async def _of_feed(connection: AsyncConnection, feed: Feed, as_of: datetime) -> list[datetime]:
    table: Table
    table, column, *_ = FEEDS[feed]
    by_day = column == "day"
    edge: date | datetime = as_of.date() if by_day else as_of
    rows = await connection.execute(select(func.max(table.c[column])).where(table.c[column] <= edge))
    reports = await connection.execute(
        select(func.max(source_report.c.at)).where(source_report.c.feed == feed.value, source_report.c.at <= as_of)
    )
    return [min(_moment(each), as_of) for each in (*rows.scalars(), *reports.scalars()) if each is not None]


async def _imports(connection: AsyncConnection, as_of: datetime) -> dict[str, datetime]:
    """The as-of of the last import; it speaks for each source of which rows are there."""
    last = await connection.execute(select(func.max(customer.c.imported_at)).where(customer.c.imported_at <= as_of))
    at = last.scalar_one()
    if at is None:
        return {}
    held = {}
    for name, table in (("billing", subscription), ("application", usage_event), ("tickets", ticket)):
        if (await connection.execute(select(table.c.customer).limit(1))).first() is not None:
            held[name] = at
    return held


def _moment(value: date | datetime) -> datetime:
    """A day is told at its end; nobody can say when within it."""
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(23, 59, 59), UTC)
