"""When a customer logs in: mostly a fact from which nothing follows, so it is looked up instead of lived through."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

ABSENT = timedelta(days=7)
"""A login after so long is always told, as other facts are told only to those who wait for them (``intake``)."""


class Logins:
    """Of one customer: the last one that is stored, those that are foreseen, and those that came unforeseen."""

    def __init__(self, last: datetime | None) -> None:
        self._moments = [] if last is None else [last]

    def foresee(self, moments: Sequence[datetime]) -> list[datetime]:
        """It will log in then, in order. Returns those from which something follows: after absences, and the first."""
        known = bool(self._moments)
        self._moments = [*self._moments, *moments]
        told = [at for before, at in pairwise(self._moments) if at - before >= ABSENT]
        return told if known else [*moments[:1], *told]

    def add(self, at: datetime) -> None:
        """It logs in, foreseen or not."""
        if self.last(at) != at:
            insort(self._moments, at)

    def last(self, now: datetime) -> datetime | None:
        """The last one up to a moment; None: not known."""
        before = bisect_right(self._moments, now)
        return self._moments[before - 1] if before else None

    def next(self, now: datetime) -> datetime | None:
        """The first one after a moment, as far as it is foreseen."""
        before = bisect_right(self._moments, now)
        return self._moments[before] if before < len(self._moments) else None

    def ends_absence(self, at: datetime) -> bool:
        """Whether a login then is one after an absence."""
        before = bisect_left(self._moments, at)
        return before > 0 and at - self._moments[before - 1] >= ABSENT
