"""Reading money: the billing system is the source of truth for subscriptions and invoices."""

from datetime import datetime
from typing import Protocol

from models.outside import Page, Receipt
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

    async def customer_of(self, billing_customer: str) -> tuple[str | None, str | None]:
        """Our id and the e-mail address of its customer, where it knows them."""
        ...

    async def invoice_link(self, invoice: str) -> str | None:
        """The page on which a customer sees and pays this invoice, where there is one."""
        ...

    async def portal_link(self, billing_customer: str, return_url: str, key: str) -> str:
        """A page where the customer pays or changes the card."""
        ...

    async def send_invoice(self, invoice: str, key: str) -> Receipt:
        """The open invoice, mailed by the billing system once more."""
        ...
