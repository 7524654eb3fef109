"""Facts of what the plan allows: limits, blocked features, seats (sections 0.3 and 8.1 of the domain)."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select

from models.facts import Feed
from persistence.fact_page import DAY, Columns, Page, known
from persistence.tables.book import subscription
from persistence.tables.customers import customer
from persistence.tables.measures import blocked_attempt, limit_usage, seat_count


async def limits(page: Page) -> Columns:
    """The tightest limit, of those reported in the window; an unlimited one is no limit."""
    newest = (
        func.row_number()
        .over(partition_by=(limit_usage.c.customer, limit_usage.c.name), order_by=limit_usage.c.at.desc())
        .label("newest")
    )
    snapshots = (
        select(limit_usage.c.customer, limit_usage.c.used, limit_usage.c.allowed, newest)
        .where(page.holds(limit_usage.c.customer), limit_usage.c.at > page.back(30), limit_usage.c.at <= page.as_of)
        .subquery()
    )
    found = await page.all_by_customer(
        select(snapshots.c.customer, snapshots.c.used, snapshots.c.allowed).where(
            snapshots.c.newest == 1, snapshots.c.allowed > 0
        )
    )
    tightest = {each: max(row.used / row.allowed for row in rows) for each, rows in found.items()}
    return {"usage_vs_limit": page.column(tightest.get)}


async def blocked(page: Page) -> Columns:
    """How often, and at which features."""
    found = await page.all_by_customer(
        select(blocked_attempt.c.customer, blocked_attempt.c.feature, func.count().label("attempts"))
        .where(
            page.holds(blocked_attempt.c.customer),
            blocked_attempt.c.at > page.back(30),
            blocked_attempt.c.at <= page.as_of,
        )
        .group_by(blocked_attempt.c.customer, blocked_attempt.c.feature)
    )
    reported = await page.reported(Feed.BLOCKED)
    attempts = known(reported, lambda each: sum(row.attempts for row in found.get(each, ())))
    names = known(reported, lambda each: sorted(row.feature for row in found.get(each, ())))
    return {"blocked_feature_attempts": page.column(attempts), "blocked_features": page.column(names)}


async def seats(page: Page) -> Columns:
    """Growth of the team; unknown where there was none to grow from.

    What the product counts comes first; without any count, it is the seats of the billed spans that ran on the two days
    (an imported book has nothing else), unknown when one of them does not say.
    """
    count = seat_count.c
    now, before = (
        select(count.seats)
        .where(count.customer == customer.c.id, count.at <= moment)
        .order_by(count.at.desc())
        .limit(1)
        .scalar_subquery()
        .label(name)
        for name, moment in (("now", page.as_of), ("before", page.back(90)))
    )
    found = await page.by_customer(select(customer.c.id, now, before).where(page.holds(customer.c.id)))
    billed = await _billed(page) if any(row.now is None for row in found.values()) else {}

    def change(each: str) -> float | None:
        row = found.get(each)
        if row is not None and row.now is None:
            row = billed.get(each)
        return None if row is None or not row.before or row.now is None else (row.now - row.before) / row.before

    return {"team_size_change": page.column(change)}


async def _billed(page: Page) -> dict[str, Row[Any]]:
    """Seats of the spans that ran today and 90 days ago; NULL: none ran, or one of them does not say."""
    span = subscription.c

    def running(day: date) -> ColumnElement[bool]:
        return and_(span.started <= day, or_(span.ended.is_(None), span.ended >= day))

    def total(day: date, name: str) -> ColumnElement[int | None]:
        unsaid = func.sum(case((and_(running(day), span.seats.is_(None)), 1), else_=0))
        return case((unsaid == 0, func.sum(case((running(day), span.seats)))), else_=None).label(name)

    return await page.by_customer(
        select(span.customer, total(page.today, "now"), total(page.today - 90 * DAY, "before"))
        .where(page.holds(span.customer), span.started <= page.today)
        .group_by(span.customer)
    )
