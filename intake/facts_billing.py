"""Invoices, requests to cancel, renewals (sections 0.3, 3.4 and 14.2 of the domain)."""

from activities.ports import Transaction
from intake.facts_reading import Handler, Reading, of
from models import event_data as said
from models.deals import DealKind, DealStatus
from models.errors import BadInput
from models.event_kinds import EventType
from models.stages import RenewalStatus
from models.told import Told

_STATUS = {
    said.RenewalDecision.RENEWED: RenewalStatus.COMPLETED,
    said.RenewalDecision.DECLINED: RenewalStatus.DECLINED,
}


def _one_currency(given: str | None, reading: Reading) -> None:
    if given is not None and given != reading.currency:
        raise BadInput(f"is {given}; amounts here are in {reading.currency}", field="data.currency")


async def _issued(tx: Transaction, data: said.InvoiceIssued, told: Told, reading: Reading) -> None:
    _one_currency(data.currency, reading)
    await tx.billing_told.issued(told, data.invoice_id, data.amount, data.currency, data.due_at)


async def _paid(tx: Transaction, data: said.InvoicePaid, told: Told, reading: Reading) -> None:
    await tx.billing_told.paid(told, data.invoice_id)


async def _failed(tx: Transaction, data: said.PaymentFailed, told: Told, reading: Reading) -> None:
    _one_currency(data.currency, reading)
    await tx.billing_told.failed(told, data.invoice_id, data.amount, data.currency)


async def _voided(tx: Transaction, data: said.InvoiceVoided, told: Told, reading: Reading) -> None:
    await tx.billing_told.voided(told, data.invoice_id)


async def _cancel(tx: Transaction, data: said.CancellationRequested, told: Told, reading: Reading) -> None:
    await tx.billing_told.cancel(told, data.request_id, data.reason, data.effective_at)


async def _withdraw(tx: Transaction, data: said.CancellationWithdrawn, told: Told, reading: Reading) -> None:
    await tx.billing_told.withdraw(told, data.request_id)


async def _renewal(tx: Transaction, data: said.RenewalDecided, told: Told, reading: Reading) -> None:
    """Of which term, where it is not said: the one that ends next, as the customer stands."""
    customer = await tx.customers.get(told.customer)
    term = data.term_end or (customer.renewal_date if customer else None) or told.at.date()
    await tx.billing_told.renewal(told, term, _STATUS[data.decision].value)
    # The deal of the term, where a renewal play opened one, ends with it.
    settled = DealStatus(_STATUS[data.decision].value)
    await tx.deals.settle(told.customer, DealKind.RENEWAL, term.isoformat(), settled, told.at)
    await tx.facts.add_response(told.customer, "renewal_decision", told.at, told.key)


HANDLERS: dict[EventType, Handler] = {
    EventType.INVOICE_ISSUED: of(said.InvoiceIssued, _issued),
    EventType.INVOICE_PAID: of(said.InvoicePaid, _paid),
    EventType.PAYMENT_FAILED: of(said.PaymentFailed, _failed),
    EventType.INVOICE_VOIDED: of(said.InvoiceVoided, _voided),
    EventType.CANCELLATION_REQUESTED: of(said.CancellationRequested, _cancel),
    EventType.CANCELLATION_WITHDRAWN: of(said.CancellationWithdrawn, _withdraw),
    EventType.RENEWAL_DECIDED: of(said.RenewalDecided, _renewal),
}
