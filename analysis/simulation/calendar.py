"""What only the passing of days brings: renewals, recaps, reviews, surveys; and when signals are looked at again.

Each comes with a daily sweep, as the engine's do (section 14.1 of the domain).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from analysis.simulation.world import Account, World

DAY = timedelta(days=1)
RENEWAL = (30, 60, 90)
"""Days before the end of the term; of several that are due at once only the nearest runs (W7)."""

SHORTEST_TERM = 3
"""Months: shorter contracts have no renewal sequence (section 14.1)."""

SURVEY_EVERY = timedelta(days=90)
LOGIN_LIMITS = (8, 15)
"""Whole days without a login on which ``no_login_7_days`` and ``no_login_14_days`` begin to hold."""


def first_sweep(world: World, after: datetime) -> datetime:
    """The first daily sweep at or after a moment."""
    at = datetime.combine(after.astimezone(UTC).date(), world.rules.sweep_at, tzinfo=UTC)
    return at if at >= after else at + DAY


def sweeps(world: World) -> Iterator[datetime]:
    """Every daily sweep of the simulation."""
    at = first_sweep(world, world.begins)
    while at < world.ends:
        yield at
        at += DAY


def dated(world: World, account: Account) -> Iterator[tuple[datetime, str, str]]:
    """(moment, kind, subject) of everything the calendar brings this customer."""
    yield from _renewals(world, account)
    zone = ZoneInfo(world.rules.business_zone)
    survey = account.surveyed_at + SURVEY_EVERY if account.surveyed_at is not None else world.begins
    recapped: tuple[int, int] | None = None
    for at in sweeps(world):
        today = at.astimezone(zone).date()
        if at >= survey:
            yield at, "survey_due", "nps"
            survey = at + SURVEY_EVERY
        if recapped != (today.year, today.month) and today == _first_working_day(today):
            recapped = (today.year, today.month)
            yield at, "recap_due", ""
        if today.day == 1 and today.month % 3 == 1:
            yield at, "qbr_due", ""


def _renewals(world: World, account: Account) -> Iterator[tuple[datetime, str, str]]:
    term = account.facts.get("contract_length")
    if account.renewal_at is None or (isinstance(term, int) and term < SHORTEST_TERM):
        return
    first = first_sweep(world, world.begins)
    due = [(account.renewal_at - days * DAY, days) for days in RENEWAL]
    past = [days for at, days in due if at <= first]
    if past and account.renewal_at >= world.begins and account.renewal_told_at is None:
        yield first, "renewal_due", str(min(past))
    for at, days in due:
        if at > first:
            yield first_sweep(world, at), "renewal_due", str(days)


def _first_working_day(today: date) -> date:
    first = today.replace(day=1)
    return first + DAY * {5: 2, 6: 1}.get(first.weekday(), 0)
