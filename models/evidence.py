"""What messages and alerts may say of a customer, read from its rows (sections 7.2, 9 and 12 of the domain)."""

from decimal import Decimal

from pydantic import JsonValue

from models.base import Carried, Instant


class UnpaidInvoice(Carried):
    """The latest invoice whose payment failed and that is neither paid nor voided."""

    id: str
    amount: Decimal | None = None
    currency: str | None = None
    failed_at: Instant


class OpenTicket(Carried):
    """A ticket that is open."""

    id: str
    opened: Instant


class Limit(Carried):
    """The tightest of the plan's limits; ``share`` is 0..1 and above when over."""

    name: str
    used: int
    allowed: int

    @property
    def share(self) -> Decimal:
        """Used of allowed."""
        return Decimal(self.used) / Decimal(self.allowed)


class Cancellation(Carried):
    """The open request to cancel."""

    id: str
    requested_at: Instant
    effective_at: Instant | None = None


class Answered(Carried):
    """The account's latest NPS answer. ``feedback`` is untrusted text."""

    id: str
    score: int
    feedback: str = ""
    submitted_at: Instant
    followed_up: bool = False


class Mention(Carried):
    """A ticket that named a competitor."""

    ticket: str
    at: Instant


def told(value: Carried | None) -> dict[str, JsonValue]:
    """As data of an alert; nothing where there is nothing."""
    return {} if value is None else value.model_dump(mode="json", exclude_none=True)
