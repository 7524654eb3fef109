"""Chance that can be repeated: each draw hangs on the seed, the customer and what it is for, not on what came before.

So two versions of a playbook are simulated with the same luck, and the number of processes changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import count
from math import ceil, log1p

from models.responses import Span

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MONTH = timedelta(days=30)


def draw(seed: int, *names: object) -> float:
    """A number in [0, 1) that these names always get."""
    digest = blake2b(repr((seed, *names)).encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / float(1 << 53)


def lucky(probability: float, seed: int, *names: object) -> bool:
    """Whether it happens."""
    return probability >= 1 or draw(seed, *names) < probability


def delay(span: Span, seed: int, *names: object) -> timedelta:
    """A delay of the span: in whole hours where it is longer than one, else in whole minutes."""
    if span.max is None or span.max == span.min:
        return span.min
    unit = HOUR if span.max - span.min >= HOUR else MINUTE
    steps = (span.max - span.min) // unit
    return span.min + unit * int(draw(seed, "delay", *names) * (steps + 1))


def moments(rate: float, begins: datetime, ends: datetime, seed: int, *names: object) -> Iterator[datetime]:
    """Moments of something that happens so often in thirty days (a Poisson process), at whole hours: runs that begin
    at the same hour of a day go the same way more often, and are folded once."""
    if rate <= 0:
        return
    waited = 0.0
    first = begins.replace(minute=0, second=0, microsecond=0)
    for number in count():
        waited -= log1p(-draw(seed, number, *names)) / rate
        at = first + HOUR * ceil(waited * (MONTH / HOUR))
        if at >= ends:
            return
        yield at
