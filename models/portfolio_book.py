"""What a portfolio report says beside its figures: the months' MRR, the book by group, and the exception lists."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from models.base import Value
from models.exception_list import ExceptionRow
from models.figure import Figure
from models.mrr import MonthFlow


class Member(NamedTuple):
    """A customer's present groups; None: unknown."""

    customer: str
    stage: str | None
    segment: str | None
    manager: str | None


class Dimension(StrEnum):
    """What the book is divided by, as the customers stand now."""

    STAGE = "stage"
    SEGMENT = "segment"
    MANAGER = "manager"


class Group(Value):
    """The customers of one stage, segment or manager; ``name`` None: it is not known of them."""

    dimension: Dimension
    name: str | None
    customers: Figure
    mrr: Figure
    mrr_before: Figure
    nrr: Figure
    logo_churn: Figure
    health: Figure


class MonthTold(Value):
    """One month: its flows, checked to add up, and its rates."""

    flow: MonthFlow
    ending_mrr: Figure
    grr: Figure
    nrr: Figure
    revenue_churn: Figure
    logo_churn: Figure


class Step(Value):
    """One bar of the period's waterfall, and the same of the period before. ``sign``: 0 a total, +1 adds, -1 takes."""

    sign: int
    now: Figure
    before: Figure


class PortfolioBook(Value):
    """All of it, as of the report."""

    steps: tuple[Step, ...]
    months: tuple[MonthTold, ...]
    groups: tuple[Group, ...]
    exceptions: tuple[ExceptionRow, ...]
    exceptions_figure: Figure

    def of(self, dimension: Dimension) -> tuple[Group, ...]:
        """The groups of one dimension."""
        return tuple(one for one in self.groups if one.dimension is dimension)


class Planted(Value):
    """A month of a made book: what was put in by hand, and what the metrics found."""

    month: date
    planted: str
    found: Figure


class Demonstration(Value):
    """A made book: never evidence, never published. ``situation`` is the scenario of section 15."""

    name: str
    title: str
    situation: str
    seed: int
    accounts: int
    planted: tuple[Planted, ...]
    label: str = "demonstration on made data, not a result"
