"""Between decisions and their rows, and how a page of them is written: only what is new or differs (T8, T9)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import trusted
from models.decisions import Change, EngagementScore, Evaluation, Memory
from models.engagement import EngagementLevel
from models.enums import Severity
from models.expansion import Opportunity
from models.health import HealthGrade, HealthScore, HealthTrend
from models.health_alerts import AlertState, HealthAlert
from models.signals import ChurnSignal, ChurnSignalType
from persistence import bulk
from persistence.rows import Row, row_of, value_of


def health_row(customer: str, score: HealthScore, backfill: bool) -> Row:
    """A health score; its documents in one go, since there is one for each customer and day."""
    row: Row = score.model_dump(mode="json", exclude={"last_calculated"})
    return {**row, "customer": customer, "at": score.last_calculated, "backfill": backfill}


def health_of(row: RowMapping) -> HealthScore:
    """The inverse."""
    return HealthScore.model_validate(
        {name: row["at" if name == "last_calculated" else name] for name in HealthScore.model_fields}
    )


def engagement_row(score: EngagementScore, backfill: bool) -> Row:
    """An engagement score."""
    return {
        "customer": score.customer,
        "at": score.at,
        "score": score.score,
        "level": None if score.level is None else score.level.value,
        "coverage": score.coverage,
        "trend": None if score.trend is None else score.trend.value,
        "terms": score.terms,
        "backfill": backfill,
    }


def signal_row(customer: str, signal: ChurnSignal, backfill: bool) -> Row:
    """One opening of a signal."""
    return row_of(signal, customer=customer, backfill=backfill)


def alert_row(customer: str, alert: HealthAlert, backfill: bool) -> Row:
    """One alert."""
    return row_of(alert, customer=customer, backfill=backfill)


def opportunity_row(one: Opportunity, backfill: bool) -> Row:
    """One opportunity."""
    return row_of(one, backfill=backfill)


def change_row(value: Change, day: date, run: str) -> Row:
    """One line of what a sweep changed."""
    return {
        "customer": value.customer,
        "decision": value.decision,
        "subject": value.subject,
        "at": value.at,
        "reason": value.reason,
        "backfill": value.backfill,
        "day": day,
        "run": run,
    }


def evaluation_row(value: Evaluation, backfill: bool) -> Row:
    """The last evaluation of a customer."""
    return {
        "customer": value.customer,
        "at": value.at,
        "score": value.score,
        "grade": None if value.grade is None else value.grade.value,
        "provisional": value.provisional,
        "trend": value.trend.value,
        "engagement": value.engagement,
        "engagement_level": None if value.engagement_level is None else value.engagement_level.value,
        "churn_risk": value.churn_risk,
        "memory": value.memory,
        "backfill": backfill,
    }


def evaluation_of(row: RowMapping) -> Evaluation:
    """The inverse."""
    return value_of(Evaluation, row)


def evaluation_seen(row: Any) -> Evaluation:
    """The same of a row that this table gave, unchecked: a page has a thousand of them, all written by ourselves.

    A memory that an older release wrote, or another shape than ours, is read with every check.
    """
    memory = row.memory
    try:
        alerts = memory["alerts"]
        state = {
            "drop_fired": alerts["drop_fired"],
            "trigger_fired": alerts["trigger_fired"],
            "at_risk": alerts["at_risk"],
            "last_score": alerts["last_score"],
            "seen": None if alerts["seen"] is None else datetime.fromisoformat(alerts["seen"]),
        }
        kept = {
            "components": memory["components"],
            "health": memory["health"],
            "engaged": memory["engaged"],
            "highs": tuple([(datetime.fromisoformat(at), score) for at, score in memory["highs"]]),
            "alerts": trusted(AlertState, state),
            "recorded": memory["recorded"],
            "told": memory["told"],
        }
        found = {
            "customer": row.customer,
            "at": row.at,
            "score": row.score,
            "grade": _GRADES[row.grade],
            "provisional": row.provisional,
            "trend": _TRENDS[row.trend],
            "engagement": row.engagement,
            "engagement_level": _LEVELS[row.engagement_level],
            "churn_risk": row.churn_risk,
            "memory": trusted(Memory, kept),
        }
    except (KeyError, TypeError, ValueError):
        return evaluation_of(row._mapping)
    return trusted(Evaluation, found)


def signal_seen(row: Any) -> ChurnSignal:
    """A signal of a row that this table gave, unchecked; one of another release's names with every check."""
    if row.type not in _SIGNALS or row.severity not in _SEVERITIES or row.cleared_by is not None:
        return value_of(ChurnSignal, row._mapping)
    return trusted(
        ChurnSignal,
        {
            "type": _SIGNALS[row.type],
            "severity": _SEVERITIES[row.severity],
            "description": row.description,
            "detected_at": row.detected_at,
            "metric": row.metric,
            "value": row.value,
            "threshold": row.threshold,
            "cleared_at": row.cleared_at,
            "cleared_by": None,
        },
    )


_GRADES: dict[str | None, HealthGrade | None] = {None: None, **{one.value: one for one in HealthGrade}}
_LEVELS: dict[str | None, EngagementLevel | None] = {None: None, **{one.value: one for one in EngagementLevel}}
_TRENDS = {one.value: one for one in HealthTrend}
_SIGNALS = {one.value: one for one in ChurnSignalType}
_SEVERITIES = {one.value: one for one in Severity}


async def keep(
    connection: AsyncConnection, table: Table, rows: Sequence[Row], *, keys: Sequence[str] | None = None
) -> int:
    """Insert what is not there; a row of the same key (the table's own, if none is named) stays as it was.

    Returns how many rows were given.
    """
    return await _write(connection, table, rows, replace=False, keys=keys)


async def put(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> int:
    """Insert, or bring up to date what is there and differs."""
    return await _write(connection, table, rows, replace=True)


async def _write(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[Row],
    *,
    replace: bool,
    keys: Sequence[str] | None = None,
) -> int:
    if rows:
        await bulk.write(
            connection, table, rows, keys or [each.name for each in table.primary_key.columns], replace=replace
        )
    return len(rows)
