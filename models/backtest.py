"""What a playbook would have done in the past, and how often it would have been right."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from models.base import Carried, Instant
from models.figure import Figure


class Departure(StrEnum):
    """What counts as leaving.

    ``left``: nothing of the account was paid for any more. ``recorded``: the book has a churn event of that day.
    """

    LEFT = "left"
    RECORDED = "recorded"


class Grid(StrEnum):
    """How often the past is looked at."""

    WEEK = "week"
    MONTH = "month"


class Entry(Carried):
    """One account that would have entered. ``right`` None: its window reaches past what is known."""

    customer: str
    day: date
    right: bool | None
    left_on: date | None = None

    @property
    def lead_days(self) -> int | None:
        """Days from the entry to the departure that it foresaw."""
        return (self.left_on - self.day).days if self.right and self.left_on is not None else None


class Backtest(Carried):
    """The report. Every figure has n and an interval, or says why it cannot be told."""

    playbook: str
    trigger: str
    departure: Departure
    grid: Grid
    horizon_days: int
    first: date
    last: date
    seen_until: date
    as_of: Instant
    customers: int
    looks: int = Field(description="Days looked at, by accounts paid for on each.")
    unknown: Figure
    entered: int
    judged: int
    right: int
    departures: int = Field(description="With a whole horizon watched before them.")
    reached: int
    base: Figure
    precision: Figure
    recall: Figure
    false_alarms: Figure
    revenue: Figure
    lead: Figure
    lead_quartiles: tuple[float, float, float] | None
    lead_weeks: dict[int, int] = Field(description="Whole weeks of lead to how many departures.")
    chance: float | None = Field(
        description="Chance of a precision as far from the base rate if the trigger says nothing."
    )
    verdict: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...]
