"""The clock of a home: one file, read by every process of the stack, changed only while the stack is down.

Virtual time never goes backwards on a home: what a workflow has seen as past stays past.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from models.base import Carried, Instant
from models.clock import REAL, Clock
from models.errors import BadInput, Misconfigured, Refused
from stack.files import write_whole

NAME = "clock.json"

_DAY = timedelta(days=1)
_SHORTEST = timedelta(milliseconds=100)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Kept(Carried):
    """The clock, the ``--at`` it was asked for, and the virtual moment at which the sample was first fed."""

    clock: Clock
    asked_at: Instant | None = None
    sampled: Instant | None = None


def read(home: Path) -> Clock:
    """The clock in force; the wall clock where the home has none.

    Raises:
        Misconfigured: the file is there and cannot be understood.
    """
    kept = read_kept(home)
    return kept.clock if kept else REAL


def read_kept(home: Path) -> Kept | None:
    """Everything the file says, or None where there is none."""
    path = home / NAME
    try:
        return Kept.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise Misconfigured(f"not a clock: {error.errors()[0]['msg']}", field=str(path)) from None


def write(home: Path, kept: Kept) -> None:
    """Store it."""
    write_whole(home / NAME, kept.model_dump_json(indent=2) + "\n")


def parse_day(text: str) -> float:
    """The factor for ``--day``: how many virtual seconds pass in a real one. ``2s`` gives 43200.

    Raises:
        BadInput: not a number and a unit, or not between 100ms and 1d.
    """
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)(ms|s|m|h|d)", text.strip())
    length = timedelta(seconds=float(match[1]) * _UNITS[match[2]]) if match else None
    if length is None or not _SHORTEST <= length <= _DAY:
        raise BadInput(
            "expected how long a calendar day shall last, from 100ms to 1d, such as 2s", field="--day", value=text
        )
    return _DAY / length


def settle(kept: Kept | None, now: datetime, *, at: datetime | None, factor: float | None) -> Kept:
    """The clock for a start at the real moment ``now``.

    Without ``at`` and ``factor`` a kept clock stays as it is. The same ``at`` as when the home was made means the
    same home again, so that a command can be repeated after a kill; a later one jumps forward.

    Raises:
        Refused: ``at`` is earlier than what the home's clock already reads.
    """
    if kept is None:
        return Kept(clock=Clock(real_epoch=now, virtual_epoch=at or now, factor=factor or 1.0), asked_at=at)
    present = kept.clock.virtual(now)
    wanted = None if at == kept.asked_at else at
    if wanted is not None and wanted < present:
        raise Refused(
            f"the clock of this home already reads {present:%Y-%m-%dT%H:%M:%SZ} and cannot go back; "
            "choose a later moment, or another STEADFAST_HOME",
            field="--at",
            value=wanted.isoformat(),
        )
    if wanted is None and factor in (None, kept.clock.factor):
        return kept
    clock = Clock(real_epoch=now, virtual_epoch=wanted or present, factor=factor or kept.clock.factor)
    return kept.model_copy(update={"clock": clock, "asked_at": wanted or kept.asked_at})
