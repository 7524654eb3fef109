"""Working days and local times of a carried calendar. Pure: it reads neither the time zone database nor a clock.

A wall time that a clock change skips stands for the first moment after the gap; one that a change repeats stands for
the first of its two moments. A day that a place skipped as a whole (a move over the date line) has no moments.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta

from models.calendar import WEEKDAYS, Calendar, ClockChange, Hours

_LONGEST_SEARCH = 800
"""Days: the rarest day asked for (one weekday, no holidays) comes long before."""

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def local(calendar: Calendar, moment: datetime) -> datetime:
    """The wall time of a moment, without a zone."""
    return _wall(moment.astimezone(UTC), _in_force(calendar, moment))


def moment_of(calendar: Calendar, wall: datetime) -> datetime:
    """The moment of a wall time, in UTC."""
    seen = {change.seconds for change in calendar.changes}
    possible = (wall.replace(tzinfo=UTC) - timedelta(seconds=seconds) for seconds in seen)
    fitting = [moment for moment in possible if local(calendar, moment) == wall]
    return min(fitting) if fitting else _after_gap(calendar, wall)


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Neither weekend nor holiday there."""
    return day.weekday() not in calendar.weekend and day not in calendar.holidays


def working_days_later(calendar: Calendar, moment: datetime, days: int) -> datetime:
    """``days`` working days later at the same local time; 0 is the moment itself."""
    wall = local(calendar, moment)
    day = wall.date()
    left = days
    while left > 0:
        day += _DAY
        if is_working_day(calendar, day) and _exists(calendar, day):
            left -= 1
    return moment if days <= 0 else moment_of(calendar, datetime.combine(day, wall.time()))


def next_working_days(now: datetime, days: int) -> datetime:
    """``days`` days of Monday to Friday later, for whoever knows no calendar; 0 is now."""
    moment = now
    while days > 0:
        moment += _DAY
        if moment.weekday() < 5:
            days -= 1
    return moment


def next_local(
    calendar: Calendar,
    moment: datetime,
    at: time,
    *,
    days: tuple[str, ...] = (),
    working_days_only: bool = False,
) -> datetime:
    """The first moment from ``moment`` on when it is ``at`` there, on one of the days."""
    day = local(calendar, moment).date()
    for _ in range(_LONGEST_SEARCH):
        wanted = (not days or WEEKDAYS[day.weekday()] in days) and (
            not working_days_only or is_working_day(calendar, day)
        )
        if wanted and _exists(calendar, day):
            found = moment_of(calendar, datetime.combine(day, at))
            if local(calendar, found).date() != day:
                found -= _SECOND  # the rest of that day was skipped: its last moment, not the next day's first
            if found >= moment:
                return found
        day += _DAY
    raise AssertionError("every week has every day")  # pragma: no cover


def end_of_day(calendar: Calendar, hours: Hours, moment: datetime) -> datetime:
    """When work ends on the day of the moment; after that, or on a day off, on the next working day."""
    return next_local(calendar, moment, hours.end, working_days_only=True)


def into_hours(calendar: Calendar, hours: Hours, moment: datetime) -> datetime:
    """The moment itself within working hours, else the next beginning of work."""
    wall = local(calendar, moment)
    if is_working_day(calendar, wall.date()) and hours.start <= wall.time() < hours.end:
        return moment
    return next_local(calendar, moment, hours.start, working_days_only=True)


def _in_force(calendar: Calendar, moment: datetime) -> ClockChange:
    position = bisect_right(calendar.changes, moment, key=lambda change: change.at)
    return calendar.changes[max(position - 1, 0)]


def _wall(moment: datetime, change: ClockChange) -> datetime:
    return moment.replace(tzinfo=None) + timedelta(seconds=change.seconds)


def _after_gap(calendar: Calendar, wall: datetime) -> datetime:
    """The change that skipped the wall time."""
    for before, after in zip(calendar.changes, calendar.changes[1:], strict=False):
        at = after.at.astimezone(UTC)
        if _wall(at, before) <= wall < _wall(at, after):
            return at
    raise AssertionError("a wall time that no change skips has a moment")  # pragma: no cover


def _exists(calendar: Calendar, day: date) -> bool:
    """Whether the place had that day at all."""
    midnight = datetime.combine(day, time())
    return local(calendar, moment_of(calendar, midnight)).date() == day
