"""Who left and when, with what was paid the day before: from paid periods, or as the book recorded it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.backtest import Departure
from persistence.paid_periods import PaidPeriod
from persistence.tables.book import churn_event, import_batch, subscription
from persistence.tables.operations import inbox

DAY = timedelta(days=1)


class Left(NamedTuple):
    """``mrr``: None is unknown."""

    customer: str
    day: date
    mrr: Decimal | None


class _Span(NamedTuple):
    started: date
    ended: date | None
    mrr: Decimal | None


async def departures(
    connection: AsyncConnection, what: Departure, periods: Mapping[str, Sequence[PaidPeriod]], *, as_of: datetime
) -> list[Left]:
    """Every departure by then, by day."""
    if what is Departure.LEFT:
        days = [(owner, one.until) for owner, found in periods.items() for one in found if one.until is not None]
    else:
        rows = await connection.execute(
            select(churn_event.c.customer, churn_event.c.day).where(churn_event.c.day <= as_of.date()).distinct()
        )
        days = [(row.customer, row.day) for row in rows]
    spans = await _spans(connection)
    found = (Left(owner, day, _paid(spans.get(owner, ()), day - DAY)) for owner, day in days)
    return sorted(found, key=lambda one: (one.day, one.customer))


async def last_told(connection: AsyncConnection, now: datetime) -> datetime:
    """Until when the past is known: now, where events are told; else the day of the latest import."""
    if (await connection.execute(select(inbox.c.number).limit(1))).scalar_one_or_none() is not None:
        return now
    latest = (await connection.execute(select(func.max(import_batch.c.as_of)))).scalar_one_or_none()
    return min(now, latest) if isinstance(latest, datetime) else now


async def _spans(connection: AsyncConnection) -> dict[str, list[_Span]]:
    rows = await connection.execute(
        select(subscription.c.customer, subscription.c.started, subscription.c.ended, subscription.c.mrr).where(
            or_(subscription.c.is_trial.is_(None), subscription.c.is_trial.is_(False))
        )
    )
    found: dict[str, list[_Span]] = {}
    for row in rows:
        found.setdefault(row.customer, []).append(_Span(row.started, row.ended, row.mrr))
    return found


def _paid(spans: Iterable[_Span], day: date) -> Decimal | None:
    """What was paid a month on a day; None without a span, or with one of unknown amount."""
    amounts = [one.mrr for one in spans if one.started <= day and (one.ended is None or one.ended >= day)]
    if not amounts or any(amount is None for amount in amounts):
        return None
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
