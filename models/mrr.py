"""MRR by month: the definitions by which it is counted, and the flows of a month (sections 0.3, 17 and 18.4, V7, V8).

Amounts are whole cents inside and Decimals outside. Logo churn counts accounts and revenue churn counts money; they are
different figures and never stand for each other.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Self

from pydantic import model_validator

from models.base import Instant, Value
from models.figure import Documented

CENTS = 100


class Overlap(StrEnum):
    """What an account pays while several of its subscriptions run."""

    SUM = "sum"
    LATEST_START = "latest_start"


class MrrDefinition(Documented):
    """How a subscription counts for a month.

    ``counts_on_end_day``: one that ends on the month's last day still counts for it. ``counts_trials``: what a trial
    states as its amount counts. ``text`` says all of it in words, and is what the hash is of.
    """

    overlap: Overlap
    counts_on_end_day: bool
    counts_trials: bool


class SpanRow(NamedTuple):
    """A subscription: running from a day, until the day on which it is over (None: it runs). ``mrr`` None: unknown."""

    account: str
    started: date
    ended: date | None
    mrr: Decimal | None
    trial: bool = False


class Statement(NamedTuple):
    """What an event said of a customer's subscription; ``mrr`` None: it named no amount."""

    account: str
    kind: str
    at: Instant
    event_id: str
    mrr: Decimal | None


class MonthFlow(Value):
    """What became of MRR between the end of one month and the end of ``month``; the identity holds or it is refused.

    ``new_mrr`` and ``new_customers`` are of accounts that had never paid at a month's end before; those that had, had
    stopped, and pay again are ``reactivation_mrr`` and ``reactivated_customers``.
    """

    month: date
    starting_mrr: Decimal
    new_mrr: Decimal
    reactivation_mrr: Decimal
    expansion_mrr: Decimal
    contraction_mrr: Decimal
    churned_mrr: Decimal
    ending_mrr: Decimal
    customers_start: int
    new_customers: int
    reactivated_customers: int
    churned_customers: int
    customers_end: int

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        came = self.new_mrr + self.reactivation_mrr + self.expansion_mrr
        if self.starting_mrr + came - self.contraction_mrr - self.churned_mrr != self.ending_mrr:
            raise ValueError(f"{self.month:%Y-%m}: the flows do not lead from the starting to the ending MRR")
        joined = self.new_customers + self.reactivated_customers
        if self.customers_start + joined - self.churned_customers != self.customers_end:
            raise ValueError(f"{self.month:%Y-%m}: the flows do not lead from the first to the last count of customers")
        return self

    @property
    def grr(self) -> float | None:
        """Gross revenue retention of the month; None where nothing was there to retain."""
        return ratio(self.starting_mrr - self.contraction_mrr - self.churned_mrr, self.starting_mrr)

    @property
    def nrr(self) -> float | None:
        """Net revenue retention of the month: with the expansion of those who were there, without anyone new."""
        kept = self.starting_mrr - self.contraction_mrr - self.churned_mrr + self.expansion_mrr
        return ratio(kept, self.starting_mrr)

    @property
    def logo_churn(self) -> float | None:
        """Share of the accounts paying at the start that pay nothing at the end."""
        return self.churned_customers / self.customers_start if self.customers_start else None

    @property
    def revenue_churn(self) -> float | None:
        """Share of the starting MRR that was lost with the accounts that left."""
        return ratio(self.churned_mrr, self.starting_mrr)

    def comparable(self) -> dict[str, str | int | float | None]:
        """The flat record for comparison with others' work: whoever pays again is among the new, so that it adds up."""
        return {
            "month": f"{self.month:%Y-%m}",
            "starting_mrr": number(self.starting_mrr),
            "new_mrr": number(self.new_mrr + self.reactivation_mrr),
            "expansion_mrr": number(self.expansion_mrr),
            "contraction_mrr": number(self.contraction_mrr),
            "churned_mrr": number(self.churned_mrr),
            "ending_mrr": number(self.ending_mrr),
            "customers_start": self.customers_start,
            "new_customers": self.new_customers + self.reactivated_customers,
            "churned_customers": self.churned_customers,
            "customers_end": self.customers_end,
            "grr": self.grr,
            "nrr": self.nrr,
            "logo_churn": self.logo_churn,
        }


class Trailing(Value):
    """What is left at the end of ``month`` of the MRR the opening cohort paid at the end of the month a year before."""

    month: date
    accounts: int
    opening_mrr: Decimal
    retained_mrr: Decimal
    present_mrr: Decimal
    lost_accounts: int

    @property
    def grr(self) -> float | None:
        """No account counts for more than it opened with."""
        return ratio(self.retained_mrr, self.opening_mrr)

    @property
    def nrr(self) -> float | None:
        """What the same accounts pay now by what they paid then."""
        return ratio(self.present_mrr, self.opening_mrr)

    @property
    def logo_churn(self) -> float | None:
        """Share of them that pay nothing now."""
        return self.lost_accounts / self.accounts if self.accounts else None


def ratio(part: Decimal, whole: Decimal) -> float | None:
    """A fraction; None of nothing."""
    return float(part / whole) if whole else None


def number(amount: Decimal) -> int | float:
    """An amount as a JSON number, whole where it is whole."""
    return int(amount) if amount == int(amount) else float(amount)
