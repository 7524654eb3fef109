"""What activities need to know of days and clocks elsewhere."""

from datetime import datetime
from typing import Protocol

from models.calendar import Calendar


class Calendars(Protocol):
    """Calendars by place."""

    def of(self, zone: str, country: str | None, since: datetime) -> Calendar:
        """Holidays and clock changes from the day before ``since`` to the horizon after it.

        An unknown country has no holidays, only weekends. Raises BadInput for an unknown zone.
        """
        ...
