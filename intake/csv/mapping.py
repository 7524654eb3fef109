"""The mapping file of an import: which files, which columns, and every choice the files themselves leave open.

A choice has no default: where two readings are possible (day before month, overlapping subscriptions, repeated ids)
the mapping says which one, or it is refused. Amounts are in one currency (section 0.1); plans and segments are those of
sections 0.2 and 4.4.
"""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from intake.csv.columns import CodeColumn, Column, DateColumn, TextColumn
from models.base import Slug, Value
from models.book import BillingFrequency
from models.enums import Plan, Segment, Severity
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


def _plain_name(value: str) -> str:
    if "/" in value or "\\" in value or value in (".", ".."):
        raise ValueError("expected the name of a file in the imported directory, without a path")
    return value


FileName = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_plain_name)]


class AccountColumns(Value):
    """Columns of the accounts' file."""

    id: Column
    name: Column | None = None
    first_name: Column | None = None
    email: Column | None = None
    industry: TextColumn | None = None
    country: TextColumn | None = None
    signup_date: DateColumn | None = None
    referral_source: TextColumn | None = None
    plan: Column | None = None
    segment: CodeColumn[Segment] | None = None
    seats: Column | None = None
    locale: TextColumn | None = None
    timezone: TextColumn | None = None


class SubscriptionColumns(Value):
    """Columns of the subscriptions' file; ``mrr`` is the amount of one month."""

    id: Column
    account: Column
    started: DateColumn
    ended: DateColumn | None = None
    plan: Column | None = None
    seats: Column | None = None
    mrr: Column | None = None
    currency: Column | None = None
    is_trial: Column | None = None
    upgraded: Column | None = None
    downgraded: Column | None = None
    churned: Column | None = None
    billing: CodeColumn[BillingFrequency] | None = None
    auto_renew: Column | None = None


class UsageColumns(Value):
    """Columns of the usage file: one feature used on one day."""

    id: Column
    subscription: Column
    day: DateColumn
    feature: Column
    count: Column
    duration_seconds: Column | None = None
    errors: Column | None = None
    is_beta: Column | None = None


class TicketColumns(Value):
    """Columns of the tickets' file."""

    id: Column
    account: Column
    opened: DateColumn
    closed: DateColumn | None = None
    severity: CodeColumn[Severity] | None = None
    first_response_minutes: Column | None = None
    csat: Column | None = None
    escalated: Column | None = None


class ChurnColumns(Value):
    """Columns of the cancellations and reactivations."""

    id: Column
    account: Column
    day: DateColumn
    reason: TextColumn | None = None
    after_upgrade: Column | None = None
    after_downgrade: Column | None = None
    reactivation: Column | None = None
    feedback: Column | None = None


class AccountsFile(Value):
    """The accounts."""

    file: FileName
    columns: AccountColumns


class SubscriptionsFile(Value):
    """The subscriptions."""

    file: FileName
    columns: SubscriptionColumns


class UsageFile(Value):
    """The usage."""

    file: FileName
    columns: UsageColumns


class TicketsFile(Value):
    """The tickets."""

    file: FileName
    columns: TicketColumns


class ChurnFile(Value):
    """The churn events."""

    file: FileName
    columns: ChurnColumns


class Files(Value):
    """The files of a book; usage, tickets and churn events may be absent, and are then unknown."""

    accounts: AccountsFile
    subscriptions: SubscriptionsFile
    usage: UsageFile | None = None
    tickets: TicketsFile | None = None
    churn: ChurnFile | None = None


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
        return self
