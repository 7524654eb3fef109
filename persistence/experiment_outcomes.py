"""What happened to the accounts of an experiment after their assignment."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.experiment import Assignment, Outcome
from models.stages import RenewalStatus
from persistence.paid_periods import PaidPeriod, paid_periods
from persistence.tables.customers import subscription_event
from persistence.tables.measures import renewal_word

CANCELLED = "subscription_cancelled"


async def first_outcomes(
    connection: AsyncConnection, outcome: Outcome, assigned: Iterable[Assignment], *, as_of: datetime
) -> dict[str, datetime]:
    """The first moment of the outcome after each account's assignment; accounts without one are not there."""
    since = {one.customer: one.at for one in assigned}
    if outcome is Outcome.CHURNED:
        return _departures(since, await paid_periods(connection, as_of=as_of), await _cancelled(connection, as_of))
    return await _renewals(connection, since, as_of)


def _departures(
    since: Mapping[str, datetime],
    periods: Mapping[str, Sequence[PaidPeriod]],
    cancelled: Mapping[str, Sequence[datetime]],
) -> dict[str, datetime]:
    """A day without service counts from the moment of its cancellation where that is known, else from its beginning."""
    found: dict[str, datetime] = {}
    for customer, at in since.items():
        for period in periods.get(customer, ()):
            if period.until is None:
                continue
            told = [one for one in cancelled.get(customer, ()) if one.date() == period.until]
            left = min(told, default=datetime.combine(period.until, time(), UTC))
            if left > at:
                found[customer] = left
                break
    return found


async def _cancelled(connection: AsyncConnection, as_of: datetime) -> dict[str, list[datetime]]:
    rows = await connection.execute(
        select(subscription_event.c.customer, subscription_event.c.at).where(
            subscription_event.c.kind == CANCELLED, subscription_event.c.at <= as_of
        )
    )
    found: dict[str, list[datetime]] = {}
    for row in rows:
        found.setdefault(row.customer, []).append(row.at)
    return found


async def _renewals(connection: AsyncConnection, since: Mapping[str, datetime], as_of: datetime) -> dict[str, datetime]:
    rows = await connection.execute(
        select(renewal_word.c.customer, renewal_word.c.at)
        .where(renewal_word.c.status == RenewalStatus.COMPLETED.value, renewal_word.c.at <= as_of)
        .order_by(renewal_word.c.at)
    )
    found: dict[str, datetime] = {}
    for row in rows:
        if row.customer in since and row.at > since[row.customer]:
            found.setdefault(row.customer, row.at)
    return found
