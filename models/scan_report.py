"""What ``starter.py scan`` prints: how the book stands as of a day, and what has changed and why (section 20)."""

from datetime import date

from pydantic import Field

from models.base import Carried, Instant
from models.decisions import Change


class ScanReport(Carried):
    """The result of a sweep. ``scored``, ``provisional``, ``unscored`` and ``unread`` add up to ``customers``.

    ``provisional``: less than half of the weights are known, so the score causes nothing. ``missing``: by source, of
    how many customers without a firm score it says nothing. ``decisions``: how many of each changed.
    """

    day: date
    as_of: Instant
    customers: int = 0
    scored: int = 0
    provisional: int = 0
    unscored: int = 0
    unread: int = Field(default=0, description="Their evaluation failed; the worker's log says why.")
    backfilled: int = Field(default=0, description="Of a moment before their last live evaluation: history only.")
    missing: dict[str, int] = Field(default_factory=dict)
    decisions: dict[str, int] = Field(default_factory=dict)
    changed: tuple[Change, ...] = ()
