"""The result of a sweep in numbers: customers, scored or not and why, and each decision that changed (section 20)."""

from collections import Counter
from collections.abc import Iterable, Mapping

from models.standing import Evaluated

CHANGED = "changed:"
MISSING = "missing:"
ALWAYS = ("customers", "scored", "provisional", "unscored", "unread", "backfilled")


def add(counts: Mapping[str, int], found: Iterable[Evaluated], unread: int = 0) -> dict[str, int]:
    """The counts with a page more.

    ``customers`` are ``scored``, ``provisional`` (less than half of the weights known), ``unscored`` (nothing known) or
    ``unread`` (their evaluation failed). ``backfilled`` of them are history. ``missing:<source>``: of how many of those
    without a firm score the source says nothing. ``changed:<decision>``: how many decisions changed.
    """
    total = Counter({**dict.fromkeys(ALWAYS, 0), **counts})
    total["unread"] += unread
    total["customers"] += unread
    for one in found:
        figures = one.health.figures
        total["customers"] += 1
        total["unscored" if figures.score is None else "provisional" if figures.provisional else "scored"] += 1
        total["backfilled"] += not one.live
        total.update(MISSING + source for source in one.missing)
        total.update(CHANGED + change.decision for change in one.changes)
    return dict(sorted(total.items()))
