"""Where calibration's rows come from: our own book at each month's end, or a CSV read through a mapping."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from analysis.calibration_sample import Floats, Sample
from intake.csv.outcomes import OutcomeRow
from models.errors import Refused
from persistence.fact_columns import FactColumns
from persistence.paid_periods import left_after, paid_periods

_EPOCH = date(1970, 1, 1)
_PAGE = 2_000
_NEVER = float("inf")


def month_ends(first: date, last: date) -> list[date]:
    """The last day of each month from ``first`` to ``last``."""
    found: list[date] = []
    day = first.replace(day=1)
    while True:
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        end = day - timedelta(days=1)
        if end > last:
            return found
        if end >= first:
            found.append(end)


async def from_store(
    connection: AsyncConnection,
    metrics: Sequence[str],
    days: Iterable[date],
    *,
    as_of: datetime,
    told: Callable[[date], None] = lambda _day: None,
) -> Sample:
    """Every paying account at the end of each day, with the facts known by then; outcomes as known at ``as_of``.

    Raises:
        Refused: nobody was paying on any of the days.
    """
    periods = await paid_periods(connection, as_of=as_of)
    rows: list[tuple[str, date, str | None, date | None]] = []
    columns: dict[str, list[float | None]] = {name: [] for name in metrics}
    reader = FactColumns(connection)
    for day in days:
        paying = sorted(
            owner
            for owner, runs in periods.items()
            if any(p.began <= day and (p.until or date.max) > day for p in runs)
        )
        for start in range(0, len(paying), _PAGE):
            page = await reader.read(
                paying[start : start + _PAGE],
                [*metrics, "segment"],
                as_of=datetime.combine(day, time(23, 59, 59), UTC),
            )
            rows += [
                (owner, day, segment, left_after(periods[owner], day))
                for owner, segment in zip(page.ids, page.facts["segment"], strict=True)
            ]
            for name in metrics:
                columns[name] += page.facts[name]
        told(day)
    if not rows:
        raise Refused("nobody was paid for on any of these days", field="--from")
    return Sample(
        customer=np.array([one[0] for one in rows]),
        day=_days(one[1] for one in rows),
        segment=np.array([one[2] or "unknown" for one in rows]),
        metrics={name: _floats(column) for name, column in columns.items()},
        left_on=_days(one[3] for one in rows),
        seen_until=np.full(len(rows), float((as_of.date() - _EPOCH).days)),
    )


def from_rows(rows: Sequence[OutcomeRow], metrics: Sequence[str]) -> Sample:
    """The rows of a file; a metric that the file does not have is unknown."""
    return Sample(
        customer=np.array([one.customer for one in rows]),
        day=_days(one.day for one in rows),
        segment=np.array([one.segment or "unknown" for one in rows]),
        metrics={name: _floats([one.metrics.get(name) for one in rows]) for name in metrics},
        left_on=_days(one.left_on for one in rows),
        seen_until=_days(one.seen_until for one in rows),
    )


def _floats(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def _days(days: Iterable[date | None]) -> Floats:
    return np.array([_NEVER if day is None else (day - _EPOCH).days for day in days], dtype=np.float64)
