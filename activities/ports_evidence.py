"""What messages and alerts may say of a customer, as a repository of a transaction; it only reads."""

from datetime import datetime
from decimal import Decimal
from typing import Protocol

from models.customer_period import CustomerPeriod
from models.evidence import Answered, Cancellation, Limit, Mention, OpenTicket, UnpaidInvoice
from models.nps_figures import Period


class Evidence(Protocol):
    """Nothing later than ``at`` is seen; None is not known, or none."""

    async def unpaid_invoice(self, customer: str, at: datetime) -> UnpaidInvoice | None:
        """The latest invoice whose payment failed and that is neither paid nor voided."""
        ...

    async def open_tickets(self, customer: str, at: datetime) -> list[OpenTicket]:
        """Open tickets, oldest first, at most twenty."""
        ...

    async def tightest_limit(self, customer: str, at: datetime) -> Limit | None:
        """The limit of which the largest share is used, as last reported."""
        ...

    async def cancellation(self, customer: str, at: datetime) -> Cancellation | None:
        """The open request to cancel."""
        ...

    async def nps_answer(self, customer: str, at: datetime) -> Answered | None:
        """The account's latest NPS answer."""
        ...

    async def competitor_ticket(self, customer: str, at: datetime) -> Mention | None:
        """The ticket that last named a competitor."""
        ...

    async def period(self, customer: str, period: Period) -> CustomerPeriod:
        """Counts of a period."""
        ...

    async def agreed_minutes(self, customer: str, at: datetime) -> Decimal | None:
        """Minutes that a conversation takes a person, as agreed by then; None: not agreed."""
        ...
