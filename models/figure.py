"""A figure with its evidence, or "cannot tell" with the reason (sections 0.1 and 18 of the domain).

A figure knows of how many it was taken, how sure it is, of which period and as of when, who was counted, by which query
and how fresh its sources are. Turning one into text (``str``, an f-string, a template) always gives n and the interval
too, see :mod:`models.figure_text`: there is no way to a bare number but asking for ``value``.
"""

import hashlib
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, PlainSerializer, model_validator

from models.base import Instant, Slug, Value
from models.figure_text import in_words, short
from models.nps_figures import Period


def _plain(value: Decimal | float | int) -> float | int:
    """A JSON number: whole where it is whole."""
    return int(value) if value == int(value) else float(value)


Number = Annotated[Decimal | int | float, PlainSerializer(_plain, return_type=float | int, when_used="json")]
"""Money is a Decimal; in JSON every number is a number."""


class Unit(StrEnum):
    """What a figure is counted in. Fractions are 0..1 (NRR may be above) and percent only when shown (G4)."""

    FRACTION = "fraction"
    MONEY = "money"
    COUNT = "count"
    NPS = "nps_points"
    CSAT = "csat_1_to_5"
    SCORE = "score_0_to_100"
    DAYS = "days"
    HOURS = "hours"
    PER_WEEK = "per_week"
    INDEX = "index"
    """A bare number on a scale of its own: an area under a curve, a Brier score."""


class Interval(Value):
    """Where the true value lies, in the figure's unit; ``high`` None: further than the data tell (censoring)."""

    low: Number | None
    high: Number | None
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95
    method: str

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low is not None and self.high is not None and self.high < self.low:
            raise ValueError("the high end lies below the low end")
        return self


class Documented(Value):
    """Something named, versioned and written out: a definition or a query. Its hash is that of its text."""

    name: Slug
    version: Annotated[int, Field(ge=1)]
    text: str

    @property
    def ref(self) -> "Reference":
        """What a figure carries of it."""
        return Reference(name=self.name, version=self.version, sha256=hashlib.sha256(self.text.encode()).hexdigest())


class Reference(Value):
    """Name, version and hash of a definition or query whose text can be printed (``starter.py metrics --explain``)."""

    name: Slug
    version: Annotated[int, Field(ge=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    def __str__(self) -> str:
        return f"{self.name} v{self.version} ({self.sha256[:12]})"


class SourceFreshness(Value):
    """When a source last said that all it knew had been told; None: never.

    ``judged`` False: it tells at its own pace (a survey a quarter), so its age is shown and not held against it.
    """

    source: str
    reported_at: Instant | None
    as_of: Instant
    judged: bool = True

    @property
    def age(self) -> timedelta | None:
        """How old that is; None: unknown."""
        return None if self.reported_at is None else self.as_of - self.reported_at

    @property
    def hours(self) -> float | None:
        """The same in hours (V12)."""
        return None if self.age is None else self.age / timedelta(hours=1)


class Figure(Value):
    """One figure.

    ``value`` is None exactly when ``reason`` says why it cannot be told. A known value has ``n`` (``of`` what) and
    either an ``interval`` or ``no_interval``, the reason there is none (a census samples nothing).
    """

    name: Slug
    label: str
    unit: Unit
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    value: Number | None
    reason: str = ""
    n: Annotated[int, Field(ge=0)] | None
    of: str = Field(description="What n counts: accounts, answers, invoices.")
    numerator: Number | None = None
    denominator: Number | None = None
    interval: Interval | None = None
    no_interval: str = ""
    period: Period | None = Field(description="Half-open; None: the state at ``as_of``.")
    as_of: Instant
    cohort: Reference = Field(description="Who is counted, and how.")
    query: Reference
    sources: tuple[SourceFreshness, ...] = ()
    notes: tuple[str, ...] = Field(default=(), description="Anomalies and changes of method (section 18.5).")

    @model_validator(mode="after")
    def _told_with_its_evidence(self) -> Self:
        if (self.value is None) is (not self.reason):
            raise ValueError("either a value, or the reason there is none")
        if self.value is not None:
            if self.n is None:
                raise ValueError("a value without n is not a figure")
            if (self.interval is None) is (not self.no_interval):
                raise ValueError("a value needs an interval, or the reason it has none")
        elif self.interval is not None:
            raise ValueError("no value, so no interval either")
        if self.unit is Unit.MONEY and self.currency is None:
            raise ValueError("money needs its currency")
        return self

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    def short(self) -> str:
        """For a cell of a table: the value, n and the interval."""
        return short(self)

    def __str__(self) -> str:
        return in_words(self)

    def __format__(self, spec: str) -> str:
        """Never a bare number: a format for numbers is refused."""
        if spec not in ("", "short"):
            raise ValueError(f"a figure is written with its evidence; it takes no format {spec!r} but 'short'")
        return self.short() if spec else str(self)
