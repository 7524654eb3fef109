"""Entries of the past held against who then left: no row is looked at that was not known on its day.

An account enters when the trigger begins to hold, or begins to be known to hold; for a horizon after that it does not
enter again, so that entries of one account do not share a departure. An entry is right if the account leaves within the
horizon after it and wrong if it stays; it is not judged while its horizon reaches past what is known, not even if the
account has left by then: those who stay would be missing beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from models.backtest import Entry

HOLDS, FALSE, UNKNOWN = 1, 0, -1

Signs = NDArray[np.int8]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Gone:
    """An account left on a day; ``mrr`` is what was paid the day before, None if unknown."""

    customer: int
    day: date
    mrr: float | None


@dataclass(frozen=True)
class Past:
    """Rows are days, columns are accounts. ``present``: paid for on that day, so it could enter and could leave."""

    customers: Sequence[str]
    days: Sequence[date]
    holds: Signs
    present: Flags
    gone: Sequence[Gone]
    seen_until: date


@dataclass(frozen=True)
class Judged:
    """What happened.

    ``departures`` had a whole horizon of looks before them, and the trigger was known on one of those at least;
    ``blind`` ones had none on which it was. ``base``: (left, all) over every look whose horizon is known: entering at a
    random moment.
    """

    entries: tuple[Entry, ...]
    departures: tuple[Gone, ...]
    reached: tuple[bool, ...]
    blind: int
    base: tuple[int, int]
    unknown: tuple[int, int]


def judge(past: Past, horizon: int) -> Judged:
    """Entries, and departures that had a whole horizon of looks before them; ``horizon`` in days."""
    gone: dict[int, list[date]] = {}
    for one in past.gone:
        gone.setdefault(one.customer, []).append(one.day)
    for each in gone.values():
        each.sort()
    entered = _enter(past, horizon)
    entries = [_outcome(past, customer, past.days[row], gone.get(customer, []), horizon) for row, customer in entered]
    days_of: dict[int, list[date]] = {}
    for row, customer in entered:
        days_of.setdefault(customer, []).append(past.days[row])
    early = past.days[0] + timedelta(days=horizon)
    whole = [one for one in past.gone if early <= one.day <= past.seen_until]
    watched = tuple(one for one in whole if _seen(past, one, horizon))
    reached = tuple(_foreseen(days_of.get(one.customer, []), one.day, horizon) for one in watched)
    looks = int(past.present.sum())
    unknown = int((past.present & (past.holds == UNKNOWN)).sum())
    blind = len(whole) - len(watched)
    return Judged(tuple(entries), watched, reached, blind, _base(past, gone, horizon), (unknown, looks))


def _seen(past: Past, one: Gone, horizon: int) -> bool:
    """Whether the trigger was known on any look of the horizon before a departure."""
    rows = [row for row, day in enumerate(past.days) if timedelta(0) < one.day - day <= timedelta(days=horizon)]
    known = past.present[rows, one.customer] & (past.holds[rows, one.customer] != UNKNOWN)
    return bool(known.any())


def _enter(past: Past, horizon: int) -> list[tuple[int, int]]:
    """(row, account) of every entry, by day."""
    found: list[tuple[int, int]] = []
    last: dict[int, date] = {}
    before = np.zeros(len(past.customers), np.bool_)
    for row, day in enumerate(past.days):
        now = (past.holds[row] == HOLDS) & past.present[row]
        for customer in np.flatnonzero(now & ~before):
            one = int(customer)
            if one not in last or (day - last[one]).days >= horizon:
                last[one] = day
                found.append((row, one))
        before = now
    return found


def _outcome(past: Past, customer: int, day: date, gone: list[date], horizon: int) -> Entry:
    until = day + timedelta(days=horizon)
    left = next((each for each in gone if day < each <= until), None)
    right = None if past.seen_until < until else left is not None
    return Entry(customer=past.customers[customer], day=day, right=right, left_on=left)


def _foreseen(entries: list[date], left: date, horizon: int) -> bool:
    return any(timedelta(0) < left - day <= timedelta(days=horizon) for day in entries)


def _base(past: Past, gone: dict[int, list[date]], horizon: int) -> tuple[int, int]:
    """After how many looks at present accounts, of those whose horizon is known, the account left in time."""
    left = known = 0
    for row, day in enumerate(past.days):
        until = day + timedelta(days=horizon)
        if until <= past.seen_until:
            soon = np.zeros(len(past.customers), np.bool_)
            for customer, days in gone.items():
                soon[customer] = any(day < each <= until for each in days)
            left += int((soon & past.present[row]).sum())
            known += int(past.present[row].sum())
    return left, known
