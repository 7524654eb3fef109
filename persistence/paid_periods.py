"""When each account was paid for, from its spans and its events: who left and when (sections 3.4 and 18.4).

A period is from its first day to the first day without service, or open. A span counts with its last day; a trial and
a span without money do not count; a cancellation ends whatever is running.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events import EventType
from persistence.tables.book import subscription
from persistence.tables.customers import subscription_event

_DAY = timedelta(days=1)


class PaidPeriod(NamedTuple):
    """``until``: the first day without service; None while it runs."""

    began: date
    until: date | None


async def paid_periods(connection: AsyncConnection, *, as_of: datetime) -> dict[str, list[PaidPeriod]]:
    """The periods of every account that was ever paid for by then, without overlaps, oldest first."""
    today = as_of.date()
    found: dict[str, list[PaidPeriod]] = defaultdict(list)
    spans = await connection.execute(
        select(subscription.c.customer, subscription.c.started, subscription.c.ended, subscription.c.mrr).where(
            subscription.c.started <= today,
            or_(subscription.c.is_trial.is_(None), subscription.c.is_trial.is_(False)),
        )
    )
    for owner, started, ended, mrr in spans:
        if mrr == 0:  # compared here: SQLite keeps amounts as text
            continue
        found[owner].append(PaidPeriod(started, ended + _DAY if ended is not None and ended < today else None))
    events = await connection.execute(
        select(subscription_event.c.customer, subscription_event.c.kind, subscription_event.c.at)
        .where(subscription_event.c.at <= as_of)
        .order_by(subscription_event.c.customer, subscription_event.c.at, subscription_event.c.event_id)
    )
    for owner, kind, at in events:
        if kind == EventType.SUBSCRIPTION_CREATED.value:
            found[owner].append(PaidPeriod(at.date(), None))
        elif kind == EventType.SUBSCRIPTION_CANCELLED.value:
            found[owner] = [_ended(one, at.date()) for one in found[owner]]
    return {owner: merged(periods) for owner, periods in found.items() if periods}


def merged(periods: Iterable[PaidPeriod]) -> list[PaidPeriod]:
    """Periods that touch or overlap are one; one without a day is none."""
    whole: list[PaidPeriod] = []
    for one in sorted(periods, key=lambda each: (each.began, each.until or date.max)):
        if one.until is not None and one.until <= one.began:
            continue
        if whole and (whole[-1].until is None or one.began <= whole[-1].until):
            last = whole[-1]
            until = None if last.until is None or one.until is None else max(last.until, one.until)
            whole[-1] = PaidPeriod(last.began, until)
        else:
            whole.append(one)
    return whole


def left_after(periods: Sequence[PaidPeriod], day: date) -> date | None:
    """The first day without service of the period that holds ``day``; None: it still runs.

    Raises:
        LookupError: it was not paid for on that day.
    """
    for one in periods:
        if one.began <= day and (one.until is None or day < one.until):
            return one.until
    raise LookupError(day)


def _ended(one: PaidPeriod, day: date) -> PaidPeriod:
    return PaidPeriod(one.began, day) if one.until is None and one.began <= day else one
