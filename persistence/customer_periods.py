"""Counts of one customer over a quarter or a month (sections 9.1 and 12 of the domain)."""

from collections import Counter
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.customer_period import CustomerPeriod
from models.facts import Feed
from models.nps_figures import Period
from persistence.fact_account import terms
from persistence.fact_page import Page
from persistence.tables.book import ticket, usage_event
from persistence.tables.customers import login
from persistence.tables.measures import conversation_day, plan_feature
from persistence.tables.reviews import lead_day

_HOUR = timedelta(hours=1)


class PeriodTable:
    """The port ``Periods``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def read(self, customer: str, period: Period) -> CustomerPeriod:
        """What was measured of the customer in the period."""
        return await customer_period(self._connection, customer, period)


async def customer_period(connection: AsyncConnection, customer: str, period: Period) -> CustomerPeriod:
    """What is known at the period's end of what happened in it. Days are those of its own zone."""
    page = Page(connection, [customer], as_of=period.end - timedelta(microseconds=1))
    told = {feed: customer in await page.reported(feed) for feed in Feed}
    found: dict[str, object] = {}
    if told[Feed.CONVERSATIONS]:
        found |= await _conversations(connection, customer, period)
    if told[Feed.USERS]:
        found["active_users"] = await _active_users(connection, customer, period)
    if told[Feed.USAGE]:
        found |= await _usage(connection, customer, period)
    if told[Feed.TICKETS]:
        found |= await _tickets(connection, customer, period)
    plan = (await terms(page))["plan"][0]
    return CustomerPeriod.model_validate(
        {
            "customer": customer,
            "period": period,
            "plan_features": await _offered(connection, plan, period),
            "leads": await _leads(connection, customer, period),
            **found,
        }
    )


def _days(period: Period) -> tuple[date, date]:
    """First day, and the first day after, of the calendar that the period is of."""
    return period.start.date(), period.end.date()


async def _conversations(connection: AsyncConnection, customer: str, period: Period) -> dict[str, object]:
    day, (first, after) = conversation_day.c, _days(period)
    row = (
        await connection.execute(
            select(
                func.sum(day.handled),
                func.sum(day.automated),
                func.sum(day.handled).filter(day.automated.is_not(None)),
                func.sum(day.response_seconds),
                func.sum(day.handled).filter(day.response_seconds.is_not(None)),
            ).where(day.customer == customer, day.day >= first, day.day < after)
        )
    ).one()
    names = ("conversations", "automated", "automated_of", "response_seconds", "response_of")
    read = dict(zip(names, (None if each is None else int(each) for each in row), strict=True))
    return {**read, "conversations": read["conversations"] or 0}


async def _active_users(connection: AsyncConnection, customer: str, period: Period) -> int:
    users = await connection.execute(
        select(func.count(login.c.user_id.distinct())).where(
            login.c.customer == customer, login.c.at >= period.start, login.c.at < period.end
        )
    )
    return int(users.scalar_one())


async def _usage(connection: AsyncConnection, customer: str, period: Period) -> dict[str, object]:
    first, after = _days(period)
    rows = await connection.execute(
        select(usage_event.c.day, usage_event.c.feature, func.sum(usage_event.c.count))
        .where(usage_event.c.customer == customer, usage_event.c.day >= first, usage_event.c.day < after)
        .group_by(usage_event.c.day, usage_event.c.feature)
    )
    lately = after - timedelta(days=30)
    months: Counter[str] = Counter()
    features, recent = set(), set()
    for day, feature, count in rows:
        months[f"{day:%Y-%m}"] += int(count)
        if count:
            features.add(feature)
            recent |= {feature} if day >= lately else set()
    return {
        "actions": months.total(),
        "actions_by_month": dict(sorted(months.items())),
        "features_used": tuple(sorted(features)),
        "features_used_lately": tuple(sorted(recent)),
    }


async def _tickets(connection: AsyncConnection, customer: str, period: Period) -> dict[str, object]:
    rows = (
        await connection.execute(
            select(ticket.c.opened, ticket.c.closed, ticket.c.severity, ticket.c.csat).where(
                ticket.c.customer == customer,
                ticket.c.opened < period.end,
                or_(ticket.c.closed.is_(None), ticket.c.closed >= period.start),
            )
        )
    ).all()
    opened = [row for row in rows if _within(row.opened, period)]
    closed = [row for row in rows if _within(row.closed, period)]
    return {
        "tickets_opened": len(opened),
        "tickets_closed": len(closed),
        "resolution_hours": tuple((row.closed - row.opened) / _HOUR for row in closed),
        "csat": tuple(row.csat for row in closed if row.csat is not None),
        "severities": dict(Counter(row.severity or "unknown" for row in opened)),
    }


def _within(moment: datetime | None, period: Period) -> bool:
    return moment is not None and period.start <= moment < period.end


async def _offered(connection: AsyncConnection, plan: str | None, period: Period) -> tuple[str, ...] | None:
    if plan is None:
        return None
    _, after = _days(period)
    rows = await connection.execute(
        select(plan_feature.c.feature).where(
            plan_feature.c.plan == plan,
            plan_feature.c.since < after,
            or_(plan_feature.c.until.is_(None), plan_feature.c.until >= after),
        )
    )
    return tuple(sorted(rows.scalars())) or None


async def _leads(connection: AsyncConnection, customer: str, period: Period) -> int | None:
    """None where no day of the period was told."""
    first, after = _days(period)
    total = await connection.execute(
        select(func.sum(lead_day.c.captured)).where(
            lead_day.c.customer == customer, lead_day.c.day >= first, lead_day.c.day < after
        )
    )
    found = total.scalar_one()
    return None if found is None else int(found)
