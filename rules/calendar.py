"""Working days: Monday to Friday. Holidays by country come with the calendars of the save plays."""

from datetime import datetime, timedelta

_SATURDAY = 5


def next_working_days(now: datetime, days: int) -> datetime:
    """The moment ``days`` working days later; 0 is now."""
    moment = now
    while days > 0:
        moment += timedelta(days=1)
        if moment.weekday() < _SATURDAY:
            days -= 1
    return moment
