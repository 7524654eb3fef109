"""What was decided of customers, as repositories of a transaction: ``persistence`` implements them (section 0.5).

Rows of a backfill are history: they are returned only where ``backfill`` is asked for.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from models.decisions import Change, EngagementScore, Evaluation, SweepRow
from models.expansion import Opportunity, OpportunityStatus
from models.health import HealthScore
from models.health_alerts import HealthAlert
from models.signals import ChurnSignal


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


class Sweeps(Protocol):
    """Sweeps of the book, one for each day."""

    async def get(self, day: date) -> SweepRow | None:
        """That of the day, or None."""
        ...

    async def changes(self, day: date) -> list[Change]:
        """What it changed, by customer."""
        ...
