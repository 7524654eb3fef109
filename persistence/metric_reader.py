"""Everything that the figures of a period need, read in one transaction."""

from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.metric_rows import BookRows, ValidationRows
from models.nps_figures import Period
from persistence.customer_rows import CustomerRows
from persistence.metric_sources import freshness
from persistence.queries import query
from persistence.spans import SpanReader
from persistence.validator_rows import ValidatorRows

LATEST = timedelta(days=7)
"""A score older than this at the end of a period is not the period's (the sweep runs daily)."""

TREND = timedelta(days=190)
"""NPS is told with its last six months."""

AFTER_START = timedelta(days=37)
"""D30 looks at days 30 to 36 after the start."""


class MetricReader:
    """The port ``MetricRows``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def read(self, period: Period, *, first: date, last: date, as_of: datetime) -> BookRows:
        """The rows; ``first`` and ``last`` are the days of the period in the business calendar."""
        return await self._book(period, first, last, as_of)

    async def validation(
        self, period: Period, *, first: date, last: date, as_of: datetime, predicted_at: datetime
    ) -> ValidationRows:
        """What the validator needs besides."""
        rows = ValidatorRows(self._connection)
        return ValidationRows(
            book=await self._book(period, first, last, as_of),
            customers=await rows.customers(),
            churn=await rows.churn_told(last),
            tickets=await rows.tickets_opened(period),
            disagreements=await rows.disagreements(as_of),
            predicted=await rows.predicted(predicted_at),
            judged_since=await rows.judged_since(),
            calibrated=await rows.calibrated(as_of),
        )

    async def _book(self, period: Period, first: date, last: date, as_of: datetime) -> BookRows:
        connection = self._connection
        rows, spans = CustomerRows(connection), SpanReader(connection)
        until = min(period.end, as_of)
        everyone = await connection.execute(text(query("customers").text))
        return BookRows(
            period=period,
            as_of=as_of,
            sources=await freshness(connection, as_of),
            customers=frozenset(row.customer for row in everyone),
            spans=await spans.spans(),
            statements=await spans.statements(),
            sends=await rows.nps_sends(as_of),
            answers=await rows.nps_answers(period.start - TREND, as_of),
            csat=await rows.csat_scores(period),
            onboardings=await rows.onboardings(period),
            outreach=await rows.outreach(period),
            meetings=await rows.meetings(period),
            saves=await rows.saves(period),
            actions=await rows.actions(period),
            health=await rows.health(until - LATEST, until),
            engagement=await rows.engagement(until - LATEST, until),
            active=frozenset(await rows.active_days(first, last + AFTER_START)),
        )
