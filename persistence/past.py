"""Facts of a run: what happened between its start and now (section 14.1 of the domain)."""

from datetime import datetime

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.tables.customers import login, response
from persistence.tables.measures import computed_metric, survey_response

DETRACTOR = 6
"""The highest score of a detractor (section 11.1)."""

IMPROVED = 5
"""Points of health that count as an improvement (section 14.1)."""


class Since:
    """One customer from the start of a run to the moment asked of."""

    def __init__(self, connection: AsyncConnection, row: RowMapping, *, as_of: datetime, since: datetime) -> None:
        self._connection = connection
        self._row = row
        self._as_of = as_of
        self._since = since

    async def read(self, name: str) -> bool | None:
        """The fact of that name, one of ``models.facts.SINCE``."""
        match name:
            case "still_no_login":
                return await self.still_no_login()
            case "no_followup":
                return await self.no_followup()
            case "no_improvement":
                return await self.no_improvement()
            case _:
                return await self.no_response()

    async def still_no_login(self) -> bool | None:
        """No login after ``since``; unknown for an imported account of which no login was ever told."""
        if await self._any(login, self._since):
            return False
        if self._row["imported_at"] is not None and not await self._any(login, None):
            return None
        return True

    async def no_response(self) -> bool:
        """No reply, booking, answer or decision after ``since``."""
        return not await self._any(response, self._since)

    async def no_followup(self) -> bool | None:
        """The latest NPS answer is a detractor's and was not followed up by then; unknown without an answer."""
        answer = survey_response.c
        query = (
            select(answer.score, answer.followed_up, answer.follow_up_date)
            .where(answer.customer == self._row["id"], answer.kind == "nps", answer.submitted_at <= self._as_of)
            .order_by(answer.submitted_at.desc(), answer.id.desc())
            .limit(1)
        )
        found = (await self._connection.execute(query)).one_or_none()
        if found is None:
            return None
        resolved = found.follow_up_date is not None and found.follow_up_date <= self._as_of
        return bool(found.score <= DETRACTOR and not (found.followed_up and resolved))

    async def no_improvement(self) -> bool | None:
        """Health is less than 5 points above its value at ``since``; unknown while either is."""
        then, now = await self._health(self._since), await self._health(self._as_of)
        return None if then is None or now is None else now < then + IMPROVED

    async def _health(self, at: datetime) -> float | None:
        result = computed_metric.c
        query = (
            select(result.number)
            .where(result.customer == self._row["id"], result.name == "health_score", result.at <= at)
            .order_by(result.at.desc())
            .limit(1)
        )
        number: float | None = (await self._connection.execute(query)).scalar_one_or_none()
        return number

    async def _any(self, table: Table, after: datetime | None) -> bool:
        query = select(table.c.key).where(table.c.customer == self._row["id"], table.c.at <= self._as_of)
        if after is not None:
            query = query.where(table.c.at > after)
        return (await self._connection.execute(query.limit(1))).scalar_one_or_none() is not None
