"""Chance that can be repeated: each draw hangs on the seed, the customer and what it is for, not on what came before.

So two versions of a playbook are simulated with the same luck, and the number of processes changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import count
from math import ceil, log1p
from struct import Struct

from models.responses import Span

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MONTH = timedelta(days=30)

_ONE = float(1 << 53)
_EIGHT = Struct(">8Q")


def draw(seed: int, *names: object) -> float:
    """A number in [0, 1) that these names always get."""
    digest = blake2b(repr((seed, *names)).encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / _ONE


def _draws(seed: int, *names: object) -> Iterator[float]:
    """As many numbers as are wanted; eight cost as much as one."""
    for number in count():
        digest = blake2b(repr((seed, number, *names)).encode(), digest_size=64).digest()
        for drawn in _EIGHT.unpack(digest):
            yield (drawn >> 11) / _ONE


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


def moments(rate: float, begins: datetime, ends: datetime, seed: int, *names: object) -> list[datetime]:
    """Moments of something that happens so often in thirty days (a Poisson process), at whole hours: runs that begin
    at the same hour of a day go the same way more often, and are folded once."""
    found: list[datetime] = []
    if rate <= 0:
        return found
    waited = 0.0
    first = begins.replace(minute=0, second=0, microsecond=0)
    hours, most = (MONTH / HOUR) / rate, (ends - first) / HOUR
    for drawn in _draws(seed, *names):
        waited -= log1p(-drawn) * hours
        at = ceil(waited)
        if at >= most:
            break
        found.append(first + HOUR * at)
    return found
