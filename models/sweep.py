"""The daily sweep of the book, as its workflow and its activities speak of it (section 20 of the domain)."""

from datetime import date

from pydantic import Field

from models.base import Carried, Instant
from models.clock import Clock


class SweepInput(Carried):
    """What starts a sweep. ``day`` and ``as_of`` None: those of its nominal time.

    ``again``: sweep a day that was swept already once more; what is unchanged is not written again.
    """

    clock: Clock = Clock()
    day: date | None = None
    as_of: Instant | None = None
    again: bool = False
    last: "SweepProgress | None" = Field(default=None, description="Carried on by a run that renewed itself.")


class SweepBegin(Carried):
    """Claim the day. ``by`` names the workflow and its run."""

    by: str
    day: date | None
    at: Instant
    now: Instant
    again: bool


class SweepClaim(Carried):
    """The claimed day; ``mine`` False: another run sweeps it, or has."""

    mine: bool
    day: date
    as_of: Instant
    by: str


class SweepPages(Carried):
    """Some pages of the day."""

    by: str
    day: date
    as_of: Instant
    now: Instant


class SweepProgress(Carried):
    """How far a sweep has come. ``counts``: see ``analysis.sweep_counts``."""

    by: str
    day: date
    as_of: Instant
    done: bool = False
    counts: dict[str, int] = Field(default_factory=dict)


class SweepEnd(Carried):
    """Every page is done."""

    by: str
    day: date
    now: Instant


class SweepSummary(Carried):
    """What a sweep answers; the changes themselves are rows. ``swept`` False: the day was another run's."""

    day: date
    as_of: Instant
    by: str
    swept: bool
    counts: dict[str, int] = Field(default_factory=dict)


SweepInput.model_rebuild()
