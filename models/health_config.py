"""How health is measured: components, weights, ideals, grades and limits (section 5 of the domain).

Limits have the stated values as defaults; the stated components stand in ``config/health.yaml``. Every value is checked
when it is made, so a configuration that exists is usable.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from itertools import product
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from models.base import Delay, Slug, Value
from models.enums import LifecycleStage, Segment
from models.health_metrics import METRICS

_WEIGHTS_WITHIN = 1e-9

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Weight = Annotated[float, Field(strict=True, gt=0, le=1)]
Score = Annotated[int, Field(strict=True, ge=0, le=100)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\n\r]+$")]


class MetricDefinition(Value):
    """One metric of a component: its share, the value that earns 100, and for inverse ones the value that earns 0."""

    name: Slug
    weight: Weight
    inverse: Annotated[bool, Field(strict=True)] = False
    ideal: Number
    worst: Number | None = Field(default=None, validate_default=True)

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in METRICS:
            raise ValueError(f"unknown metric '{name}'; known: {', '.join(sorted(METRICS))}")
        return name

    @field_validator("ideal")
    @classmethod
    def _reachable(cls, ideal: float, info: ValidationInfo) -> float:
        if not info.data.get("inverse") and ideal <= 0:
            raise ValueError(f"ideal {ideal:g} must be above 0 unless the metric is inverse")
        return ideal

    @field_validator("worst")
    @classmethod
    def _beyond_ideal(cls, worst: float | None, info: ValidationInfo) -> float | None:
        inverse, ideal = info.data.get("inverse"), info.data.get("ideal")
        if inverse is None or ideal is None:
            return worst  # told already
        if not inverse and worst is not None:
            raise ValueError("worst is for inverse metrics only")
        if inverse and (worst is None or worst <= ideal):
            raise ValueError(f"an inverse metric needs a worst above its ideal {ideal:g}")
        return worst


class ComponentDefinition(Value):
    """One part of the score and its metrics."""

    name: Title
    weight: Weight
    metrics: tuple[MetricDefinition, ...] = Field(min_length=1)

    @field_validator("metrics")
    @classmethod
    def _whole(cls, metrics: tuple[MetricDefinition, ...]) -> tuple[MetricDefinition, ...]:
        _check_weights(metrics)
        return metrics


class GradeThresholds(Value):
    """The lowest score of each grade; below D is F."""

    A: Score = 80
    B: Score = 60
    C: Score = 40
    D: Score = 20

    @field_validator("B", "C", "D")
    @classmethod
    def _ordered(cls, value: int, info: ValidationInfo) -> int:
        above = list(info.data.items())
        if above and value >= above[-1][1]:
            raise ValueError(f"threshold {value} must be below {above[-1][0]}'s {above[-1][1]}")
        return value


class NoteLimits(Value):
    """When a value is told as a risk (5.3) or an opportunity (5.4); ``above`` and ``below`` exclude the limit."""

    component_below: Number = 40
    days_without_login_above: Number = 7
    open_tickets_above: Number = 3
    detractor_up_to: Number = 6
    feature_adoption_below: Number = 0.5
    promoter_from: Number = 9
    growth_potential_above: Number = 0.7
    usage_of_limit_above: Number = 0.8


class AlertLimits(Value):
    """When a fall is told (5.5, H6), in points of the score."""

    window: Delay = Field(default=timedelta(days=30), gt=timedelta(0))
    drop_above: Score = 15
    trigger_from: Score = 20
    rearm_within: Score = 5
    rearm_further: Annotated[int, Field(strict=True, ge=1, le=100)] = 10

    @field_validator("trigger_from")
    @classmethod
    def _deeper(cls, value: int, info: ValidationInfo) -> int:
        if value <= info.data.get("drop_above", 0):
            raise ValueError(f"trigger_from {value} must be above drop_above {info.data['drop_above']}")
        return value

    @field_validator("rearm_within")
    @classmethod
    def _recovered(cls, value: int, info: ValidationInfo) -> int:
        if value > info.data.get("drop_above", 100):
            raise ValueError(f"rearm_within {value} must not be above drop_above {info.data['drop_above']}")
        return value


class AppliesTo(Value):
    """Whom a configuration is for; an empty list is everyone, both empty is the default of the file."""

    segments: tuple[Segment, ...] = ()
    stages: tuple[LifecycleStage, ...] = ()

    def everyone(self) -> bool:
        """Whether this is the default."""
        return not self.segments and not self.stages

    def covers(self, segment: Segment | None, stage: LifecycleStage | None) -> bool:
        """Whether such a customer is meant; an unknown segment or stage is in no list."""
        return (not self.segments or segment in self.segments) and (not self.stages or stage in self.stages)


class HealthConfig(Value):
    """One way to measure health (5.1)."""

    name: Slug
    applies_to: AppliesTo = AppliesTo()
    components: tuple[ComponentDefinition, ...] = Field(min_length=1)
    thresholds: GradeThresholds = GradeThresholds()
    minimum_coverage: Annotated[float, Field(strict=True, ge=0, le=1)] = 0.5
    trend_beyond: Score = 5
    notes: NoteLimits = NoteLimits()
    alerts: AlertLimits = AlertLimits()

    @field_validator("components")
    @classmethod
    def _whole(cls, components: tuple[ComponentDefinition, ...]) -> tuple[ComponentDefinition, ...]:
        _check_weights(components)
        return components

    def version(self) -> str:
        """First 12 hex digits of the SHA-256 of what it measures; whom it applies to changes no score."""
        return hashlib.sha256(self.model_dump_json(exclude={"applies_to"}).encode()).hexdigest()[:12]

    def metrics(self) -> tuple[str, ...]:
        """Names of the weighed metrics, in order."""
        return tuple(metric.name for component in self.components for metric in component.metrics)


class HealthConfigs(Value):
    """The configurations of a company: exactly one applies to any customer (H8)."""

    configurations: tuple[HealthConfig, ...] = Field(min_length=1)

    @field_validator("configurations")
    @classmethod
    def _one_for_each(cls, configurations: tuple[HealthConfig, ...]) -> tuple[HealthConfig, ...]:
        _check_unique(one.name for one in configurations)
        defaults = [one.name for one in configurations if one.applies_to.everyone()]
        if len(defaults) != 1:
            found = ", ".join(defaults) or "none"
            raise ValueError(f"one configuration must be the default, without applies_to, and one only; found {found}")
        for segment, stage in product((None, *Segment), (None, *LifecycleStage)):
            meant = [one.name for one in configurations if _special(one) and one.applies_to.covers(segment, stage)]
            if len(meant) > 1:
                who = f"segment {segment or 'unknown'}, stage {stage or 'unknown'}"
                raise ValueError(f"{' and '.join(meant)} both apply to {who}")
        return configurations

    def of(self, segment: Segment | None, stage: LifecycleStage | None) -> HealthConfig:
        """The one that applies to such a customer: a special one, else the default."""
        fitting = (one for one in self.configurations if _special(one) and one.applies_to.covers(segment, stage))
        return next(fitting, None) or self.default()

    def default(self) -> HealthConfig:
        """The one for everyone whom no other names."""
        return next(one for one in self.configurations if not _special(one))


def _special(one: HealthConfig) -> bool:
    return not one.applies_to.everyone()


def _check_weights(parts: tuple[MetricDefinition, ...] | tuple[ComponentDefinition, ...]) -> None:
    _check_unique(part.name for part in parts)
    total = math.fsum(part.weight for part in parts)
    if abs(total - 1) > _WEIGHTS_WITHIN:
        raise ValueError(f"weights sum to {total:.10g}, not 1")


def _check_unique(names: Iterable[str]) -> None:
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise ValueError(f"named twice: {', '.join(twice)}")
