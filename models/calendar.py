"""A calendar as a value: holidays and clock changes of one place over a span, looked up once and then carried.

A run computes its local moments from this value alone. The libraries behind it (holidays by country, the time zone
database) may be updated while the run lives: what was carried does not change, so neither does a replay.
"""

from datetime import date, datetime, time, timedelta
from operator import not_
from typing import Literal

from pydantic import Field

from models.base import Carried, Instant

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As in ``datetime.weekday()``."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

HORIZON_DAYS = 400
"""How far a run's calendar reaches from its start. Past it there are no holidays and no clock changes, only weekends;
a run that lives so long is given a new one before that."""

RENEWED_BEFORE = timedelta(days=120)
"""A run that wakes with less than this left of its calendar looks up the next one."""


class ClockChange(Carried):
    """From this moment on, local time is so many seconds ahead of UTC."""

    at: Instant
    seconds: int


class Calendar(Carried):
    """Holidays and clock of one place. ``changes`` begins with the offset in force at the beginning of the span."""

    zone: str
    country: str | None = None
    changes: tuple[ClockChange, ...] = Field(min_length=1)
    holidays: tuple[date, ...] = Field(default=(), exclude_if=not_)
    weekend: tuple[int, ...] = Field(default=(5, 6), exclude_if=(5, 6).__eq__, description="As datetime.weekday().")
    until: date = Field(description="Last day covered.")

    def ends_soon(self, now: datetime) -> bool:
        """Whether it is time to look up the next one."""
        return self.until - now.date() < RENEWED_BEFORE


class Hours(Carried):
    """When our people work, on the clock of a calendar."""

    start: time = time(9)
    end: time = time(18)
