"""Calendars from the time zone database and from ``holidays``: the port ``Calendars``.

The answer is a value that runs carry (``models.calendar``), so what a later release of either says of the same day
reaches new runs only.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from models.calendar import HORIZON_DAYS, Calendar, ClockChange
from models.errors import BadInput

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class LibraryCalendars:
    """Calendars of every IANA zone and every country that the library knows."""

    def of(self, zone: str, country: str | None, since: datetime) -> Calendar:
        """Holidays and clock changes from the day before ``since`` to the horizon after it."""
        return _calendar(zone, country, since.astimezone(UTC).date())


@lru_cache(maxsize=2048)
def _calendar(zone: str, country: str | None, day: date) -> Calendar:
    first, last = day - _DAY, day + timedelta(days=HORIZON_DAYS)
    return Calendar(
        zone=zone,
        country=country,
        changes=_changes(zone, first, last),
        holidays=tuple(one for one in _holidays(country, first.year, last.year) if first <= one <= last),
        weekend=_weekend(country),
        until=last,
    )


@lru_cache(maxsize=1024)
def _changes(zone: str, first: date, last: date) -> tuple[ClockChange, ...]:
    """Every change of the offset in the span, to the second; the first one is what was in force at its beginning."""
    try:
        info = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput("expected an IANA time zone such as Europe/Madrid", field="zone", value=zone) from None
    at = datetime.combine(first, time(), tzinfo=UTC)
    end = datetime.combine(last, time(), tzinfo=UTC)
    found = [ClockChange(at=at, seconds=_offset(info, at))]
    while at < end:
        after = at + _DAY
        if _offset(info, after) != found[-1].seconds:
            change = _first_other(info, at, after)
            found.append(ClockChange(at=change, seconds=_offset(info, change)))
        at = after
    return tuple(found)


def _first_other(info: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The second from which on the offset is no longer that of ``low``."""
    before = _offset(info, low)
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        low, high = (middle, high) if _offset(info, middle) == before else (low, middle)
    return high


def _offset(info: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(info).utcoffset()
    assert offset is not None
    return round(offset.total_seconds())


@lru_cache(maxsize=512)
def _holidays(country: str | None, first: int, last: int) -> tuple[date, ...]:
    if country is None or country not in holidays.list_supported_countries():
        return ()
    return tuple(sorted(holidays.country_holidays(country, years=range(first, last + 1))))


@lru_cache(maxsize=512)
def _weekend(country: str | None) -> tuple[int, ...]:
    if country is None or country not in holidays.list_supported_countries():
        return (5, 6)
    return tuple(sorted(holidays.country_holidays(country).weekend))
