"""Where and when: the calendar of a customer, that of our own people, and until when a person is given (section 14)."""

import re
from datetime import datetime, timedelta

from activities.house import House
from activities.ports_calendar import Calendars
from models.base import parse_delay
from models.calendar import Calendar
from models.records import Customer
from rules.calendar import end_of_day, working_days_later
from rules.quarters import quarter_end

_WORKING = re.compile(r"^(\d+) working days?$")

NEXT_WORKING_DAY = "1 working day"


class Places:
    """Calendars by whom they are for."""

    def __init__(self, house: House, calendars: Calendars) -> None:
        """``house``: our own zone, country and hours; ``calendars``: those of everywhere."""
        self._house = house
        self._calendars = calendars

    def ours(self, now: datetime) -> Calendar:
        """The calendar our people work by."""
        return self._calendars.of(self._house.default_zone, self._house.country, now)

    def of(self, customer: Customer, now: datetime) -> Calendar:
        """The customer's: its own zone and country, else those of its locale, else the house's."""
        zone = customer.timezone or self._house.default_zone
        country = customer.country or (customer.locale or "")[3:] or self._house.country
        return self._calendars.of(zone, country, now)

    def quarter_end(self, quarter: str) -> datetime:
        """When a quarter such as ``2026-Q1`` is over in the business calendar."""
        return quarter_end(quarter, self._house.default_zone)

    def due(self, text: str | None, now: datetime) -> datetime:
        """The moment of a ``due`` of a playbook: hours and days as they are, working days and ends of day as ours."""
        said = text or NEXT_WORKING_DAY
        if said == "end of day":
            return end_of_day(self.ours(now), self._house.hours, now)
        if working := _WORKING.match(said):
            return working_days_later(self.ours(now), now, int(working[1]))
        delay = parse_delay(said)
        assert isinstance(delay, timedelta), "checked when the playbook was loaded"
        return now + delay
