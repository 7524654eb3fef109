"""The daily exception lists: customers for whom something that must never happen is happening (section 16)."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from models.base import Carried, Instant
from models.enums import LifecycleStage, Role, Segment
from models.signals import ChurnSignal


class ExceptionKind(StrEnum):
    """Which row of section 16 is about to be broken."""

    SIGNAL_IGNORED = "signal_ignored"
    DETRACTOR_WITHOUT_FOLLOW_UP = "detractor_without_follow_up"
    GROWING_WITHOUT_PLAN = "growing_without_plan"
    QBR_OVERDUE = "qbr_overdue"
    AT_RISK_ESCALATED_LATE = "at_risk_escalated_late"


class ExceptionRow(Carried):
    """One line of a list. ``escalate``: it goes to the next role as well, not only on the list."""

    kind: ExceptionKind
    customer: str
    what: str
    since: Instant | date | None = None
    escalate: bool = False


class OpenSignal(NamedTuple):
    """An open churn signal; ``handled``: an intervention or a task was made of it."""

    customer: str
    signal: ChurnSignal
    handled: bool


class DetractorAnswer(NamedTuple):
    """A detractor's answer to a survey."""

    customer: str
    score: int
    submitted_at: Instant
    followed_up: bool


class PlanStanding(NamedTuple):
    """Whether a customer has an active success plan; None is unknown."""

    customer: str
    stage: LifecycleStage | None
    csm_id: str | None
    active_plan: bool | None


class Quarter(NamedTuple):
    """A quarter of the business calendar; ``number`` 1..4. Quarters sort by time."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def following(self) -> "Quarter":
        """The next one."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)


class QbrStanding(NamedTuple):
    """The quarterly reviews of a customer: ``since`` the day its calendar began, ``held`` those that took place."""

    customer: str
    stage: LifecycleStage | None
    segment: Segment | None
    since: date | None
    held: frozenset[Quarter]


class AtRiskStanding(NamedTuple):
    """A customer at risk: since when, the path of its case, and the roles that were told."""

    customer: str
    since: Instant
    path: tuple[Role, ...]
    told: frozenset[Role]
