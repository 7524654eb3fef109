"""Reads what figures of customers are made from, by the registered queries and nothing else."""

from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import Boolean, Date, Integer, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.metric_rows import (
    ActionDue,
    ActiveDay,
    ClosedSave,
    CsatScore,
    EngagementRow,
    HealthRow,
    MeetingRow,
    MessageRow,
    OnboardingRow,
)
from models.nps import NpsResponse, SurveySend
from models.nps_figures import Period
from persistence.queries import query
from persistence.types import Money, UtcDateTime, document

Row = TypeVar("Row")

_TYPES: dict[str, Any] = {
    "score": Integer,
    "cycle": Integer,
    "failed": Integer,
    "themes": document(),
    "day": Date,
    "attended": Boolean,
    "provisional": Boolean,
    "followed_up": Boolean,
    "late": Boolean,
    "reactivation": Boolean,
    "mrr": Money,
    **dict.fromkeys(
        (
            "at", "sent_at", "reminded_at", "closed_at", "submitted_at", "started", "finished", "first_value",
            "answered_at", "scheduled_at", "ended", "due", "subscribed_at", "first",
        ),
        UtcDateTime,
    ),
}  # fmt: skip
"""Columns that are no text, by name: the same in every query."""


class CustomerRows:
    """One method for each query."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def nps_sends(self, as_of: datetime) -> list[SurveySend]:
        """Every NPS survey sent by then."""
        rows = await self._rows("nps_sends", as_of=as_of)
        return [SurveySend.model_validate(row) for row in rows]

    async def nps_answers(self, start: datetime, as_of: datetime) -> list[NpsResponse]:
        """NPS answers from ``start`` on; one without a known survey belongs to none of ours."""
        rows = await self._rows("nps_answers", start=start, as_of=as_of)
        return [NpsResponse.model_validate({**row, "survey": row["survey"] or ""}) for row in rows]

    async def csat_scores(self, period: Period) -> list[CsatScore]:
        """Satisfaction told within the period."""
        return await self._within(CsatScore, "csat_scores", period)

    async def onboardings(self, period: Period) -> list[OnboardingRow]:
        """Onboardings that started within the period."""
        return await self._within(OnboardingRow, "onboardings_started", period)

    async def outreach(self, period: Period) -> list[MessageRow]:
        """Personal messages sent within the period."""
        return await self._within(MessageRow, "outreach", period)

    async def meetings(self, period: Period) -> list[MeetingRow]:
        """Meetings that were to take place within the period."""
        return await self._within(MeetingRow, "meetings_scheduled", period)

    async def saves(self, period: Period) -> list[ClosedSave]:
        """Save plays that ended within the period."""
        return await self._within(ClosedSave, "saves_closed", period)

    async def actions(self, period: Period) -> list[ActionDue]:
        """Steps of save plays that fell due within the period."""
        return await self._within(ActionDue, "save_actions_due", period)

    async def health(self, start: datetime, as_of: datetime) -> list[HealthRow]:
        """The last score of each customer, none older than ``start``."""
        return [HealthRow(**row) for row in await self._rows("health_scores", start=start, as_of=as_of)]

    async def engagement(self, start: datetime, as_of: datetime) -> list[EngagementRow]:
        """The last engagement of each customer, none older than ``start``."""
        return [EngagementRow(**row) for row in await self._rows("engagement_scores", start=start, as_of=as_of)]

    async def active_days(self, first: date, last: date) -> set[ActiveDay]:
        """Days of use, and of logins, by UTC day; both ends belong to it."""
        used = await self._rows("active_days", first=first, last=last)
        start, stop = (
            datetime.combine(first, datetime.min.time(), UTC),
            datetime.combine(last, datetime.max.time(), UTC),
        )
        logins = await self._rows("logins", start=start, stop=stop)
        return {ActiveDay(**row) for row in used} | {ActiveDay(row["customer"], row["at"].date()) for row in logins}

    async def _within(self, row: type[Row], name: str, period: Period) -> list[Row]:
        return [row(**each) for each in await self._rows(name, start=period.start, stop=period.end)]

    async def _rows(self, name: str, **given: date | datetime) -> list[dict[str, Any]]:
        return await rows_of(self._connection, name, **given)


async def rows_of(connection: AsyncConnection, name: str, **given: date | datetime) -> list[dict[str, Any]]:
    """The rows of a registered query, word for word as it is printed, with values of our types."""
    binds = [
        bindparam(key, value, UtcDateTime if isinstance(value, datetime) else Date) for key, value in given.items()
    ]
    told = text(query(name).text).bindparams(*binds).columns(**_TYPES)
    return [dict(row) for row in (await connection.execute(told)).mappings()]
