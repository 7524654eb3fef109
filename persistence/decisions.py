"""What was decided of one customer: the ports of ``activities.decision_ports`` (sections 0.5, 5 to 8 of the domain)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.decisions import EngagementScore, Evaluation
from models.errors import NotFound
from models.expansion import Opportunity, OpportunityStatus
from models.health import HealthScore
from models.health_alerts import HealthAlert
from models.signals import ChurnSignal
from persistence import decision_rows as rows_of
from persistence.fact_recorded import record
from persistence.rows import value_of
from persistence.tables import decisions as tables
from persistence.tables.measures import computed_metric

Model = TypeVar("Model", bound=BaseModel)


class ScoreTable:
    """Health scores."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def latest(self, customer: str, *, by: datetime | None = None) -> HealthScore | None:
        """The last one (as of ``by``), live or backfilled, or None."""
        table = tables.health_score
        query = select(table).where(table.c.customer == customer).order_by(table.c.at.desc()).limit(1)
        if by is not None:
            query = query.where(table.c.at <= by)
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return None if row is None else rows_of.health_of(row)

    async def history(self, customer: str, *, since: datetime | None = None) -> list[HealthScore]:
        """Every one, oldest first, backfilled ones among them."""
        table = tables.health_score
        query = select(table).where(table.c.customer == customer).order_by(table.c.at)
        if since is not None:
            query = query.where(table.c.at >= since)
        return [rows_of.health_of(row) for row in (await self._connection.execute(query)).mappings()]

    async def add(self, customer: str, score: HealthScore, *, backfill: bool = False) -> None:
        """Store it; one that is there for the same moment stays."""
        await rows_of.keep(self._connection, tables.health_score, [rows_of.health_row(customer, score, backfill)])


class EngagementTable:
    """Engagement scores."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def latest(self, customer: str, *, by: datetime | None = None) -> EngagementScore | None:
        """The last one (as of ``by``), or None."""
        table = tables.engagement_score
        query = select(table).where(table.c.customer == customer).order_by(table.c.at.desc()).limit(1)
        if by is not None:
            query = query.where(table.c.at <= by)
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return None if row is None else value_of(EngagementScore, row)

    async def history(self, customer: str, *, since: datetime | None = None) -> list[EngagementScore]:
        """Every one, oldest first."""
        table = tables.engagement_score
        query = select(table).where(table.c.customer == customer).order_by(table.c.at)
        if since is not None:
            query = query.where(table.c.at >= since)
        return [value_of(EngagementScore, row) for row in (await self._connection.execute(query)).mappings()]

    async def add(self, score: EngagementScore, *, backfill: bool = False) -> None:
        """Store it; one that is there for the same moment stays."""
        await rows_of.keep(self._connection, tables.engagement_score, [rows_of.engagement_row(score, backfill)])


class SignalTable:
    """Churn signals and their lives."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, customer: str, *, backfill: bool = False) -> list[ChurnSignal]:
        """Those open now, oldest first."""
        return [one for one in await self.of(customer, backfill=backfill) if one.cleared_at is None]

    async def of(self, customer: str, *, backfill: bool = False) -> list[ChurnSignal]:
        """Every one, oldest first."""
        return await _of(self._connection, ChurnSignal, tables.churn_signal, customer, backfill)

    async def put(self, customer: str, signals: Sequence[ChurnSignal], *, backfill: bool = False) -> None:
        """Store these openings, or how they were cleared; cleared ones first, so that one may open again."""
        given = [rows_of.signal_row(customer, one, backfill) for one in signals]
        for rows in ([r for r in given if r["cleared_at"]], [r for r in given if not r["cleared_at"]]):
            await rows_of.put(self._connection, tables.churn_signal, rows)


class OpportunityTable:
    """Expansion opportunities."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, customer: str, *, backfill: bool = False) -> list[Opportunity]:
        """Every one, oldest first."""
        return await _of(self._connection, Opportunity, tables.expansion_opportunity, customer, backfill)

    async def put(self, opportunities: Sequence[Opportunity], *, backfill: bool = False) -> None:
        """Store these openings, or how they stand now; closed ones first."""
        given = [rows_of.opportunity_row(one, backfill) for one in opportunities]
        for rows in ([r for r in given if r["closed_at"]], [r for r in given if not r["closed_at"]]):
            await rows_of.put(self._connection, tables.expansion_opportunity, rows)

    async def close(self, customer: str, kind: str, status: OpportunityStatus, at: datetime) -> Opportunity:
        """The open one of that type was won or lost.

        Raises:
            NotFound: none is open.
        """
        table = tables.expansion_opportunity
        closed = await self._connection.execute(
            update(table)
            .where(
                table.c.customer == customer,
                table.c.type == kind,
                table.c.status == OpportunityStatus.OPEN.value,
                table.c.backfill.is_(False),
            )
            .values(status=status.value, closed_at=at, updated_at=at)
            .returning(*table.c)
        )
        row = closed.mappings().one_or_none()
        if row is None:
            raise NotFound("no open opportunity of that type", field="type", value=kind)
        return value_of(Opportunity, row)

    async def all_open(self) -> list[Opportunity]:
        """Those of every customer, by customer and type."""
        table = tables.expansion_opportunity
        rows = await self._connection.execute(
            select(table)
            .where(table.c.status == OpportunityStatus.OPEN.value, table.c.backfill.is_(False))
            .order_by(table.c.customer, table.c.type)
        )
        return [value_of(Opportunity, row) for row in rows.mappings()]

    async def seats_won(self, customer: str, since: datetime | None) -> int | None:
        """Seats noted as won by the last note from then on; None: nothing noted."""
        noted = computed_metric.c
        query = select(noted.number).where(noted.customer == customer, noted.name == "seats_added")
        if since is not None:
            query = query.where(noted.at >= since)
        found = (await self._connection.execute(query.order_by(noted.at.desc()).limit(1))).scalar_one_or_none()
        return None if found is None else int(found)

    async def note(self, customer: str, at: datetime, facts: Mapping[str, float | bool]) -> None:
        """Keep what follows from a closed one as recorded facts of that moment."""
        await record(self._connection, [(customer, name, at, value) for name, value in facts.items()])


class AlertTable:
    """Alerts on health."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, customer: str, *, backfill: bool = False) -> list[HealthAlert]:
        """Every one, oldest first."""
        return await _of(self._connection, HealthAlert, tables.alert, customer, backfill, moment="at")

    async def add(self, customer: str, alerts: Sequence[HealthAlert], *, backfill: bool = False) -> None:
        """Store them; one that is there stays."""
        await rows_of.keep(
            self._connection, tables.alert, [rows_of.alert_row(customer, one, backfill) for one in alerts]
        )


class EvaluationTable:
    """The last evaluation of each customer."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, customer: str, *, backfill: bool = False) -> Evaluation | None:
        """It, or None: never evaluated."""
        table = tables.evaluation
        found = await self._connection.execute(
            select(table).where(table.c.customer == customer, table.c.backfill.is_(backfill))
        )
        row = found.mappings().one_or_none()
        return None if row is None else rows_of.evaluation_of(row)

    async def put(self, value: Evaluation, *, backfill: bool = False) -> None:
        """Insert or replace."""
        await rows_of.put(self._connection, tables.evaluation, [rows_of.evaluation_row(value, backfill)])


async def _of(
    connection: AsyncConnection,
    model: type[Model],
    table: Table,
    customer: str,
    backfill: bool,
    moment: str = "detected_at",
) -> list[Model]:
    rows = await connection.execute(
        select(table)
        .where(table.c.customer == customer, table.c.backfill.is_(backfill))
        .order_by(table.c[moment], table.c.type)
    )
    return [value_of(model, row) for row in rows.mappings()]
