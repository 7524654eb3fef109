"""Reading money: the billing system is the source of truth for subscriptions and invoices."""

from datetime import datetime
from typing import Protocol

from models.outside import Page
from models.outside_billing import OutsideInvoice, OutsideSubscription


class BillingReader(Protocol):
    """A billing system."""

    async def subscriptions(
        self, cursor: str | None = None, *, billing_customer: str | None = None
    ) -> Page[OutsideSubscription]:
        """Every subscription, ended ones too."""
        ...

    async def invoices(
        self, cursor: str | None = None, *, created_from: datetime | None = None
    ) -> Page[OutsideInvoice]:
        """Every invoice created since."""
        ...

    async def invoice_link(self, invoice: str) -> str | None:
        """The page on which a customer sees and pays this invoice, where there is one."""
        ...
