"""Reads what the validator needs beside the figures: records, churn feed, disagreements, predictions, signatures."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.metric_rows import ChurnTold, CustomerRow, TicketsOpened
from models.nps_figures import Period
from models.validation import Disagreement
from persistence.customer_rows import rows_of
from persistence.tables.calibration import calibration


class ValidatorRows:
    """One method for each query."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def customers(self) -> list[CustomerRow]:
        """Everyone."""
        return [CustomerRow(**row) for row in await rows_of(self._connection, "customers")]

    async def churn_told(self, last: date) -> list[ChurnTold]:
        """What the churn feed told, by customer, oldest first."""
        return [ChurnTold(**row) for row in await rows_of(self._connection, "churn_told", last=last)]

    async def tickets_opened(self, period: Period) -> list[TicketsOpened]:
        """Who opened tickets within the period."""
        rows = await rows_of(self._connection, "tickets_opened", start=period.start, stop=period.end)
        return [TicketsOpened(**row) for row in rows]

    async def disagreements(self, as_of: datetime) -> list[Disagreement]:
        """What connected sources reported and nobody settled."""
        rows = await rows_of(self._connection, "open_discrepancies", as_of=as_of)
        return [Disagreement(**{**row, "customer": row["customer"] or ""}) for row in rows]

    async def predicted(self, at: datetime) -> frozenset[str]:
        """Who was expected to leave at a moment."""
        return frozenset(row["customer"] for row in await rows_of(self._connection, "predicted_to_leave", at=at))

    async def judged_since(self) -> datetime | None:
        """Since when the book is evaluated."""
        found: list[datetime | None] = [row["at"] for row in await rows_of(self._connection, "judged_since")]
        return found[0]

    async def calibrated(self, as_of: datetime) -> dict[str, datetime]:
        """Each version of a configuration with the moment it was last compared with outcomes and that was signed.

        Signing an old comparison makes it no younger, and signing for other weights says nothing of these (18.6).
        """
        rows = await self._connection.execute(
            select(calibration.c.config_version, func.max(calibration.c.at))
            .where(calibration.c.signed_at <= as_of)
            .group_by(calibration.c.config_version)
        )
        return {row[0]: row[1] for row in rows}
