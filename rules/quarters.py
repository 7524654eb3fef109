"""Quarters of the business calendar (section 0.1 of the domain)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def quarter_of(moment: datetime, zone: str) -> str:
    """``2026-Q1``, of the day it is in the zone."""
    day = moment.astimezone(ZoneInfo(zone)).date()
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"


def quarter_end(quarter: str, zone: str) -> datetime:
    """The moment the quarter is over: midnight in the zone after its last day.

    Raises:
        ValueError: not of the form ``2026-Q1``.
    """
    year, _, number = quarter.partition("-Q")
    if number not in ("1", "2", "3", "4"):
        raise ValueError(f"'{quarter}' is no quarter such as 2026-Q1")
    first = date(int(year), 3 * int(number) - 2, 1)
    after = (first + timedelta(days=95)).replace(day=1)
    return datetime(after.year, after.month, 1, tzinfo=ZoneInfo(zone))
