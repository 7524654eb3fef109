"""Deals and drafts, as repositories of a transaction; and the approved list of what may be said and offered."""

from datetime import date, datetime
from typing import Protocol

from models.deals import Deal, DealKind, DealStatus, Draft, DraftKind
from models.enums import Plan
from models.offers import News, Offer, PlanOption


class Deals(Protocol):
    """One deal for each customer, kind and subject."""

    async def open(self, deal: Deal) -> bool:
        """Store it; False if there is one of that kind and subject."""
        ...

    async def get(self, customer: str, kind: DealKind, subject: str) -> Deal | None:
        """The deal, or None."""
        ...

    async def of(self, customer: str) -> list[Deal]:
        """The customer's, oldest first."""
        ...

    async def settle(self, customer: str, kind: DealKind, subject: str, status: DealStatus, at: datetime) -> bool:
        """How it ended; False if there is none that is pending."""
        ...

    async def classed(self, customer: str, kind: DealKind, subject: str, likelihood: str, at: datetime) -> None:
        """The class of a pending renewal, where it is opened already."""
        ...


class Drafts(Protocol):
    """One draft for each customer, kind and subject."""

    async def add(self, draft: Draft) -> bool:
        """Store it; False if there is one of that kind and subject by another key."""
        ...

    async def get(self, customer: str, kind: DraftKind, subject: str) -> Draft | None:
        """The draft, or None."""
        ...

    async def of(self, customer: str) -> list[Draft]:
        """The customer's, oldest first."""
        ...


class ApprovedList(Protocol):
    """What may be said and offered (``models.offers.Approved``)."""

    @property
    def save_offers(self) -> tuple[Offer, ...]:
        """To keep a customer."""
        ...

    @property
    def return_offers(self) -> tuple[Offer, ...]:
        """To win one back."""
        ...

    def above(self, plan: Plan | None) -> tuple[PlanOption, ...]:
        """Plans above this one."""
        ...

    def news_by(self, day: date, most: int = 3) -> tuple[News, ...]:
        """What is released by that day, newest first."""
        ...
