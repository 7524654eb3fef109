"""Facts of the account itself: stage, plan, segment, subscription, term (sections 0.3, 3.1 and 4.4 of the domain).

What the customer's row says now counts only if it was there then (its stamp); where the past value is gone, it is that
of the imported subscription span of the day, or unknown.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row, or_, select

from models.enums import Plan, Segment
from models.events import EventType
from persistence.fact_page import DAY, Columns, Page
from persistence.subscriptions import Subscription, SubscriptionEvent
from persistence.tables.book import churn_event, subscription
from persistence.tables.customers import subscription_event, transition
from persistence.tables.measures import growth_potential
from persistence.tables.work import success_plan
from rules.segments import segment_of

_TERMS = {"monthly": 1, "quarterly": 3, "annual": 12, "yearly": 12}
"""Months of a term that renews itself, by how it is billed."""


async def stages(page: Page) -> Columns:
    """That of the last change by then; without any, the imported one.

    The stage before the first change is known, but not since when, unless the import says so.
    """
    changes = await page.all_by_customer(
        select(transition.c.customer, transition.c.from_stage, transition.c.to_stage, transition.c.at)
        .where(page.holds(transition.c.customer))
        .order_by(transition.c.customer, transition.c.at, transition.c.number)
    )
    rows = await page.customers()

    def stage(each: str) -> str | None:
        row, found = rows[each], changes.get(each, [])
        before = [change for change in found if change.at <= page.as_of]
        if before:
            return str(before[-1].to_stage)
        known_since = row.imported_at if found else row.stage_since or row.imported_at
        there = known_since is not None and known_since <= page.as_of
        if not there:
            return None
        known: str | None = found[0].from_stage if found else row.stage
        return known

    return {"stage": _of_customers(page, rows, stage)}


async def terms(page: Page) -> Columns:
    """Plan, segment, address, manager, and the term of the contract."""
    rows = await page.customers()
    spans = await _spans(page)
    segments = {plan: _segment(plan, None) for plan in (*Plan, None)}

    def plan(each: str) -> str | None:
        row = rows[each]
        if page.stood(row, "plan"):
            bought: str | None = row.plan
            return bought
        return next((span.plan for span in spans.get(each, ()) if span.plan is not None), None)

    def segment(each: str) -> str | None:
        row, bought = rows[each], plan(each)
        stored = row.segment if row.segment is not None and page.stood(row, "segment") else None
        return segments[Plan(bought) if bought is not None else None] if stored is None else _segment(bought, stored)

    def has(field: str) -> Callable[[str], bool | None]:
        return lambda each: getattr(rows[each], field) is not None if page.stood(rows[each], field) else None

    def consent(each: str) -> bool | None:
        given: bool | None = rows[each].consent_marketing
        return given if page.stood(rows[each], "consent_marketing") else None

    def contract(each: str) -> int | None:
        row = rows[each]
        if row.contract_length_months is not None and page.stood(row, "contract_length_months"):
            return int(row.contract_length_months)
        return next((_TERMS[span.billing] for span in spans.get(each, ()) if span.billing in _TERMS), None)

    def renewal(each: str) -> int | None:
        row = rows[each]
        if row.renewal_date is None:
            return None
        return (row.renewal_date - page.today) // DAY if page.stood(row, "renewal_date") else None

    asked: Mapping[str, Callable[[str], object]] = {
        "plan": plan,
        "segment": segment,
        "has_csm": has("csm_id"),
        "has_email": has("email"),
        "marketing_consent": consent,
        "contract_length": contract,
        "days_until_renewal": renewal,
    }
    return {name: _of_customers(page, rows, value) for name, value in asked.items()}


def _segment(plan: str | None, stored: str | None) -> str | None:
    found = segment_of(Plan(plan) if plan is not None else None, Segment(stored) if stored is not None else None)
    return found.value if found is not None else None


async def subscriptions(page: Page) -> Columns:
    """State of the paid service, the trial left, and the age of the present cycle.

    Before the day of an import nothing but its spans is known: they tell how long it has been paid for without a gap.
    """
    rows = await page.customers()
    events = await page.all_by_customer(
        select(subscription_event).where(
            page.holds(subscription_event.c.customer), subscription_event.c.at <= page.as_of
        )
    )
    early = {each for each, row in rows.items() if _too_early(row, page.as_of)}
    paid = await _paid_since(page) if early else {}
    now: dict[str, Subscription] = {}
    for each, row in rows.items():
        base = Subscription() if each in early else Subscription.from_json(row.base)
        found = events.get(each, ())
        now[each] = base.fold(
            (SubscriptionEvent(one.event_id, EventType(one.kind), one.at, one.trial_ends_at) for one in found),
            until=page.as_of,
        )

    def status(each: str) -> str | None:
        state = now[each].status
        return None if state is None else state.value

    def left(each: str) -> int | None:
        ends = now[each].trial_ends_at
        return None if ends is None else (ends - page.as_of) // DAY

    def age(each: str) -> int | None:
        began = now[each].subscribed_at
        if began is None and each in early and each in paid:
            return (page.today - paid[each]) // DAY
        return page.days_since(began)

    return {
        "subscription_status": _of_customers(page, rows, status),
        "trial_days_remaining": _of_customers(page, rows, left),
        "days_as_customer": _of_customers(page, rows, age),
    }


async def plans(page: Page) -> Columns:
    """Whether a success plan exists; what the manager thinks of growth; why the account last left."""
    made = await page.by_customer(
        select(success_plan.c.customer).where(page.holds(success_plan.c.customer), success_plan.c.at <= page.as_of)
    )
    # In ascending order the last row of a customer is the one that stays.
    growth = await page.by_customer(
        select(growth_potential.c.customer, growth_potential.c.value)
        .where(page.holds(growth_potential.c.customer), growth_potential.c.at <= page.as_of)
        .order_by(growth_potential.c.at)
    )
    left = await page.by_customer(
        select(churn_event.c.customer, churn_event.c.reason)
        .where(page.holds(churn_event.c.customer), churn_event.c.day <= page.today)
        .order_by(churn_event.c.day, churn_event.c.id)
    )
    return {
        "has_success_plan": page.column(lambda each: each in made),
        "growth_potential": page.column(lambda each: growth[each].value if each in growth else None),
        "churn_reason": page.column(lambda each: left[each].reason if each in left else None),
    }


def _of_customers(page: Page, rows: Mapping[str, Row[Any]], value: Callable[[str], object]) -> list[object]:
    return page.column(lambda each: value(each) if each in rows else None)


def _too_early(row: Row[Any], as_of: datetime) -> bool:
    at = row.base.get("at") if row.base else None
    return at is not None and datetime.fromisoformat(at).astimezone(UTC) > as_of


async def _spans(page: Page) -> dict[str, list[Row[Any]]]:
    """The spans of the day, the latest first."""
    return await page.all_by_customer(
        select(subscription.c.customer, subscription.c.plan, subscription.c.billing)
        .where(
            page.holds(subscription.c.customer),
            subscription.c.started <= page.today,
            or_(subscription.c.ended.is_(None), subscription.c.ended >= page.today),
        )
        .order_by(subscription.c.started.desc(), subscription.c.id)
    )


async def _paid_since(page: Page) -> dict[str, date]:
    """The first day of the paid spans that reach the day of the page without a day between them."""
    spans = await page.all_by_customer(
        select(subscription.c.customer, subscription.c.started, subscription.c.ended)
        .where(
            page.holds(subscription.c.customer),
            subscription.c.started <= page.today,
            subscription.c.is_trial.is_(False),
        )
        .order_by(subscription.c.started)
    )
    found: dict[str, date] = {}
    for each, rows in spans.items():
        began, until, running = date.min, date.min, False
        for row in rows:
            if until == date.min or row.started > until + DAY:
                began, until = row.started, date.min
            # An end that lies after the day of the page is not known yet.
            ended = row.ended if row.ended is not None and row.ended <= page.today else None
            running = running or ended is None
            until = max(until, ended or page.today)
        if running:
            found[each] = began
    return found
