"""What day it is in the business calendar, with its public holidays."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from models.standing import Calendar
from rules.due import calendar

_WEEKEND = {5, 6}


def calendar_at(moment: datetime, zone: str, *, country: str = "ES", daily: bool = True) -> Calendar:
    """The day of that moment in a zone; working days are those of a country (ISO 3166), regional holidays left out."""
    day = moment.astimezone(ZoneInfo(zone)).date()
    return calendar(day, first_working_day(day.year, day.month, country))._replace(daily=daily)


@lru_cache(maxsize=64)
def first_working_day(year: int, month: int, country: str) -> date:
    """Of a month, in a country (ISO 3166); one whose holidays nobody knows has weekends only."""
    known = country in holidays.list_supported_countries()
    free = holidays.country_holidays(country, years=year) if known else {}
    weekend = holidays.country_holidays(country).weekend if known else _WEEKEND
    day = date(year, month, 1)
    while day.weekday() in weekend or day in free:
        day += timedelta(days=1)
    return day
