"""A health score and its parts (sections 0.5 and 5 of the domain). Scores are 0..100; None is unknown, never 0."""

from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from models.base import Carried, Instant
from models.health_config import (
    AlertLimits,
    AppliesTo,
    ComponentDefinition,
    GradeThresholds,
    HealthConfig,
    HealthConfigs,
    MetricDefinition,
    NoteLimits,
)


class HealthGrade(StrEnum):
    """The letter of a score."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    F = "F"


class HealthTrend(StrEnum):
    """Where the whole score goes."""

    IMPROVING = "improving"
    STABLE = "stable"
    DECLINING = "declining"


class ComponentTrend(StrEnum):
    """Where one component goes (H4)."""

    UP = "up"
    STABLE = "stable"
    DOWN = "down"


class HealthFigures(NamedTuple):
    """The bare figures of one customer: component scores in the configuration's order, and what follows from them."""

    components: tuple[int | None, ...]
    score: int | None
    coverage: float
    provisional: bool
    grade: HealthGrade | None


class MetricDetail(Carried):
    """What one metric gave: its value and, on a scale of 0..100, its worth; both None without data."""

    name: str
    weight: float
    ideal: float
    value: float | None
    normalised: float | None

    @property
    def shown(self) -> str:
        """The worth in words."""
        return "no data" if self.normalised is None else f"{self.normalised:.0f}"


class HealthComponent(Carried):
    """One component; ``score`` is None when none of its metrics is known."""

    name: str
    weight: float
    score: int | None
    trend: ComponentTrend
    details: tuple[MetricDetail, ...]


class HealthNote(Carried):
    """A risk factor or an opportunity: a stable code, what it is about, the value seen, and words for a CSM."""

    code: str
    subject: str
    value: float | None
    text: str


class PreviousHealth(Carried):
    """What a new score is compared with: the last stored one. A provisional one counts as unknown (section 3.4)."""

    score: int | None
    provisional: bool = False
    components: dict[str, int | None] = Field(default_factory=dict)


class HealthScore(Carried):
    """One calculation. ``provisional`` ones cause nothing: no alert, no stage, no report."""

    score: int | None
    grade: HealthGrade | None
    trend: HealthTrend
    components: tuple[HealthComponent, ...]
    risk_factors: tuple[HealthNote, ...]
    opportunities: tuple[HealthNote, ...]
    coverage: float = Field(description="Share of the weights for which a value is known, 0..1.")
    provisional: bool
    last_calculated: Instant
    config_name: str
    config_version: str
    inputs: dict[str, float | None] = Field(description="Every metric that was looked at, as it was.")

    def as_previous(self) -> PreviousHealth:
        """For the next calculation."""
        parts = {component.name: component.score for component in self.components}
        return PreviousHealth(score=self.score, provisional=self.provisional, components=parts)


__all__ = [
    "AlertLimits",
    "AppliesTo",
    "ComponentDefinition",
    "ComponentTrend",
    "GradeThresholds",
    "HealthComponent",
    "HealthConfig",
    "HealthConfigs",
    "HealthFigures",
    "HealthGrade",
    "HealthNote",
    "HealthScore",
    "HealthTrend",
    "MetricDefinition",
    "MetricDetail",
    "NoteLimits",
    "PreviousHealth",
]
