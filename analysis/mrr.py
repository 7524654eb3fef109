"""The MRR of every account at the end of every month, on columns, and the flows between them.

Amounts are int64 cents, so sums are exact. A matrix of months by accounts is made once; the flows of a month are a few
passes over two of its rows. The second implementation, which shares nothing with this one, is ``mrr_recompute``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import BadInput
from models.mrr import CENTS, MonthFlow, MrrDefinition, Overlap, Trailing

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]

YEAR = 12
UNKNOWN = -1
"""Cents of an amount that is not known; amounts are never negative."""


@dataclass(frozen=True)
class SpanColumns:
    """Subscriptions as columns. ``account`` indexes ``accounts``; ``ended`` is NaT while one runs."""

    accounts: Sequence[str]
    account: Ints
    started: Days
    ended: Days
    cents: Ints
    trial: Flags


def columns(rows: Sequence[Sequence[Any]]) -> SpanColumns:
    """Columns of rows (account, started, ended, mrr, is_trial), as a database driver gives them or as Python values.

    Raises:
        BadInput: an amount is below 0, or finer than cents.
    """
    account, started, ended, mrr, trial = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(each, len(numbers)) for each in account]
    amounts = {each: _cents(each) for each in set(mrr)}
    return SpanColumns(
        accounts=list(numbers),
        account=np.array(codes, np.int64),
        started=np.array(started, "datetime64[D]"),
        ended=np.array(ended, "datetime64[D]"),
        cents=np.fromiter((amounts[each] for each in mrr), np.int64, len(mrr)),
        trial=np.fromiter((bool(each) for each in trial), np.bool_, len(trial)),
    )


def _cents(amount: Any) -> int:
    if amount is None:
        return UNKNOWN
    cents = Decimal(str(amount)) * CENTS
    if cents < 0 or cents != int(cents):
        raise BadInput("expected an amount of 0 or more in whole cents", field="mrr", value=str(amount))
    return int(cents)


@dataclass(frozen=True)
class Balances:
    """MRR in cents of each account at the end of each month, from the one before the first subscription on.

    ``left_out``: accounts with an unknown amount; they are in none of the rows. ``names``: the account of each column.
    """

    definition: MrrDefinition
    first: np.datetime64
    cents: Ints
    left_out: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def accounts(self) -> int:
        """How many accounts have a column."""
        return int(self.cents.shape[1])

    def at(self, month: np.datetime64) -> Ints:
        """The row of a month; before the first subscription everyone pays nothing."""
        number = int((month - self.first).astype(int))
        if number < 0:
            return np.zeros(self.accounts, np.int64)
        row: Ints = self.cents[number]
        return row


def balances(spans: SpanColumns, definition: MrrDefinition, until: date) -> Balances:
    """The balances of every month up to that of ``until``."""
    last = month_of(until)
    begins = spans.started.min().astype("datetime64[M]") if spans.started.size else last
    first = min(begins, last) - 1
    months = np.arange(first, last + 1)
    ends = (months + 1).astype("datetime64[D]") - 1
    begin = np.searchsorted(ends, spans.started, side="left")
    stop = np.searchsorted(ends, spans.ended, side="right" if definition.counts_on_end_day else "left")
    stop = np.where(np.isnat(spans.ended), len(months), stop)
    counted = np.ones_like(spans.trial) if definition.counts_trials else ~spans.trial
    unknown = np.unique(spans.account[counted & (spans.cents == UNKNOWN)])
    counts = counted & (begin < stop) & (begin < len(months))
    keep = np.ones(len(spans.accounts), np.bool_)
    keep[unknown] = False
    counts &= keep[spans.account]
    column = np.cumsum(keep) - 1
    chosen = (column[spans.account[counts]], begin[counts], stop[counts], spans.cents[counts], spans.started[counts])
    shape = (len(months), int(keep.sum()))
    fill = _sums if definition.overlap is Overlap.SUM else _latest
    names = tuple(name for name, kept in zip(spans.accounts, keep, strict=True) if kept)
    left_out = tuple(spans.accounts[each] for each in unknown)
    return Balances(definition, first, fill(shape, *chosen), left_out, names)


def _sums(shape: tuple[int, int], account: Ints, begin: Ints, stop: Ints, cents: Ints, _started: Days) -> Ints:
    months, accounts = shape
    changes = np.zeros((months + 1, accounts), np.int64)
    np.add.at(changes, (begin, account), cents)
    np.subtract.at(changes, (stop, account), cents)
    running: Ints = np.cumsum(changes[:-1], axis=0)
    return running


def _latest(shape: tuple[int, int], account: Ints, begin: Ints, stop: Ints, cents: Ints, started: Days) -> Ints:
    found = np.zeros(shape, np.int64)
    order = np.lexsort((cents, started))
    account, begin, stop, cents = account[order], begin[order], stop[order], cents[order]
    for month in range(shape[0]):
        runs = (begin <= month) & (month < stop)
        found[month, account[runs]] = cents[runs]  # of several of an account the last one stays: latest, then highest
    return found


def waterfall(book: Balances, start: date, until: date) -> list[MonthFlow]:
    """The flows of each month from that of ``start`` to that of ``until``."""
    first, last = month_of(start), month_of(until)
    ever = np.zeros(book.accounts, np.bool_)
    for month in np.arange(book.first, min(first, last + 1)):
        ever |= book.at(month) > 0
    flows = []
    for month in np.arange(first, last + 1):
        flows.append(_flow(month, book.at(month - 1), book.at(month), ever))
        ever |= book.at(month) > 0
    return flows


def _flow(month: np.datetime64, before: Ints, after: Ints, ever: Flags) -> MonthFlow:
    paid, pays = before > 0, after > 0
    came, left = pays & ~paid, paid & ~pays
    again = came & ever
    change = np.where(paid & pays, after - before, 0)
    total, back = int(after[came].sum()), int(after[again].sum())
    return MonthFlow(
        month=month.astype(date),
        starting_mrr=money(before.sum()),
        new_mrr=money(total - back),
        reactivation_mrr=money(back),
        expansion_mrr=money(change[change > 0].sum()),
        contraction_mrr=money(-change[change < 0].sum()),
        churned_mrr=money(before[left].sum()),
        ending_mrr=money(after.sum()),
        customers_start=int(paid.sum()),
        new_customers=int(came.sum()) - int(again.sum()),
        reactivated_customers=int(again.sum()),
        churned_customers=int(left.sum()),
        customers_end=int(pays.sum()),
    )


def trailing(book: Balances, month: date) -> Trailing:
    """The twelve months that end with this one, of those who paid at their beginning."""
    at = month_of(month)
    opening, now = cohort(book, at - YEAR, at)
    return Trailing(
        month=at.astype(date),
        accounts=len(opening),
        opening_mrr=money(opening.sum()),
        retained_mrr=money(np.minimum(opening, now).sum()),
        present_mrr=money(now.sum()),
        lost_accounts=int((now == 0).sum()),
    )


def cohort(book: Balances, opening: np.datetime64, month: np.datetime64) -> tuple[Ints, Ints]:
    """Cents then and now of the accounts that paid at the end of ``opening``."""
    then = book.at(opening)
    return then[then > 0], book.at(month)[then > 0]


def month_of(day: date) -> np.datetime64:
    """The month of a day."""
    return np.datetime64(day, "M")


def money(cents: int | np.int64) -> Decimal:
    """An amount of whole cents."""
    return Decimal(int(cents)) / CENTS
