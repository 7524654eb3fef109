"""Rows that figures of customers are made from, as the registered queries give them. None is unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from models.figure import SourceFreshness
from models.mrr import Statement
from models.nps import NpsResponse, SurveySend
from models.nps_figures import Period
from models.validation import Disagreement


class CsatScore(NamedTuple):
    """Satisfaction 1..5, told of one ticket or in one survey."""

    customer: str
    at: datetime
    score: int


class OnboardingRow(NamedTuple):
    """One onboarding."""

    customer: str
    cycle: int
    program: str
    started: datetime
    status: str
    finished: datetime | None
    first_value: datetime | None


class HealthRow(NamedTuple):
    """The last health score of a customer."""

    customer: str
    score: int | None
    provisional: bool
    at: datetime


class EngagementRow(NamedTuple):
    """The last engagement score of a customer."""

    customer: str
    score: int | None
    level: str | None
    at: datetime


class MessageRow(NamedTuple):
    """A personal message, and when it was answered."""

    customer: str
    sent_at: datetime
    answered_at: datetime | None


class MeetingRow(NamedTuple):
    """A meeting that was to take place; ``attended`` None: nobody told."""

    customer: str
    scheduled_at: datetime
    attended: bool | None


class ClosedSave(NamedTuple):
    """A save play that ended, with the number of its steps that failed."""

    workflow_id: str
    customer: str
    status: str
    ended: datetime
    failed: int


class ActionDue(NamedTuple):
    """A step of a save play that fell due."""

    customer: str
    step_id: str
    status: str
    due: datetime
    ended: datetime | None


class ActiveDay(NamedTuple):
    """A day on which an account used the product."""

    customer: str
    day: date


class CustomerRow(NamedTuple):
    """A customer record as it is now."""

    customer: str
    stage: str | None
    subscription_status: str | None
    subscribed_at: datetime | None
    mrr: Decimal | None


class ChurnTold(NamedTuple):
    """A departure (or return) that the churn feed told of."""

    customer: str
    day: date
    reactivation: bool


class TicketsOpened(NamedTuple):
    """Who opened tickets, and when the first of them."""

    customer: str
    first: datetime


@dataclass(frozen=True)
class BookRows:
    """Everything the figures of a period are made from, read in one transaction: one state, no matter what comes in."""

    period: Period
    as_of: datetime
    sources: tuple[SourceFreshness, ...] = ()
    customers: frozenset[str] = frozenset()
    spans: Sequence[Sequence[Any]] = ()
    statements: Sequence[Statement] = ()
    sends: Sequence[SurveySend] = ()
    answers: Sequence[NpsResponse] = ()
    csat: Sequence[CsatScore] = ()
    onboardings: Sequence[OnboardingRow] = ()
    outreach: Sequence[MessageRow] = ()
    meetings: Sequence[MeetingRow] = ()
    saves: Sequence[ClosedSave] = ()
    actions: Sequence[ActionDue] = ()
    health: Sequence[HealthRow] = ()
    engagement: Sequence[EngagementRow] = ()
    active: frozenset[ActiveDay] = field(default=frozenset())


@dataclass(frozen=True)
class ValidationRows:
    """What the validator needs beside them. ``calibrated``: a configuration's version to its last signed comparison."""

    book: BookRows
    customers: Sequence[CustomerRow] = ()
    churn: Sequence[ChurnTold] = ()
    tickets: Sequence[TicketsOpened] = ()
    disagreements: Sequence[Disagreement] = ()
    predicted: frozenset[str] = frozenset()
    judged_since: datetime | None = None
    calibrated: Mapping[str, datetime] = field(default_factory=dict)
