"""What was decided of customers, as repositories of a transaction: ``persistence`` implements them (section 0.5).

Rows of a backfill are history: they are returned only where ``backfill`` is asked for.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from models.decisions import Change, EngagementScore, Evaluation, SweepRow
from models.expansion import Opportunity, OpportunityStatus
from models.health import HealthScore
from models.health_alerts import HealthAlert
from models.signals import ChurnSignal
from models.standing import Evaluated, Standing


class Scores(Protocol):
    """Health scores, one for each calculation."""

    async def latest(self, customer: str, *, by: datetime | None = None) -> HealthScore | None:
        """The last one (as of ``by``), live or backfilled, or None."""
        ...

    async def history(self, customer: str, *, since: datetime | None = None) -> list[HealthScore]:
        """Every one, oldest first, backfilled ones among them."""
        ...

    async def add(self, customer: str, score: HealthScore, *, backfill: bool = False) -> None:
        """Store it; one that is there for the same moment stays."""
        ...


class Engagements(Protocol):
    """Engagement scores, one for each calculation."""

    async def latest(self, customer: str, *, by: datetime | None = None) -> EngagementScore | None:
        """The last one (as of ``by``), or None."""
        ...

    async def history(self, customer: str, *, since: datetime | None = None) -> list[EngagementScore]:
        """Every one, oldest first."""
        ...

    async def add(self, score: EngagementScore, *, backfill: bool = False) -> None:
        """Store it; one that is there for the same moment stays."""
        ...


class Signals(Protocol):
    """Churn signals and their lives."""

    async def open(self, customer: str, *, backfill: bool = False) -> list[ChurnSignal]:
        """Those open now, oldest first."""
        ...

    async def of(self, customer: str, *, backfill: bool = False) -> list[ChurnSignal]:
        """Every one, oldest first."""
        ...

    async def put(self, customer: str, signals: Sequence[ChurnSignal], *, backfill: bool = False) -> None:
        """Store these openings, or how they were cleared."""
        ...


class Opportunities(Protocol):
    """Expansion opportunities; at most one open for each customer and type."""

    async def of(self, customer: str, *, backfill: bool = False) -> list[Opportunity]:
        """Every one, oldest first."""
        ...

    async def put(self, opportunities: Sequence[Opportunity], *, backfill: bool = False) -> None:
        """Store these openings, or how they stand now."""
        ...

    async def close(self, customer: str, kind: str, status: OpportunityStatus, at: datetime) -> Opportunity:
        """The open one of that type was won or lost. Raises NotFound when none is open."""
        ...

    async def all_open(self) -> list[Opportunity]:
        """Those of every customer, by customer and type."""
        ...

    async def seats_won(self, customer: str, since: datetime | None) -> int | None:
        """Seats noted as won by the last note from then on; None: nothing noted."""
        ...

    async def note(self, customer: str, at: datetime, facts: Mapping[str, float | bool]) -> None:
        """Keep what follows from a closed one as recorded facts of that moment."""
        ...


class Alerts(Protocol):
    """Alerts on health, each told once."""

    async def of(self, customer: str, *, backfill: bool = False) -> list[HealthAlert]:
        """Every one, oldest first."""
        ...

    async def add(self, customer: str, alerts: Sequence[HealthAlert], *, backfill: bool = False) -> None:
        """Store them; one that is there stays."""
        ...


class Evaluations(Protocol):
    """The last evaluation of each customer."""

    async def get(self, customer: str, *, backfill: bool = False) -> Evaluation | None:
        """It, or None: never evaluated."""
        ...

    async def put(self, value: Evaluation, *, backfill: bool = False) -> None:
        """Insert or replace."""
        ...


class Decisions(Protocol):
    """What evaluations read and write, a page at a time."""

    async def next_page(self, after: str | None, *, as_of: datetime, day: date, limit: int) -> list[str]:
        """The ids that follow, of customers that were there by then; empty at the end."""
        ...

    async def read(
        self, ids: Sequence[str], names: Sequence[str], *, as_of: datetime
    ) -> tuple[list[Standing], dict[str, list[Any]]]:
        """The standing of each customer that is there, and columns of facts aligned with them."""
        ...

    async def write(
        self, found: Sequence[Evaluated], *, source: str, now: datetime, stages: bool = True
    ) -> frozenset[str]:
        """Store them; returns the customers that something else moved since, of whom nothing is stored.

        Who is to be told of what is written to the inbox as ``source``. ``stages``: whether stage changes are made.
        """
        ...


class Sweeps(Protocol):
    """Sweeps of the book, one for each day."""

    async def get(self, day: date) -> SweepRow | None:
        """That of the day, or None."""
        ...

    async def claim(
        self, day: date, as_of: datetime, by: str, *, now: datetime, wall: datetime, again: bool
    ) -> SweepRow:
        """The day's row, ours if ``claimed_by`` says so: new, abandoned by another, or ended and wanted ``again``."""
        ...

    async def advance(
        self, day: date, by: str, last: str | None, counts: Mapping[str, int], changes: Sequence[Change], wall: datetime
    ) -> bool:
        """A page is done, in the transaction of its rows; False if the claim was lost: nothing of it may stand."""
        ...

    async def finish(self, day: date, by: str, at: datetime) -> None:
        """Every page is done."""
        ...

    async def changes(self, day: date, *, run: str | None = None, limit: int | None = None) -> list[Change]:
        """What changed on that day (by that run of its sweep), by customer."""
        ...
