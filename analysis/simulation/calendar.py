"""On which mornings something may become due for a customer, and what ``rules.due`` then says of it.

The daily check is asked only on days on which its answer can differ from the day before: a renewal comes into one of
its spans, a month or a quarter begins, a survey may be sent again.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from analysis.business_day import first_working_day
from analysis.simulation.situation import Situation
from analysis.simulation.world import Account, Rules, World
from models.event_bodies import subject_of
from models.event_kinds import EventType
from models.nps import NpsConfig
from models.standing import Calendar
from rules import due

DAY = timedelta(days=1)
COUNTRY = "ES"
"""Of the business calendar, where nothing else is said."""

NPS = NpsConfig()
SURVEY_EVERY = NPS.every
LOGIN_LIMITS = (8 * DAY, 15 * DAY)
"""Whole days without a login on which ``no_login_7_days`` and ``no_login_14_days`` begin to hold."""


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
    found = {first_sweep(world, world.begins), *_months(world.begins, world.ends, world.rules)}
    if account.renewal_at is not None:
        found |= {first_sweep(world, account.renewal_at - days * DAY) for days in due.RENEWAL_DAYS}
    if account.surveyed_at is not None:
        found.add(first_sweep(world, account.surveyed_at + SURVEY_EVERY))
    return (at for at in sorted(found) if world.begins <= at < world.ends)


@lru_cache(maxsize=8)
def _months(begins: datetime, ends: datetime, rules: Rules) -> frozenset[datetime]:
    """The sweeps of the first day, of each month's first and of its first working day: the same for everybody."""
    zone, country = ZoneInfo(rules.business_zone), rules.country or COUNTRY
    day, last = begins.astimezone(zone).date(), ends.astimezone(zone).date()
    found = set()
    while day <= last:
        found |= {_sweep_of(rules, one, zone) for one in (day, first_working_day(day.year, day.month, country))}
        day = (day.replace(day=1) + 32 * DAY).replace(day=1)
    return frozenset(found)


def check(world: World, who: Situation, facts: Mapping[str, JsonValue], now: datetime) -> list[Told]:
    """What the daily check says of the customer. ``facts``: at least ``rules.due.FACTS``."""
    when = _day(now, world.rules.business_zone, world.rules.country or COUNTRY)
    found = due.due(who, who.stage, facts, now, when, who.due_told, NPS)
    return [_told(one.kind, one.data) for one in found]


@lru_cache(maxsize=8192)
def _day(now: datetime, zone: str, country: str) -> Calendar:
    day = now.astimezone(ZoneInfo(zone)).date()
    return due.calendar(day, first_working_day(day.year, day.month, country))


def _told(kind: str, data: object) -> Told:
    assert isinstance(data, dict)
    said = {str(name): value for name, value in data.items()}
    return Told(kind, subject_of(EventType(kind), said), said)


def _sweep_of(rules: Rules, day: date, zone: ZoneInfo) -> datetime:
    """The first sweep at which it is that day in the business calendar."""
    at = datetime.combine(day, rules.sweep_at, tzinfo=UTC)
    return at if at.astimezone(zone).date() == day else at + DAY
