"""How an account stands as of a day, from its subscriptions and churn events. Pure; nothing later is looked at.

Undated columns of the account (plan, seats) are used only where no subscription says anything. Unknown stays None.
"""

import calendar
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from intake.csv.mapping import Mapping, Overlaps, ServiceEnds
from intake.csv.spans import Span, cut, known, merged
from models.base import Instant, Value
from models.book import BillingFrequency, BookAccount, BookChurn, BookSubscription
from models.enums import Plan, SubscriptionStatus

TERM_MONTHS = {BillingFrequency.MONTHLY: 1, BillingFrequency.QUARTERLY: 3, BillingFrequency.ANNUAL: 12}
"""A term is what is billed at once: no column of a subscription says more."""


class Standing(Value):
    """What is derived of one account; ``disputed``: its last churn event says it left, yet it pays."""

    status: SubscriptionStatus | None = None
    subscribed_at: Instant | None = None
    trial_ends_at: Instant | None = None
    plan: Plan | None = None
    mrr: Decimal | None = None
    seats: int | None = None
    renewal_date: date | None = None
    contract_length_months: int | None = None
    cycle: int = 0
    disputed: bool = False


def standing(
    account: BookAccount,
    subscriptions: Sequence[BookSubscription],
    events: Sequence[BookChurn],
    *,
    as_of: date,
    mapping: Mapping,
) -> Standing:
    """The account as of the end of a day."""
    rows = known(subscriptions, as_of)
    past = [event for event in events if event.day <= as_of]
    decisive = past if mapping.service_ends_by is ServiceEnds.CHURN_EVENTS else []
    own = {row.id: cut(row, decisive) for row in rows if not row.is_trial}
    paid = merged([span for spans in own.values() for span in spans])
    running = [row for row in rows if row.id in own and own[row.id] and own[row.id][-1].end is None]
    if running:
        return _active(paid, running, past, as_of, mapping)
    trial = _trial(rows, paid)
    if trial is not None:
        return Standing(
            status=SubscriptionStatus.TRIALING,
            trial_ends_at=_midnight(trial.started + timedelta(days=mapping.trial_days), mapping),
            plan=trial.plan,
            mrr=trial.mrr,
            seats=trial.seats,
            cycle=len(paid),
        )
    if rows:
        return Standing(status=SubscriptionStatus.CANCELLED, plan=rows[-1].plan, mrr=Decimal(0), cycle=len(paid))
    if account.signup_date is not None and account.signup_date > as_of:
        return Standing()
    return Standing(plan=account.plan, seats=account.seats)


def _active(
    paid: Sequence[Span], running: Sequence[BookSubscription], past: Sequence[BookChurn], as_of: date, mapping: Mapping
) -> Standing:
    latest = running[-1]
    counted = running if mapping.overlaps is Overlaps.SUM else [latest]
    last_event = max(past, key=lambda event: (event.day, bool(event.reactivation), event.id), default=None)
    term = TERM_MONTHS[latest.billing] if latest.billing is not None else None
    return Standing(
        status=SubscriptionStatus.ACTIVE,
        subscribed_at=_midnight(paid[-1].start, mapping),
        plan=latest.plan,
        mrr=_total([row.mrr for row in counted]),
        seats=_whole([row.seats for row in counted]),
        renewal_date=_renewal(latest, term, as_of),
        contract_length_months=term,
        cycle=len(paid),
        disputed=last_event is not None and not last_event.reactivation,
    )


def _trial(rows: Sequence[BookSubscription], paid: Sequence[Span]) -> BookSubscription | None:
    """The trial that runs: the latest started without an end, unless the account paid since it began."""
    trials = [row for row in rows if row.is_trial and row.ended is None]
    if not trials:
        return None
    ended = paid[-1].end if paid else None
    return trials[-1] if ended is None or trials[-1].started >= ended else None


def _renewal(row: BookSubscription, term: int | None, as_of: date) -> date | None:
    """The end of the current term: of the first one, or of the one it renewed into by itself."""
    if term is None or row.auto_renew is None:
        return None
    months = term
    while row.auto_renew and add_months(row.started, months) <= as_of:
        months += term
    end = add_months(row.started, months)
    return end if end > as_of else None


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _midnight(day: date, mapping: Mapping) -> datetime:
    return datetime.combine(day, time(0, 0), tzinfo=ZoneInfo(mapping.zone)).astimezone(UTC)


def _total(amounts: Sequence[Decimal | None]) -> Decimal | None:
    """The sum, unknown if one of them is."""
    known_ones = [amount for amount in amounts if amount is not None]
    return sum(known_ones, Decimal(0)) if len(known_ones) == len(amounts) else None


def _whole(counts: Sequence[int | None]) -> int | None:
    known_ones = [count for count in counts if count is not None]
    return sum(known_ones) if len(known_ones) == len(counts) else None
