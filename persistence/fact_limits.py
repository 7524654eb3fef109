"""Facts of what the plan allows: limits, blocked features, seats (sections 0.3 and 8.1 of the domain)."""

from sqlalchemy import func, select

from models.facts import Feed
from persistence.fact_page import Columns, Page, known
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
    """Growth of the team; unknown where there was none to grow from."""
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

    def change(each: str) -> float | None:
        row = found.get(each)
        return None if row is None or not row.before else (row.now - row.before) / row.before

    return {"team_size_change": page.column(change)}
