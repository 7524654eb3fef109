"""Alerts on a health score, and what is remembered so that each fall is told once (section 5.5 of the domain)."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from models.base import Carried, Instant
from models.enums import Severity
from models.health import HealthGrade

DROPPED_20 = "health_score_dropped_20"
"""The trigger of the play ``at_risk.health_score_drop`` (section 14)."""


class HealthAlertType(StrEnum):
    """Names of the alerts."""

    DROP = "health_score_drop"
    AT_RISK = "customer_at_risk"


class ScorePoint(NamedTuple):
    """One calculation as the alerts see it."""

    at: datetime
    score: int | None
    grade: HealthGrade | None
    provisional: bool = False


class AlertState(Carried):
    """What the alerts remember of a customer. A latch holds the score at which it fired; None is armed."""

    drop_fired: int | None = None
    trigger_fired: int | None = None
    at_risk: bool | None = None
    last_score: int | None = None
    seen: Instant | None = None


class HealthAlert(Carried):
    """One alert. ``previous`` is the score compared with: the window's high for a fall, the last one for a grade."""

    type: HealthAlertType
    severity: Severity
    at: Instant
    score: int
    grade: HealthGrade
    previous: int | None
    message: str


class AlertOutcome(NamedTuple):
    """What one calculation caused, and what to remember."""

    alerts: tuple[HealthAlert, ...] = ()
    triggers: tuple[str, ...] = ()
    state: AlertState = AlertState()
