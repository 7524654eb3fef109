"""The NPS figures of a period, and whether NPS improved between two (section 11.3 of the domain).

Shares and rates are fractions 0..1; ``payload`` gives the specification's spelling with percents.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, JsonValue, model_validator

from models.base import Instant, Slug, Value

Fraction = Annotated[float, Field(ge=0, le=1)]
Nps = Annotated[int, Field(ge=-100, le=100)]


class Period(Value):
    """A half-open stretch of time: ``start`` belongs to it, ``end`` does not."""

    start: Instant
    end: Instant

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end <= self.start:
            raise ValueError("ends before it begins")
        return self


class ClassCount(Value):
    """How many respondents of a class; ``share`` is of all respondents, None when there are none (N2)."""

    count: Annotated[int, Field(ge=0)]
    share: Fraction | None


class ThemeCount(Value):
    """A theme and how many respondents touched it."""

    theme: Slug
    count: Annotated[int, Field(ge=1)]


class MonthNps(Value):
    """NPS of a month, ``sufficient`` only with enough respondents to be told."""

    month: date = Field(description="First day of the month, business calendar.")
    nps: Nps | None
    n: Annotated[int, Field(ge=0)]
    sufficient: bool


class NpsSample(Value):
    """Respondents, each counted once by their latest answer."""

    n: Annotated[int, Field(ge=0)]
    promoters: Annotated[int, Field(ge=0)]
    passives: Annotated[int, Field(ge=0)]
    detractors: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.promoters + self.passives + self.detractors != self.n:
            raise ValueError("promoters, passives and detractors must add up to n")
        return self


class KpiBand(StrEnum):
    """Where an operational KPI stands (section 18.6); ``acceptable`` is the gap between target and warning."""

    TARGET = "target"
    ACCEPTABLE = "acceptable"
    WARNING = "warning"
    CRITICAL = "critical"


class KpiBounds(Value):
    """Bounds of a KPI of which more is better: on target above ``target``, warned below ``warning``, and so on."""

    target: float
    warning: float
    critical: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.critical <= self.warning <= self.target:
            raise ValueError("expected critical <= warning <= target")
        return self


RESPONSE_RATE = KpiBounds(target=0.15, warning=0.10, critical=0.05)
SAMPLE_SIZE = KpiBounds(target=100, warning=50, critical=30)


class NpsMetrics(Value):
    """The figures of a period.

    ``surveys_open`` of the surveys sent may still be answered in time: until it is 0 the response rate can rise.
    """

    period: Period
    as_of: Instant
    total_responses: Annotated[int, Field(ge=0)]
    nps: Nps | None
    surveys_sent: Annotated[int, Field(ge=0)]
    surveys_answered: Annotated[int, Field(ge=0)]
    surveys_open: Annotated[int, Field(ge=0)]
    response_rate: Fraction | None
    promoters: ClassCount
    passives: ClassCount
    detractors: ClassCount
    trend: tuple[MonthNps, ...]
    top_positive_themes: tuple[ThemeCount, ...]
    top_negative_themes: tuple[ThemeCount, ...]
    reportable: bool
    representative: bool | None = Field(description="Response rate above 20% (N10); None when nothing was sent.")

    def payload(self) -> dict[str, JsonValue]:
        """The record as it leaves the system: camelCase, percents 0..100."""

        def of_class(one: ClassCount) -> dict[str, JsonValue]:
            return {"count": one.count, "percentage": _percent(one.share)}

        def of_themes(counted: tuple[ThemeCount, ...]) -> list[JsonValue]:
            return [{"theme": one.theme, "count": one.count} for one in counted]

        return {
            "period": {"start": self.period.start.isoformat(), "end": self.period.end.isoformat()},
            "totalResponses": self.total_responses,
            "nps": self.nps,
            "responseRate": _percent(self.response_rate),
            "promoters": of_class(self.promoters),
            "passives": of_class(self.passives),
            "detractors": of_class(self.detractors),
            "trend": [
                {"month": f"{one.month:%Y-%m}", "nps": one.nps, "n": one.n, "sufficient": one.sufficient}
                for one in self.trend
            ],
            "topPositiveThemes": of_themes(self.top_positive_themes),
            "topNegativeThemes": of_themes(self.top_negative_themes),
            "reportable": self.reportable,
        }


class NpsImprovement(Value):
    """Whether NPS rose by more than chance would. ``improved`` None: cannot tell, and why."""

    before: Nps | None
    after: Nps | None
    difference: float | None = Field(description="Points, unrounded.")
    standard_error: float | None = Field(description="Points, of the difference.")
    z: float | None = Field(description="None also when neither sample varies at all.")
    p_value: Fraction | None
    improved: bool | None
    reason: str


def _percent(fraction: float | None) -> float | None:
    return None if fraction is None else round(fraction * 100, 10)
