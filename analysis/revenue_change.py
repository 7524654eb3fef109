"""Whether retention and churn of one month differ from those of another by more than chance (section 18.3).

Most accounts are in both months; taking them for independent makes a difference harder to claim, not easier.
"""

from collections.abc import Callable

import numpy as np

from analysis import intervals
from analysis.mrr import Balances, Ints, cohort, month_of
from analysis.revenue import MonthFigures
from models.figure import Figure
from models.figure_change import Change, change

Part = Callable[[Ints, Ints], Ints]

_MONEY: dict[str, tuple[Part, bool]] = {
    "grr": (lambda then, now: np.minimum(then, now), False),
    "nrr": (lambda _then, now: now, False),
    "revenue_churn": (lambda then, now: np.where(now == 0, then, 0), True),
}
"""What of the opening MRR counts, and whether less is better."""


def month_changes(book: Balances, before: MonthFigures, after: MonthFigures) -> dict[str, Change]:
    """By the name of the figure."""
    then, now = (cohort(book, month_of(each.month) - 1, month_of(each.month)) for each in (before, after))
    found = {}
    for field, (part, lower) in _MONEY.items():
        old, new = getattr(before, field), getattr(after, field)
        p_value = None
        if old.known and new.known:
            p_value = intervals.ratios_differ((part(*then) / 100, then[0] / 100), (part(*now) / 100, now[0] / 100))
        found[new.name] = change(old, new, p_value, "z test of two linearised ratios", lower=lower)
    old, new = before.logo_churn, after.logo_churn
    found[new.name] = change(old, new, _fisher(old, new), "Fisher's exact test", lower=True)
    return found


def _fisher(before: Figure, after: Figure) -> float | None:
    if before.numerator is None or before.denominator is None or after.numerator is None or after.denominator is None:
        return None
    return intervals.shares_differ(
        (int(before.numerator), int(before.denominator)), (int(after.numerator), int(after.denominator))
    )
