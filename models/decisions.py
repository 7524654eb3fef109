"""What is kept of the decisions on a customer: scores, alerts, what is remembered, a sweep (sections 0.5 and 20)."""

from datetime import date

from pydantic import Field, JsonValue

from models.base import Carried, Instant
from models.engagement import EngagementLevel, Fraction, Score
from models.health import HealthGrade, HealthTrend
from models.health_alerts import AlertState


class EngagementScore(Carried):
    """One calculation of a customer's engagement; None is unknown. ``terms`` is what the score was made of."""

    customer: str
    at: Instant
    score: Score | None
    level: EngagementLevel | None
    coverage: Fraction
    trend: HealthTrend | None = None
    terms: dict[str, float | None] = Field(default_factory=dict)


class Memory(Carried):
    """What an evaluation leaves for the next one, so that each thing is told once and unchanged rows are not written.

    ``components``: component scores of the last health score. ``health`` and ``engaged``: what identifies the content
    of the last stored rows. ``highs``: firm scores of the alerts' window, each higher than all after it. ``recorded``:
    the last recorded value of each computed fact. ``told``: what was said to whom it concerns, by name, such as a
    renewal's crossing to its term.
    """

    components: dict[str, int | None] = Field(default_factory=dict)
    health: str = ""
    engaged: str = ""
    highs: tuple[tuple[Instant, int], ...] = ()
    alerts: AlertState = AlertState()
    recorded: dict[str, JsonValue] = Field(default_factory=dict)
    told: dict[str, str] = Field(default_factory=dict)


class Evaluation(Carried):
    """The last evaluation of a customer: how it stands, and what is remembered."""

    customer: str
    at: Instant
    score: int | None = None
    grade: HealthGrade | None = None
    provisional: bool = True
    trend: HealthTrend = HealthTrend.STABLE
    engagement: int | None = None
    engagement_level: EngagementLevel | None = None
    churn_risk: int = 0
    memory: Memory = Memory()


class Change(Carried):
    """One decision that an evaluation changed, in words.

    ``decision`` is ``stage``, ``signal_opened``, ``signal_cleared``, ``alert``, ``opportunity_opened``,
    ``opportunity_expired``, ``grade``, ``blocker``, or the name of an occurrence such as ``renewal_due``; ``subject``
    is what it is about, such as the signal.
    """

    customer: str
    decision: str
    subject: str = ""
    at: Instant
    reason: str
    backfill: bool = False


class SweepRow(Carried):
    """One sweep of the book, one for each day of the business calendar."""

    day: date
    as_of: Instant
    claimed_by: str
    started: Instant
    ended: Instant | None = None
    last_customer: str | None = None
    counts: dict[str, int] = Field(default_factory=dict)
