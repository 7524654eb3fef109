"""What calibration is fed: customers as they were at some days, and what then happened to them (section 18.6).

One row is one customer at one day. Days are whole days since 1970-01-01; a float so that "never" is infinity.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.errors import BadInput

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """Columns of equal length.

    ``metrics``: by name of the registry, NaN where unknown. ``left_on``: the day the service ended, infinity if it did
    not. ``seen_until``: the last day of which it is known whether it had ended.
    """

    customer: NDArray[np.str_]
    day: Floats
    segment: NDArray[np.str_]
    metrics: Mapping[str, Floats]
    left_on: Floats
    seen_until: Floats

    def __post_init__(self) -> None:
        """Refuse columns of another length and rows from after the end."""
        rows = self.customer.shape[0]
        for name in ("day", "segment", "left_on", "seen_until"):
            if getattr(self, name).shape != (rows,):
                raise BadInput(f"a column of {rows} was expected", field=name)
        for name, column in self.metrics.items():
            if column.shape != (rows,):
                raise BadInput(f"a column of {rows} was expected", field=name)
        if np.any(self.left_on <= self.day):
            late = int(np.argmax(self.left_on <= self.day))
            raise BadInput("had left by the day of the row", field="left_on", value=str(self.customer[late]))

    def __len__(self) -> int:
        return int(self.customer.shape[0])

    def where(self, rows: NDArray[np.bool_]) -> Self:
        """Only these rows."""
        return replace(
            self,
            customer=self.customer[rows],
            day=self.day[rows],
            segment=self.segment[rows],
            metrics={name: column[rows] for name, column in self.metrics.items()},
            left_on=self.left_on[rows],
            seen_until=self.seen_until[rows],
        )

    def followed(self, horizon: int) -> NDArray[np.bool_]:
        """Rows whose outcome within ``horizon`` days is known: they left in time, or were seen to stay."""
        ends = self.day + horizon
        followed: NDArray[np.bool_] = (self.left_on <= np.minimum(ends, self.seen_until)) | (self.seen_until >= ends)
        return followed

    def left(self, horizon: int) -> NDArray[np.bool_]:
        """Whether each left within ``horizon`` days; meaningful only where followed."""
        left: NDArray[np.bool_] = self.left_on <= self.day + horizon
        return left


@dataclass(frozen=True)
class Split:
    """Rows to learn from, and later rows to be judged by. ``day``: the first of the later ones."""

    day: float
    train: NDArray[np.bool_]
    test: NDArray[np.bool_]


def split(sample: Sample, horizon: int) -> Split | None:
    """Out of time: no window of the earlier rows reaches the first day of the later ones.

    Of the days there are, the one that leaves most departures on the side that has fewer. None: no day does.
    """
    known, left = sample.followed(horizon), sample.left(horizon)
    best: tuple[int, float] | None = None
    for day in np.unique(sample.day):
        train = known & (sample.day + horizon < day)
        test = known & (sample.day >= day)
        fewer = int(min(np.sum(left & train), np.sum(left & test)))
        if fewer and (best is None or fewer > best[0]):
            best = (fewer, float(day))
    if best is None:
        return None
    day = best[1]
    return Split(day, known & (sample.day + horizon < day), known & (sample.day >= day))
