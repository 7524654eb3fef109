"""Until when a person is given, and which calendar a customer's run carries: as ``activities.places``."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from models.base import parse_delay
from models.calendar import Calendar, Hours
from rules.calendar import end_of_day, working_days_later
from rules.stepping import WEEKENDS

CalendarOf = Callable[[str, str | None, datetime], Calendar]
"""Zone, country, from when on; the library behind it is given by whoever composes."""

_WORKING = re.compile(r"^(\d+) working days?$")


def no_holidays(_zone: str, _country: str | None, _since: datetime) -> Calendar:
    """For worlds that were given no calendars: UTC, Monday to Friday."""
    return WEEKENDS


def due(text: str | None, now: datetime, ours: Calendar) -> datetime:
    """The moment of a ``due`` of a playbook: hours and days as they are, working days and ends of day as ours."""
    said = text or "1 working day"
    if said == "end of day":
        return end_of_day(ours, Hours(), now)
    if working := _WORKING.match(said):
        return working_days_later(ours, now, int(working[1]))
    delay = parse_delay(said)
    assert isinstance(delay, timedelta), "checked when the playbook was loaded"
    return now + delay
