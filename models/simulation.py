"""What a simulation says: how many messages, tasks and escalations, for whom, and what never happens."""

from datetime import date
from typing import Annotated

from pydantic import Field

from models.base import Carried, Instant


class DaySends(Carried):
    """Messages of one day of the business calendar, by channel."""

    day: date
    by_channel: dict[str, int]

    @property
    def total(self) -> int:
        """Of every channel."""
        return sum(self.by_channel.values())


class Busy(Carried):
    """A customer who hears much from us."""

    customer: str
    sends: int
    most_in_seven_days: int


class ManagerLoad(Carried):
    """Tasks that would fall to somebody, by the week in which they are due (its Monday)."""

    manager: str
    weekly_capacity: int | None = Field(default=None, description="None: the team file does not say.")
    weeks: dict[date, int]

    @property
    def over(self) -> dict[date, int]:
        """Weeks above capacity, and by how many tasks."""
        if self.weekly_capacity is None:
            return {}
        return {week: n - self.weekly_capacity for week, n in self.weeks.items() if n > self.weekly_capacity}


class PlaySummary(Carried):
    """One playbook: its runs and how they end; ``steps`` counts results by step."""

    playbook: str
    version: int
    started: int
    went_on: int = Field(description="Runs that were under way at the beginning.")
    held_out: int
    completed: int
    goal_met: int
    exited: int
    still_open: int
    reasons: dict[str, int] = Field(description="Goals met and exits, by reason.")
    steps: dict[str, dict[str, int]]


class NeverTaken(Carried):
    """A way through a playbook that no run of the simulation took."""

    playbook: str
    step: str
    kind: str
    result: str


class Escalations(Carried):
    """How often a role would be told. ``level`` 0: by a step of the play."""

    playbook: str
    role: str
    level: int
    times: int


class KeptBack(Carried):
    """A step that was not done, and why."""

    playbook: str
    step: str
    reason: str
    times: int


class Simulation(Carried):
    """The whole of it. Equal worlds and equal seeds give equal simulations."""

    begins: Instant
    ends: Instant
    days: Annotated[int, Field(ge=1)]
    playbook: str | None = None
    seed: int
    customers: int
    events: int
    sends: int
    by_day: tuple[DaySends, ...]
    by_template: dict[str, int]
    by_customer: dict[int, int] = Field(description="How many customers hear from us so many times.")
    busiest: tuple[Busy, ...]
    capped: int = Field(description="Messages that the weekly cap kept back.")
    capped_customers: int
    quiet: int = Field(description="Messages put off by quiet hours.")
    held: int = Field(description="Steps held because outreach of imported customers is not activated.")
    tasks: int
    load: tuple[ManagerLoad, ...]
    escalations: tuple[Escalations, ...]
    plays: tuple[PlaySummary, ...]
    never: tuple[NeverTaken, ...]
    kept_back: tuple[KeptBack, ...]
    declined: tuple[KeptBack, ...] = Field(default=(), description="Plays that did not start, by reason.")
    stages: dict[str, int]
    assumptions: tuple[str, ...]
