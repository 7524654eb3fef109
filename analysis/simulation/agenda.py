"""What a simulated customer has before it, in order of time, and of being put there."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

Act = Callable[..., None]
"""Is told the moment, and what it was put there with."""

Entry = tuple[datetime, int, Act, tuple[Any, ...]]


class Agenda:
    """From the first moment to the last, which is not in it."""

    def __init__(self, begins: datetime, ends: datetime) -> None:
        self._begins, self._ends = begins, ends
        self._order = count()
        self._foreseen: list[Entry] = []
        self._acts: list[Entry] = []

    def foresee(self, at: datetime, act: Act, *told: object) -> None:
        """As :meth:`push`, before anything was done: most of a customer's days are known then, and sorted once."""
        if at < self._ends:
            self._foreseen.append((max(at, self._begins), next(self._order), act, told))

    def push(self, at: datetime, act: Act, *told: object) -> None:
        """To be done then; what lies before the first moment at the first, what lies after the last one never."""
        if at < self._ends:
            heapq.heappush(self._acts, (at if at > self._begins else self._begins, next(self._order), act, told))

    def run(self) -> None:
        """Do everything, each at its moment; what is done may put more there."""
        foreseen, acts = self._foreseen, self._acts
        foreseen.sort(reverse=True)
        while foreseen or acts:
            later = not foreseen or (acts and acts[0] < foreseen[-1])
            at, _, act, told = heapq.heappop(acts) if later else foreseen.pop()
            act(at, *told)
