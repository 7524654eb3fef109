"""What quarterly reviews need from the outside (section 12 of the domain)."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol

from models.agreed_input import AgreedInput
from models.customer_period import CustomerPeriod
from models.nps_figures import Period
from models.qbr import QbrAgenda, StoredQbr
from models.review_inputs import Gathered

MakeAgenda = Callable[[Gathered], QbrAgenda]
"""Puts a review together: the roots give ``analysis.review.agenda``."""


class Periods(Protocol):
    """What was measured of a customer."""

    async def read(self, customer: str, period: Period) -> CustomerPeriod:
        """Counts of the period, as known at its end."""
        ...


class Reviews(Protocol):
    """Quarterly reviews and the numbers agreed for them."""

    async def draft(self, review: StoredQbr) -> StoredQbr:
        """Keep a draft in place of an earlier one. Raises Refused when the quarter's review is approved already."""
        ...

    async def approve(self, id_: str, *, by: str, at: datetime) -> StoredQbr:
        """A named person approves exactly what is kept."""
        ...

    async def held(self, id_: str, *, on: date, notes: str) -> StoredQbr:
        """The meeting took place. Raises Refused for a draft."""
        ...

    async def get(self, id_: str) -> StoredQbr:
        """That one. Raises NotFound."""
        ...

    async def of_quarter(self, customer: str, quarter: str) -> StoredQbr | None:
        """The customer's review of a quarter such as ``2026-Q1``."""
        ...

    async def of(self, customer: str) -> list[StoredQbr]:
        """The customer's reviews, oldest quarter first."""
        ...

    async def agree(self, agreed: AgreedInput) -> None:
        """Keep a number the customer agreed to."""
        ...

    async def agreed(self, customer: str, *, as_of: datetime) -> Sequence[AgreedInput]:
        """The latest of each number, as agreed by then."""
        ...
