"""The mapping file of an import: which files, which columns, and every choice the files themselves leave open.

A choice has no default: where two readings are possible (day before month, overlapping subscriptions, repeated ids)
the mapping says which one, or it is refused. Amounts are in one currency (section 0.1); plans and segments are those of
sections 0.2 and 4.4.
"""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from intake.csv.sections import Files
from models.base import Slug, Value
from models.enums import Plan
from models.events import Zone


class Overlaps(StrEnum):
    """What several paid subscriptions running at once amount to. The plan and the term are the latest started's."""

    LATEST_START = "latest_start"
    """A later one replaces the earlier: its amount and seats count alone."""
    SUM = "sum"
    """All of them run and are paid: amounts and seats add up."""


class RepeatedUsageIds(StrEnum):
    """What a usage id seen twice means. Whole identical rows count once under both."""

    KEEP_FIRST = "keep_first_identical_refuse_rest"
    """An id is one row: a later row that differs is refused."""
    DISTINCT_BY_ROW = "distinct_by_row"
    """Ids may collide: rows of another subscription, day or feature are other rows."""


class ServiceEnds(StrEnum):
    """What ends an account's service when subscriptions and churn events disagree."""

    SUBSCRIPTIONS = "subscription_end_dates"
    """It runs while a paid subscription runs; churn events are kept as history and decide nothing."""
    CHURN_EVENTS = "churn_events"
    """It also ends by a churn event later than every paid start; a reactivation resumes it."""


class Booleans(Value):
    """The words for true and false; any other is refused."""

    are_true: tuple[str, ...] = Field(min_length=1)
    are_false: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        both = sorted({*self.are_true} & {*self.are_false})
        if both:
            raise ValueError(f"'{both[0]}' is both true and false")
        return self


class Numbers(Value):
    """How numbers are written: the decimal mark, and what separates thousands (empty: nothing does)."""

    decimal_mark: Literal[".", ","]
    thousands_mark: Literal["", ".", ",", " ", "'"] = ""

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.decimal_mark == self.thousands_mark:
            raise ValueError("the decimal mark cannot also separate thousands")
        return self


class Mapping(Value):
    """One mapping file."""

    source: Slug
    encoding: Literal["utf-8", "cp1252", "iso-8859-1"]
    delimiter: Literal[",", ";", "\t", "|"]
    empty_values: tuple[str, ...] = Field(default=(), description="Cells that mean nothing, besides the empty one.")
    zone: Zone = Field(description="Zone of dates and of moments that state none.")
    booleans: Booleans
    numbers: Numbers
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    plans: dict[str, Plan] = Field(min_length=1)
    segment: Literal["by_plan", "by_column"]
    trial_days: Annotated[int, Field(ge=1, le=14)]
    overlaps: Overlaps
    repeated_usage_ids: RepeatedUsageIds
    service_ends_by: ServiceEnds
    assumptions: tuple[Annotated[str, Field(max_length=500)], ...] = Field(
        default=(), description="What is taken to be so though the files do not say it; shown in every report."
    )
    files: Files

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        by_column = self.files.accounts.columns.segment is not None
        if (self.segment == "by_column") is not by_column:
            raise ValueError("segment: by_column and files.accounts.columns.segment go together")
        if self.service_ends_by is ServiceEnds.CHURN_EVENTS and self.files.churn is None:
            raise ValueError("service_ends_by: churn_events needs files.churn")
        files = self.files
        sections = (files.accounts, files.subscriptions, files.usage, files.tickets, files.churn)
        names = [section.file for section in sections if section is not None]
        if len({*names}) < len(names):
            raise ValueError("files: two sections name the same file")
        return self
