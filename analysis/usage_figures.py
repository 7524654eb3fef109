"""D7 and D30 retention, engagement and health of the book as figures (sections 6, 17 and 18.4)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, timedelta
from typing import NamedTuple

from analysis import cohorts
from analysis.telling import Source, Telling
from models.figure import Documented, Figure, Unit
from models.metric_rows import ActiveDay, EngagementRow, HealthRow

WINDOW = 7


class Retained(NamedTuple):
    """Accounts of the cohort, and those of them that were active in the window."""

    kept: frozenset[str]
    cohort: frozenset[str]


def retained(starts: Mapping[str, date], active: Collection[ActiveDay], telling: Telling, day: int) -> Retained:
    """Who started in the period long enough ago, and was active on day N to N + 6.

    ``starts``: first day of the first paid subscription. ``active`` must reach the last window's end.
    """
    today = telling.as_of.astimezone(UTC).date()
    begun = {
        account: start
        for account, start in starts.items()
        if telling.first_day <= start <= telling.last_day and start + timedelta(days=day + WINDOW) <= today
    }
    kept = {
        each.customer
        for each in active
        if each.customer in begun and day <= (each.day - begun[each.customer]).days < day + WINDOW
    }
    return Retained(frozenset(kept), frozenset(begun))


def retention(found: Retained, telling: Telling, day: int, source: Source) -> Figure:
    """D7 or D30."""
    cohort: Documented = {7: cohorts.STARTED_7, 30: cohorts.STARTED_30}[day]
    return telling.share(
        f"retention_d{day}", f"D{day} retention", len(found.kept), len(found.cohort), "accounts", cohort, source
    )


def engagement(rows: Sequence[EngagementRow], telling: Telling, source: Source) -> Figure:
    """Mean engagement of the book."""
    values = [row.score for row in rows if row.score is not None]
    return telling.mean(
        "engagement", "Engagement of the book, mean", Unit.SCORE, values, "customers", cohorts.SCORED, source
    )


def low_engagement(rows: Sequence[EngagementRow], telling: Telling, source: Source) -> Figure:
    """Share of customers whose engagement is low."""
    told = [row for row in rows if row.level is not None]
    return telling.share(
        "low_engagement", "Customers of low engagement", sum(row.level == "low" for row in told), len(told),
        "customers", cohorts.SCORED, source,
    )  # fmt: skip


def health(rows: Sequence[HealthRow], telling: Telling, source: Source) -> Figure:
    """Mean of the scores that are not provisional."""
    values = [row.score for row in rows if row.score is not None and not row.provisional]
    return telling.mean(
        "health_portfolio", "Health of the book, mean", Unit.SCORE, values, "customers", cohorts.SCORED, source
    )
