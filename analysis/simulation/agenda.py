"""What a simulated customer has before it, in order of time, and of being put there."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

Act = Callable[[datetime], None]


class Agenda:
    """From the first moment to the last, which is not in it."""

    def __init__(self, begins: datetime, ends: datetime) -> None:
        self._begins, self._ends = begins, ends
        self._order = count()
        self._acts: list[tuple[datetime, int, Act]] = []

    def push(self, at: datetime, act: Act) -> None:
        """To be done then; what lies before the first moment at the first, what lies after the last one never."""
        if at < self._ends:
            heapq.heappush(self._acts, (max(at, self._begins), next(self._order), act))

    def run(self) -> None:
        """Do everything, each at its moment; what is done may put more there."""
        while self._acts:
            at, _, act = heapq.heappop(self._acts)
            act(at)
