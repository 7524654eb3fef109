"""The files of a book and their columns, by the fields of ``models.book``. What no column gives stays unknown."""

from typing import Annotated

from pydantic import AfterValidator, Field

from intake.csv.columns import CodeColumn, Column, DateColumn, TextColumn
from models.base import Value
from models.book import BillingFrequency
from models.enums import Segment, Severity


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
