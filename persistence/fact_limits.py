"""Facts of what the plan allows: limits, blocked features, seats (sections 0.3 and 8.1 of the domain)."""

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, case, func, or_, select

from models.facts import Feed
from persistence.asked import Asked
from persistence.fact_page import Columns, Page, where
from persistence.tables.book import subscription
from persistence.tables.customers import customer
from persistence.tables.measures import blocked_attempt, limit_usage, seat_count


async def limits(page: Page) -> Columns:
    """The tightest limit, of those reported in the window; an unlimited one is no limit."""
    tightest = page.unknown()
    for owner, used, allowed in await page.rows(_limits):
        position, part = page.place[owner], used / allowed
        if tightest[position] is None or part > tightest[position]:
            tightest[position] = part
    return {"usage_vs_limit": tightest}


def _limits(asked: Asked) -> Select[Any]:
    newest = (
        func.row_number()
        .over(partition_by=(limit_usage.c.customer, limit_usage.c.name), order_by=limit_usage.c.at.desc())
        .label("newest")
    )
    snapshots = (
        select(limit_usage.c.customer, limit_usage.c.used, limit_usage.c.allowed, newest)
        .where(asked.holds(limit_usage.c.customer), limit_usage.c.at > asked.back(30), limit_usage.c.at <= asked.now)
        .subquery()
    )
    return select(snapshots.c.customer, snapshots.c.used, snapshots.c.allowed).where(
        snapshots.c.newest == 1, snapshots.c.allowed > 0
    )


async def blocked(page: Page) -> Columns:
    """How often, and at which features."""
    heard = await page.heard(Feed.BLOCKED)
    attempts = where(heard, 0)
    names: list[list[str] | None] = [[] if each else None for each in heard]
    for owner, feature, times in await page.rows(_blocked):
        position = page.place[owner]
        attempts[position] = (attempts[position] or 0) + times
        names[position] = sorted([*(names[position] or ()), feature])
    return {"blocked_feature_attempts": attempts, "blocked_features": names}


def _blocked(asked: Asked) -> Select[Any]:
    attempt = blocked_attempt.c
    return (
        select(attempt.customer, attempt.feature, func.count())
        .where(asked.holds(attempt.customer), attempt.at > asked.back(30), attempt.at <= asked.now)
        .group_by(attempt.customer, attempt.feature)
    )


async def seats(page: Page) -> Columns:
    """Growth of the team; unknown where there was none to grow from.

    What the product counts comes first; without any count, it is the seats of the billed spans that ran on the two days
    (an imported book has nothing else), unknown when one of them does not say.
    """
    growth = page.unknown()
    counted = await page.rows(_counted)
    for owner, now, before in counted:
        growth[page.place[owner]] = _growth(now, before)
    uncounted = frozenset(owner for owner, now, _ in counted if now is None)
    if uncounted:
        for owner, now, before in await page.rows(_billed):
            if owner in uncounted:
                growth[page.place[owner]] = _growth(now, before)
    return {"team_size_change": growth}


def _growth(now: int | None, before: int | None) -> float | None:
    return None if not before or now is None else (now - before) / before


def _counted(asked: Asked) -> Select[Any]:
    count = seat_count.c
    now, before = (
        select(count.seats)
        .where(count.customer == customer.c.id, count.at <= moment)
        .order_by(count.at.desc())
        .limit(1)
        .scalar_subquery()
        for moment in (asked.now, asked.back(90))
    )
    return select(customer.c.id, now.label("now"), before.label("before")).where(asked.holds(customer.c.id))


def _billed(asked: Asked) -> Select[Any]:
    """Seats of the spans that ran today and 90 days ago; NULL: none ran, or one of them does not say."""
    span = subscription.c

    def running(day: BindParameter[Any]) -> ColumnElement[bool]:
        return and_(span.started <= day, or_(span.ended.is_(None), span.ended >= day))

    def total(day: BindParameter[Any]) -> ColumnElement[int | None]:
        unsaid = func.sum(case((and_(running(day), span.seats.is_(None)), 1), else_=0))
        return case((unsaid == 0, func.sum(case((running(day), span.seats)))), else_=None)

    # The day 90 days ago is the first of a window of 91.
    return (
        select(span.customer, total(asked.today).label("now"), total(asked.first_day(91)).label("before"))
        .where(asked.holds(span.customer), span.started <= asked.today)
        .group_by(span.customer)
    )
