"""An event in a simulation: what the lifecycle would be told. Not checked, since the simulation made it itself."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

Data = Mapping[str, str | int | float | bool | None]

NOTHING: Data = MappingProxyType({})


class Heard(NamedTuple):
    """As ``models.events.Occurrence``; half a million of them in a large book."""

    kind: str
    subject: str
    name: str
    key: str
    at: datetime
    data: Data


def heard(kind: str, key: str, at: datetime, subject: str = "", data: Data = NOTHING) -> Heard:
    """One event, under its whole name."""
    return Heard(kind, subject, f"{kind}:{subject}" if subject else kind, key, at, data)
