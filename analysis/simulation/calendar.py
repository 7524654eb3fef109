"""On which mornings something may become due for a customer, and what ``rules.due`` then says of it.

The daily check is asked only on days on which its answer can differ from the day before: a renewal comes into one of
its spans, a month or a quarter begins, a survey may be sent again.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analysis.business_day import first_working_day
from analysis.simulation.situation import Situation
from analysis.simulation.world import Account, World
from models.event_bodies import subject_of
from models.event_kinds import EventType
from models.nps import NpsConfig
from models.standing import Standing
from rules import due

DAY = timedelta(days=1)
COUNTRY = "ES"
"""Of the business calendar, where nothing else is said."""

NPS = NpsConfig()
SURVEY_EVERY = NPS.every
LOGIN_LIMITS = (8, 15)
"""Whole days without a login on which ``no_login_7_days`` and ``no_login_14_days`` begin to hold."""

FACTS = ("days_until_renewal", "contract_length", "usage_vs_limit", "conversations_handled")


class Told(NamedTuple):
    """Something that has become due."""

    kind: str
    subject: str
    data: dict[str, str | int | float | bool | None]


def first_sweep(world: World, after: datetime) -> datetime:
    """The first daily sweep at or after a moment."""
    at = datetime.combine(after.astimezone(UTC).date(), world.rules.sweep_at, tzinfo=UTC)
    return at if at >= after else at + DAY


def mornings(world: World, account: Account) -> Iterator[datetime]:
    """The sweeps of the simulation at which something may become due."""
    found = {first_sweep(world, world.begins)}
    if account.renewal_at is not None:
        found |= {first_sweep(world, account.renewal_at - days * DAY) for days in due.RENEWAL_DAYS}
    zone = ZoneInfo(world.rules.business_zone)
    day = world.begins.astimezone(zone).date()
    while day <= world.ends.astimezone(zone).date():
        found.add(_sweep_of(world, day, zone))
        found.add(_sweep_of(world, first_working_day(day.year, day.month, world.rules.country or COUNTRY), zone))
        day = (day.replace(day=1) + 32 * DAY).replace(day=1)
    if account.surveyed_at is not None:
        found.add(first_sweep(world, account.surveyed_at + SURVEY_EVERY))
    return (at for at in sorted(found) if world.begins <= at < world.ends)


def check(world: World, who: Situation, now: datetime) -> list[Told]:
    """What the daily check says of the customer."""
    account = who.account
    day = now.astimezone(ZoneInfo(world.rules.business_zone)).date()
    standing = Standing(
        customer=account.id,
        live=True,
        segment=account.segment,
        renewal_date=account.renewal_at.date() if account.renewal_at is not None else None,
        outreach_held=who.held,
        renewal_completed=who.renewal == "renewed",
        renewal_declined=who.renewal == "declined",
        surveyed_at=who.surveyed,
    )
    when = due.calendar(day, first_working_day(day.year, day.month, world.rules.country or COUNTRY))
    facts = who.facts(FACTS, now, now)
    found = due.due(standing, who.stage, facts, now, when, who.due_told, NPS)
    return [_told(one.kind, one.data) for one in found]


def _told(kind: str, data: object) -> Told:
    assert isinstance(data, dict)
    said = {str(name): value for name, value in data.items()}
    return Told(kind, subject_of(EventType(kind), said), said)


def _sweep_of(world: World, day: date, zone: ZoneInfo) -> datetime:
    """The first sweep at which it is that day in the business calendar."""
    at = datetime.combine(day, world.rules.sweep_at, tzinfo=UTC)
    return at if at.astimezone(zone).date() == day else at + DAY
