"""Facts of support (section 0.3 of the domain).

A ticket closed later is open then. Satisfaction is known from the closing. An escalation is known from its moment;
where that was not told, from the closing.
"""

from sqlalchemy import and_, case, func, or_, select

from models.enums import Severity
from models.facts import Feed
from persistence.fact_page import Columns, Page, known, share
from persistence.tables.book import ticket
from persistence.tables.measures import competitor_mention, ticket_severity

_HIGH = (Severity.HIGH.value, Severity.CRITICAL.value)


async def tickets(page: Page) -> Columns:
    """How many are open, how bad, how they ended."""
    at, closed = page.as_of, ticket.c.closed
    is_open = or_(closed.is_(None), closed > at)
    escalation = func.coalesce(ticket.c.escalated_at, case((ticket.c.escalated, closed)))
    unescalated = or_(ticket.c.escalated_at.is_(None), ticket.c.escalated_at > at)
    told = and_(closed > page.back(90), closed <= at)
    rated = and_(told, ticket.c.csat.is_not(None), func.coalesce(ticket.c.csat_at, closed) <= at)
    lately = closed > page.back(30)
    # The latest severity by then; before the first change it is the one it was opened with.
    ranked = (
        select(ticket_severity.c.severity)
        .where(ticket_severity.c.ticket == ticket.c.id, ticket_severity.c.at <= at)
        .order_by(ticket_severity.c.at.desc(), ticket_severity.c.key.desc())
        .limit(1)
        .scalar_subquery()
    )
    severity = func.coalesce(ranked, ticket.c.severity)
    found = await page.by_customer(
        select(
            ticket.c.customer,
            func.count().filter(is_open).label("open"),
            func.count().filter(is_open, severity.in_(_HIGH)).label("high"),
            func.count().filter(is_open, severity.is_(None)).label("unranked"),
            func.count().filter(ticket.c.opened > page.back(30)).label("opened"),
            func.count().filter(escalation > page.back(90), escalation <= at).label("escalated"),
            func.count().filter(told, ticket.c.escalated.is_(None), unescalated).label("unsaid"),
            func.sum(ticket.c.csat).filter(rated).label("stars"),
            func.count().filter(rated).label("rated"),
            func.sum(ticket.c.csat).filter(rated, lately).label("stars_lately"),
            func.count().filter(rated, lately).label("rated_lately"),
        )
        .where(page.holds(ticket.c.customer), ticket.c.opened <= at)
        .group_by(ticket.c.customer)
    )
    reported = await page.reported(Feed.TICKETS)

    def count(name: str, unless: str | None = None) -> list[int | None]:
        def value(each: str) -> int | None:
            if each not in found:
                return 0
            # One that nobody ranked may be among the high ones: the number is unknown.
            return None if unless is not None and getattr(found[each], unless) else int(getattr(found[each], name))

        return page.column(known(reported, value))

    def csat(stars: str, rated: str) -> list[float | None]:
        return page.column(known(found, lambda each: share(getattr(found[each], stars), getattr(found[each], rated))))

    return {
        "open_tickets": count("open"),
        "high_severity_tickets": count("high", unless="unranked"),
        "support_tickets": count("opened"),
        "escalations": count("escalated", unless="unsaid"),
        "avg_csat": csat("stars", "rated"),
        "avg_csat_30_days": csat("stars_lately", "rated_lately"),
    }


async def competitors(page: Page) -> Columns:
    """Whether a ticket named one; unknown where nobody reads the tickets' text."""
    mention = competitor_mention.c
    found = await page.by_customer(
        select(mention.customer, func.count())
        .where(page.holds(mention.customer), mention.at > page.back(30), mention.at <= page.as_of)
        .group_by(mention.customer)
    )
    reported = await page.reported(Feed.TICKET_TEXT)
    return {"competitor_mentioned": page.column(known(reported, lambda each: each in found))}
