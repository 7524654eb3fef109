"""Facts of the account itself: stage, plan, segment, subscription, term (sections 0.3, 3.1 and 4.4 of the domain).

What the customer's row says now counts only if it was there then (its stamp); where the past value is gone, it is that
of the imported subscription span of the day, or unknown.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row, Select, or_, select

from models.enums import Plan, Segment
from models.events import EventType
from persistence.asked import Asked
from persistence.fact_page import DAY, Columns, Page
from persistence.subscriptions import Subscription, SubscriptionEvent
from persistence.tables.book import churn_event, subscription
from persistence.tables.customers import subscription_event
from persistence.tables.measures import growth_potential
from persistence.tables.work import success_plan
from rules.segments import segment_of

_TERMS = {"monthly": 1, "quarterly": 3, "annual": 12, "yearly": 12}
"""Months of a term that renews itself, by how it is billed."""


async def stages(page: Page) -> Columns:
    """That of the last change by then; without any, the imported one.

    The stage before the first change is known, but not since when, unless the import says so.
    """
    changes, stage = await page.changes(), page.unknown()
    for each, row in (await page.customers()).items():
        stage[page.place[each]] = _stage(row, changes.get(each, ()), page.as_of)
    return {"stage": stage}


def _stage(row: Row[Any], changes: Sequence[Row[Any]], as_of: datetime) -> str | None:
    last = next((change for change in reversed(changes) if change.at <= as_of), None)
    if last is not None:
        return str(last.to_stage)
    known_since = row.imported_at if changes else row.stage_since or row.imported_at
    if known_since is None or known_since > as_of:
        return None
    known: str | None = changes[0].from_stage if changes else row.stage
    return known


async def terms(page: Page) -> Columns:
    """Plan, segment, address, manager, and the term of the contract."""
    spans = await page.all_by_customer(_spans)
    of_plan = {plan: _segment(plan, None) for plan in (*Plan, None)}
    found = {name: page.unknown() for name in _OF_TERMS}
    for each, row in (await page.customers()).items():
        position = page.place[each]
        values = _term(page, row, spans.get(each, ()), of_plan)
        for column, value in zip(found.values(), values, strict=True):
            column[position] = value
    return found


_OF_TERMS = ("plan", "segment", "has_csm", "has_email", "marketing_consent", "contract_length", "days_until_renewal")


def _term(
    page: Page, row: Row[Any], spans: Iterable[Row[Any]], of_plan: Mapping[str | None, str | None]
) -> tuple[object, ...]:
    """The facts of :data:`_OF_TERMS`, in their order."""
    later = page.later(row)
    if "plan" not in later:
        plan: str | None = row.plan
    else:
        plan = next((span.plan for span in spans if span.plan is not None), None)
    stored = row.segment if "segment" not in later else None
    if row.contract_length_months is not None and "contract_length_months" not in later:
        months: int | None = int(row.contract_length_months)
    else:
        months = next((_TERMS[span.billing] for span in spans if span.billing in _TERMS), None)
    return (
        plan,
        of_plan[Plan(plan) if plan is not None else None] if stored is None else _segment(plan, stored),
        row.csm_id is not None if "csm_id" not in later else None,
        row.email is not None if "email" not in later else None,
        row.consent_marketing if "consent_marketing" not in later else None,
        months,
        None if row.renewal_date is None or "renewal_date" in later else (row.renewal_date - page.today) // DAY,
    )


def _segment(plan: str | None, stored: str | None) -> str | None:
    found = segment_of(Plan(plan) if plan is not None else None, Segment(stored) if stored is not None else None)
    return found.value if found is not None else None


async def subscriptions(page: Page) -> Columns:
    """State of the paid service, the trial left, and the age of the present cycle.

    Before the day of an import nothing but its spans is known: they tell how long it has been paid for without a gap.
    """
    rows, events = await page.customers(), await page.all_by_customer(_events)
    early = {each for each, row in rows.items() if _too_early(row, page.as_of)}
    paid = await _paid_since(page) if early else {}
    status, left, age = page.unknown(), page.unknown(), page.unknown()
    for each, row in rows.items():
        position = page.place[each]
        state = Subscription() if each in early else Subscription.from_json(row.base)
        if each in events:
            state = state.fold(
                (
                    SubscriptionEvent(one.event_id, EventType(one.kind), one.at, one.trial_ends_at)
                    for one in events[each]
                ),
                until=page.as_of,
            )
        status[position] = None if state.status is None else state.status.value
        left[position] = None if state.trial_ends_at is None else (state.trial_ends_at - page.as_of) // DAY
        if state.subscribed_at is None and each in early and each in paid:
            age[position] = (page.today - paid[each]) // DAY
        else:
            age[position] = page.days_since(state.subscribed_at)
    return {"subscription_status": status, "trial_days_remaining": left, "days_as_customer": age}


def _events(asked: Asked) -> Select[Any]:
    return select(subscription_event).where(
        asked.holds(subscription_event.c.customer), subscription_event.c.at <= asked.now
    )


async def plans(page: Page) -> Columns:
    """Whether a success plan exists; what the manager thinks of growth; why the account last left."""
    made = await page.by_customer(_plans)
    growth, reason = page.unknown(), page.unknown()
    # In ascending order the last row of a customer is the one that stays.
    for owner, value in await page.rows(_growth):
        growth[page.place[owner]] = value
    for owner, why in await page.rows(_left):
        reason[page.place[owner]] = why
    return {
        "has_success_plan": page.column(lambda each: each in made),
        "growth_potential": growth,
        "churn_reason": reason,
    }


def _plans(asked: Asked) -> Select[Any]:
    return select(success_plan.c.customer).where(asked.holds(success_plan.c.customer), success_plan.c.at <= asked.now)


def _growth(asked: Asked) -> Select[Any]:
    return (
        select(growth_potential.c.customer, growth_potential.c.value)
        .where(asked.holds(growth_potential.c.customer), growth_potential.c.at <= asked.now)
        .order_by(growth_potential.c.at)
    )


def _left(asked: Asked) -> Select[Any]:
    return (
        select(churn_event.c.customer, churn_event.c.reason)
        .where(asked.holds(churn_event.c.customer), churn_event.c.day <= asked.today)
        .order_by(churn_event.c.day, churn_event.c.id)
    )


def _too_early(row: Row[Any], as_of: datetime) -> bool:
    at = row.base.get("at") if row.base else None
    return at is not None and datetime.fromisoformat(at).astimezone(UTC) > as_of


def _spans(asked: Asked) -> Select[Any]:
    """The spans of the day, the latest first."""
    span = subscription.c
    return (
        select(span.customer, span.plan, span.billing)
        .where(
            asked.holds(span.customer),
            span.started <= asked.today,
            or_(span.ended.is_(None), span.ended >= asked.today),
        )
        .order_by(span.started.desc(), span.id)
    )


def _paid(asked: Asked) -> Select[Any]:
    span = subscription.c
    return (
        select(span.customer, span.started, span.ended)
        .where(asked.holds(span.customer), span.started <= asked.today, span.is_trial.is_(False))
        .order_by(span.started)
    )


async def _paid_since(page: Page) -> dict[str, date]:
    """The first day of the paid spans that reach the day of the page without a day between them."""
    found: dict[str, date] = {}
    for each, rows in (await page.all_by_customer(_paid)).items():
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
