"""Makes figures of a period: the value with its n and interval, or the reason why it is not told."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from analysis import intervals
from models.figure import Documented, Figure, Interval, Reference, SourceFreshness, Unit
from models.nps_figures import Period

MINIMUM = 10
"""(P) Least n of a share or a mean that is told at all; NPS needs 30 (section 18.3)."""


class Source(NamedTuple):
    """What a figure rests on: which query, and which system's word."""

    query: Reference
    system: str


class Telling:
    """Figures of one period as of one moment."""

    def __init__(self, period: Period, as_of: datetime, sources: Sequence[SourceFreshness], zone: ZoneInfo) -> None:
        self.period, self.as_of, self.zone = period, as_of, zone
        self._sources = {one.source: one for one in sources}

    @property
    def first_day(self) -> date:
        """First day of the period, business calendar."""
        return self.period.start.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        """Last day of the period, business calendar."""
        return (self.period.end - timedelta(microseconds=1)).astimezone(self.zone).date()

    def share(
        self, name: str, label: str, k: int, n: int, of: str, cohort: Documented, source: Source, *, note: str = ""
    ) -> Figure:
        """k of n, with Wilson's interval."""
        if n < MINIMUM:
            return self.cannot(name, label, Unit.FRACTION, _few(n, of), n, of, cohort, source)
        return self._figure(
            name, label, Unit.FRACTION, k / n, n, of, cohort, source, intervals.share(k, n), numerator=k, denominator=n,
            notes=(note,) if note else (),
        )  # fmt: skip

    def mean(
        self, name: str, label: str, unit: Unit, values: Sequence[float], of: str, cohort: Documented, source: Source
    ) -> Figure:
        """The mean of values, with a bootstrap interval."""
        n = len(values)
        if n < MINIMUM:
            return self.cannot(name, label, unit, _few(n, of), n, of, cohort, source)
        told = intervals.mean(values)
        return self._figure(name, label, unit, float(np.mean(values)), n, of, cohort, source, told)

    def value(
        self,
        name: str,
        label: str,
        unit: Unit,
        value: float,
        n: int,
        of: str,
        cohort: Documented,
        source: Source,
        told: Interval | str,
        notes: tuple[str, ...] = (),
    ) -> Figure:
        """A value whose interval was found elsewhere."""
        return self._figure(name, label, unit, value, n, of, cohort, source, told, notes=notes)

    def cannot(
        self,
        name: str,
        label: str,
        unit: Unit,
        reason: str,
        n: int | None,
        of: str,
        cohort: Documented,
        source: Source,
    ) -> Figure:
        """Why there is none."""
        return Figure(
            name=name, label=label, unit=unit, value=None, reason=reason, n=n, of=of, period=self.period,
            as_of=self.as_of, cohort=cohort.ref, query=source.query, sources=self._of(source),
        )  # fmt: skip

    def _figure(
        self,
        name: str,
        label: str,
        unit: Unit,
        value: float,
        n: int,
        of: str,
        cohort: Documented,
        source: Source,
        told: Interval | str,
        *,
        numerator: int | None = None,
        denominator: int | None = None,
        notes: tuple[str, ...] = (),
    ) -> Figure:
        return Figure(
            name=name, label=label, unit=unit, value=value, n=n, of=of, numerator=numerator, denominator=denominator,
            interval=told if isinstance(told, Interval) else None, no_interval=told if isinstance(told, str) else "",
            period=self.period, as_of=self.as_of, cohort=cohort.ref, query=source.query, sources=self._of(source),
            notes=notes,
        )  # fmt: skip

    def _of(self, source: Source) -> tuple[SourceFreshness, ...]:
        return (self._sources[source.system],) if source.system in self._sources else ()


def _few(n: int, of: str) -> str:
    return f"no {of}" if n == 0 else f"only {n} {of}, at least {MINIMUM} needed"
