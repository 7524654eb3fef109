"""Facts of use: logins, users, features, actions, conversations (sections 0.3 and 6 of the domain).

``dau_mau_ratio`` and ``active_users`` need logins that name the user (``login.user_id``); ``feature_adoption`` needs
the features of the plan (``plan_feature``) and the features used (``usage_event``).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, distinct, func, or_, select

from models.facts import Feed
from persistence.fact_account import terms
from persistence.fact_page import Columns, Page, known, share
from persistence.tables.book import usage_event
from persistence.tables.customers import login
from persistence.tables.measures import conversation_day, plan_feature


async def logins(page: Page) -> Columns:
    """How long ago, how often."""
    last = await page.last_row(Feed.LOGINS)
    found = await page.by_customer(
        select(
            login.c.customer,
            func.count().label("month"),
            func.count().filter(login.c.at > page.back(28)).label("four_weeks"),
        )
        .where(page.holds(login.c.customer), login.c.at > page.back(30), login.c.at <= page.as_of)
        .group_by(login.c.customer)
    )
    reported = await page.reported(Feed.LOGINS)
    month = known(reported, lambda each: found[each].month if each in found else 0)
    weekly = known(reported, lambda each: found[each].four_weeks / 4 if each in found else 0.0)
    return {
        "days_since_last_login": page.column(lambda each: page.days_since(last.get(each))),
        "logins": page.column(month),
        "logins_per_week": page.column(weekly),
    }


async def users(page: Page) -> Columns:
    """How many different users came, and how steadily; nobody at all in the window is a ratio of 0."""
    opens = datetime.combine(page.first_day(30), datetime.min.time(), UTC)
    visits = (
        select(login.c.customer, login.c.user_id, _day(page, login.c.at).label("day"))
        .where(
            page.holds(login.c.customer), login.c.at >= opens, login.c.at <= page.as_of, login.c.user_id.is_not(None)
        )
        .distinct()
        .subquery()
    )
    found = await page.by_customer(
        select(visits.c.customer, func.count().label("days"), func.count(distinct(visits.c.user_id)).label("users"))
        .group_by(visits.c.customer)
    )  # fmt: skip
    reported = await page.reported(Feed.USERS)
    ratio = known(reported, lambda each: found[each].days / 30 / found[each].users if each in found else 0.0)
    return {
        "active_users": page.column(known(reported, lambda each: found[each].users if each in found else 0)),
        "dau_mau_ratio": page.column(ratio),
    }


async def actions(page: Page) -> Columns:
    """How much was done, against the thirty days before."""
    now, before = usage_event.c.day >= page.first_day(30), usage_event.c.day < page.first_day(30)
    found = await page.by_customer(
        select(
            usage_event.c.customer,
            func.sum(usage_event.c.count).filter(now).label("now"),
            func.sum(usage_event.c.count).filter(before).label("before"),
            func.count(distinct(case((usage_event.c.count > 0, usage_event.c.feature)))).filter(now).label("used"),
        )
        .where(
            page.holds(usage_event.c.customer),
            usage_event.c.day >= page.first_day(60),
            usage_event.c.day <= page.today,
        )
        .group_by(usage_event.c.customer)
    )
    reported = await page.reported(Feed.USAGE)

    def change(each: str) -> float | None:
        row = found.get(each)
        if row is None or not row.before:
            return None
        return 100 * (int(row.now or 0) - int(row.before)) / int(row.before)

    done = known(reported, lambda each: int(found[each].now or 0) if each in found else 0)
    used = known(reported, lambda each: found[each].used if each in found else 0)
    return {
        "actions_performed": page.column(done),
        "usage_change_percent": page.column(change),
        "features_used_this_month": page.column(used),
    }


async def features(page: Page) -> Columns:
    """Which features were used, and what share of those the plan has.

    A row for each customer and feature: not read where nobody wants the names and no plan has a list.
    """
    offered = await _offered(page)
    if not offered and "features_used" not in page.wanted:
        return {"features_used": [None] * len(page.ids), "feature_adoption": [None] * len(page.ids)}
    found = await page.all_by_customer(
        select(usage_event.c.customer, usage_event.c.feature)
        .where(
            page.holds(usage_event.c.customer),
            usage_event.c.day >= page.first_day(30),
            usage_event.c.day <= page.today,
            usage_event.c.count > 0,
        )
        .distinct()
    )
    reported = await page.reported(Feed.USAGE)
    used = {each: sorted(row.feature for row in found.get(each, ())) for each in reported}
    bought = dict(zip(page.ids, (await terms(page))["plan"], strict=True)) if offered else {}

    def adopted(each: str) -> float | None:
        plan = offered.get(bought.get(each) or "", frozenset())
        return share(len(plan.intersection(used[each])), len(plan)) if each in used else None

    return {
        "features_used": page.column(used.get),
        "feature_adoption": page.column(adopted),
    }


async def conversations(page: Page) -> Columns:
    """How many, how many of them without a person, how fast."""
    day = conversation_day.c
    found = await page.by_customer(
        select(
            day.customer,
            func.sum(day.handled).filter(day.day >= page.first_day(28)).label("four_weeks"),
            func.sum(day.handled).label("handled"),
            func.sum(day.automated).label("automated"),
            func.sum(day.handled).filter(day.automated.is_not(None)).label("of_automated"),
            func.sum(day.response_seconds).label("seconds"),
            func.sum(day.handled).filter(day.response_seconds.is_not(None)).label("of_seconds"),
        )
        .where(page.holds(day.customer), day.day >= page.first_day(30), day.day <= page.today)
        .group_by(day.customer)
    )
    reported = await page.reported(Feed.CONVERSATIONS)

    def minutes(each: str) -> float | None:
        seconds = _share(found, each, "seconds", "of_seconds")
        return None if seconds is None else seconds / 60

    weekly = known(reported, lambda each: int(found[each].four_weeks or 0) / 4 if each in found else 0.0)
    handled = known(reported, lambda each: int(found[each].handled) if each in found else 0)
    return {
        "conversations_per_week": page.column(weekly),
        "conversations_handled": page.column(handled),
        "automation_rate": page.column(lambda each: _share(found, each, "automated", "of_automated")),
        "avg_response_time_minutes": page.column(minutes),
    }


def _share(found: Mapping[str, Row[Any]], each: str, part: str, whole: str) -> float | None:
    row = found.get(each)
    return None if row is None else share(getattr(row, part), getattr(row, whole))


async def _offered(page: Page) -> dict[str, frozenset[str]]:
    query: Select[Any] = select(plan_feature.c.plan, plan_feature.c.feature).where(
        plan_feature.c.since <= page.today, or_(plan_feature.c.until.is_(None), plan_feature.c.until > page.today)
    )
    rows = await page.all_by_customer(query)
    return {plan: frozenset(row.feature for row in some) for plan, some in rows.items()}


def _day(page: Page, moment: ColumnElement[datetime]) -> ColumnElement[Any]:
    """The UTC day of a moment: SQLite keeps moments as UTC text, PostgreSQL's dates depend on the session's zone."""
    return func.date(func.timezone("UTC", moment) if page.connection.dialect.name == "postgresql" else moment)
