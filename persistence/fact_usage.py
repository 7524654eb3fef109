"""Facts of use: logins, users, features, actions, conversations (sections 0.3 and 6 of the domain).

``dau_mau_ratio`` and ``active_users`` need logins that name the user (``login.user_id``); ``feature_adoption`` needs
the features of the plan (``plan_feature``) and the features used (``usage_event``).
"""

from typing import Any

from sqlalchemy import Select, case, distinct, func, or_, select

from models.facts import Feed
from persistence.asked import Asked
from persistence.fact_account import terms
from persistence.fact_page import Columns, Page, share, where
from persistence.tables.book import usage_event
from persistence.tables.customers import login
from persistence.tables.measures import conversation_day, plan_feature


async def logins(page: Page) -> Columns:
    """How long ago, how often."""
    last = await page.last_row(Feed.LOGINS)
    heard = await page.heard(Feed.LOGINS)
    month, weekly = where(heard, 0), where(heard, 0.0)
    for owner, in_month, in_four_weeks in await page.rows(_logins):
        position = page.place[owner]
        month[position], weekly[position] = in_month, in_four_weeks / 4
    return {
        "days_since_last_login": page.column(lambda each: page.days_since(last.get(each))),
        "logins": month,
        "logins_per_week": weekly,
    }


def _logins(asked: Asked) -> Select[Any]:
    return (
        select(login.c.customer, func.count(), func.count().filter(login.c.at > asked.back(28)))
        .where(asked.holds(login.c.customer), login.c.at > asked.back(30), login.c.at <= asked.now)
        .group_by(login.c.customer)
    )


async def users(page: Page) -> Columns:
    """How many different users came, and how steadily; nobody at all in the window is a ratio of 0."""
    heard = await page.heard(Feed.USERS)
    active, ratio = where(heard, 0), where(heard, 0.0)
    for owner, days, different in await page.rows(_users):
        position = page.place[owner]
        active[position], ratio[position] = different, days / 30 / different
    return {"active_users": active, "dau_mau_ratio": ratio}


def _users(asked: Asked) -> Select[Any]:
    # SQLite keeps moments as UTC text, PostgreSQL's dates depend on the session's zone.
    utc = func.timezone("UTC", login.c.at) if asked.dialect == "postgresql" else login.c.at
    visits = (
        select(login.c.customer, login.c.user_id, func.date(utc).label("day"))
        .where(
            asked.holds(login.c.customer),
            login.c.at >= asked.opening(30),
            login.c.at <= asked.now,
            login.c.user_id.is_not(None),
        )
        .distinct()
        .subquery()
    )
    return select(visits.c.customer, func.count(), func.count(distinct(visits.c.user_id))).group_by(visits.c.customer)


async def actions(page: Page) -> Columns:
    """How much was done, against the thirty days before."""
    heard = await page.heard(Feed.USAGE)
    done, used, change = where(heard, 0), where(heard, 0), page.unknown()
    for owner, now, before, features_now in await page.rows(_actions):
        position = page.place[owner]
        done[position], used[position] = int(now or 0), features_now
        if before:
            change[position] = 100 * (int(now or 0) - int(before)) / int(before)
    return {"actions_performed": done, "usage_change_percent": change, "features_used_this_month": used}


def _actions(asked: Asked) -> Select[Any]:
    use = usage_event.c
    now, before = use.day >= asked.first_day(30), use.day < asked.first_day(30)
    return (
        select(
            use.customer,
            func.sum(use.count).filter(now),
            func.sum(use.count).filter(before),
            func.count(distinct(case((use.count > 0, use.feature)))).filter(now),
        )
        .where(asked.holds(use.customer), use.day >= asked.first_day(60), use.day <= asked.today)
        .group_by(use.customer)
    )


async def features(page: Page) -> Columns:
    """Which features were used, and what share of those the plan has.

    A row for each customer and feature: not read where nobody wants the names and no plan has a list.
    """
    offered: dict[str, set[str]] = {}
    for plan, feature in await page.rows(_offered):
        offered.setdefault(plan, set()).add(feature)
    names, adopted = page.unknown(), page.unknown()
    if not offered and "features_used" not in page.wanted:
        return {"features_used": names, "feature_adoption": adopted}
    for position, heard in enumerate(await page.heard(Feed.USAGE)):
        if heard:
            names[position] = []
    for owner, feature in await page.rows(_features):
        names[page.place[owner]].append(feature)
    bought = (await terms(page))["plan"] if offered else page.unknown()
    for position, used in enumerate(names):
        if used is not None:
            used.sort()
            own = offered.get(bought[position] or "", set())
            adopted[position] = share(len(own.intersection(used)), len(own))
    return {"features_used": names, "feature_adoption": adopted}


def _features(asked: Asked) -> Select[Any]:
    use = usage_event.c
    return (
        select(use.customer, use.feature)
        .where(asked.holds(use.customer), use.day >= asked.first_day(30), use.day <= asked.today, use.count > 0)
        .distinct()
    )


def _offered(asked: Asked) -> Select[Any]:
    return select(plan_feature.c.plan, plan_feature.c.feature).where(
        plan_feature.c.since <= asked.today, or_(plan_feature.c.until.is_(None), plan_feature.c.until > asked.today)
    )


async def conversations(page: Page) -> Columns:
    """How many, how many of them without a person, how fast."""
    heard = await page.heard(Feed.CONVERSATIONS)
    weekly, handled = where(heard, 0.0), where(heard, 0)
    rate, minutes = page.unknown(), page.unknown()
    for owner, four_weeks, whole, automated, of_automated, seconds, of_seconds in await page.rows(_conversations):
        position = page.place[owner]
        weekly[position], handled[position] = int(four_weeks or 0) / 4, int(whole)
        rate[position] = share(automated, of_automated)
        took = share(seconds, of_seconds)
        minutes[position] = None if took is None else took / 60
    return {
        "conversations_per_week": weekly,
        "conversations_handled": handled,
        "automation_rate": rate,
        "avg_response_time_minutes": minutes,
    }


def _conversations(asked: Asked) -> Select[Any]:
    day = conversation_day.c
    return (
        select(
            day.customer,
            func.sum(day.handled).filter(day.day >= asked.first_day(28)),
            func.sum(day.handled),
            func.sum(day.automated),
            func.sum(day.handled).filter(day.automated.is_not(None)),
            func.sum(day.response_seconds),
            func.sum(day.handled).filter(day.response_seconds.is_not(None)),
        )
        .where(asked.holds(day.customer), day.day >= asked.first_day(30), day.day <= asked.today)
        .group_by(day.customer)
    )
