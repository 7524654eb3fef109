"""Facts of support (section 0.3 of the domain).

A ticket closed later is open then. Satisfaction is known from the closing. An escalation is known from its moment;
where that was not told, from the closing.
"""

from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

from models.enums import Severity
from models.facts import Feed
from persistence.asked import Asked
from persistence.fact_page import Columns, Page, share, where
from persistence.tables.book import ticket
from persistence.tables.measures import competitor_mention, ticket_severity

_HIGH = (Severity.HIGH.value, Severity.CRITICAL.value)


async def tickets(page: Page) -> Columns:
    """How many are open, how bad, how they ended."""
    heard = await page.heard(Feed.TICKETS)
    waiting, severe, opened, escalations = (where(heard, 0) for _ in range(4))
    csat, lately = page.unknown(), page.unknown()
    for owner, still_open, high, unranked, new, escalated, unsaid, stars, rated, late_stars, late in await page.rows(
        _tickets
    ):
        position = page.place[owner]
        waiting[position], opened[position] = still_open, new
        # One that nobody ranked may be among the high ones: the number is unknown.
        severe[position] = None if unranked else high
        escalations[position] = None if unsaid else escalated
        csat[position], lately[position] = share(stars, rated), share(late_stars, late)
    return {
        "open_tickets": waiting,
        "high_severity_tickets": severe,
        "support_tickets": opened,
        "escalations": escalations,
        "avg_csat": csat,
        "avg_csat_30_days": lately,
    }


def _tickets(asked: Asked) -> Select[Any]:
    at, closed = asked.now, ticket.c.closed
    is_open = or_(closed.is_(None), closed > at)
    escalation = func.coalesce(ticket.c.escalated_at, case((ticket.c.escalated, closed)))
    unescalated = or_(ticket.c.escalated_at.is_(None), ticket.c.escalated_at > at)
    told = and_(closed > asked.back(90), closed <= at)
    rated = and_(told, ticket.c.csat.is_not(None), func.coalesce(ticket.c.csat_at, closed) <= at)
    lately = closed > asked.back(30)
    # The latest severity by then; before the first change it is the one it was opened with.
    ranked = (
        select(ticket_severity.c.severity)
        .where(ticket_severity.c.ticket == ticket.c.id, ticket_severity.c.at <= at)
        .order_by(ticket_severity.c.at.desc(), ticket_severity.c.key.desc())
        .limit(1)
        .scalar_subquery()
    )
    severity = func.coalesce(ranked, ticket.c.severity)
    return (
        select(
            ticket.c.customer,
            func.count().filter(is_open),
            func.count().filter(is_open, severity.in_(_HIGH)),
            func.count().filter(is_open, severity.is_(None)),
            func.count().filter(ticket.c.opened > asked.back(30)),
            func.count().filter(escalation > asked.back(90), escalation <= at),
            func.count().filter(told, ticket.c.escalated.is_(None), unescalated),
            func.sum(ticket.c.csat).filter(rated),
            func.count().filter(rated),
            func.sum(ticket.c.csat).filter(rated, lately),
            func.count().filter(rated, lately),
        )
        .where(asked.holds(ticket.c.customer), ticket.c.opened <= at)
        .group_by(ticket.c.customer)
    )


async def competitors(page: Page) -> Columns:
    """Whether a ticket named one; unknown where nobody reads the tickets' text."""
    named = where(await page.heard(Feed.TICKET_TEXT), False)
    for (owner,) in await page.rows(_competitors):
        named[page.place[owner]] = True
    return {"competitor_mentioned": named}


def _competitors(asked: Asked) -> Select[Any]:
    mention = competitor_mention.c
    return (
        select(mention.customer)
        .where(asked.holds(mention.customer), mention.at > asked.back(30), mention.at <= asked.now)
        .distinct()
    )
