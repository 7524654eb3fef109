"""Invoices, requests to cancel, renewals (sections 0.3, 3.4 and 14.2 of the domain)."""

from activities.ports import Transaction
from intake.facts_reading import Handler, Heard, Reading
from models import event_data as said
from models.deals import DealKind, DealStatus
from models.errors import BadInput
from models.event_kinds import EventType
from models.events import Event
from models.stages import RenewalStatus
from models.told import Told

_STATUS = {
    said.RenewalDecision.RENEWED: RenewalStatus.COMPLETED,
    said.RenewalDecision.DECLINED: RenewalStatus.DECLINED,
}


def _one_currency(given: str | None, reading: Reading) -> None:
    if given is not None and given != reading.currency:
        raise BadInput(f"is {given}; amounts here are in {reading.currency}", field="data.currency")


async def _issued(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.InvoiceIssued)
    _one_currency(data.currency, reading)
    await tx.billing_told.issued(told, data.invoice_id, data.amount, data.currency, data.due_at)
    return Heard()


async def _paid(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.InvoicePaid)
    await tx.billing_told.paid(told, data.invoice_id)
    return Heard()


async def _failed(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.PaymentFailed)
    _one_currency(data.currency, reading)
    await tx.billing_told.failed(told, data.invoice_id, data.amount, data.currency)
    return Heard()


async def _voided(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.InvoiceVoided)
    await tx.billing_told.voided(told, data.invoice_id)
    return Heard()


async def _cancel(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.CancellationRequested)
    await tx.billing_told.cancel(told, data.request_id, data.reason, data.effective_at)
    return Heard()


async def _withdraw(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.CancellationWithdrawn)
    await tx.billing_told.withdraw(told, data.request_id)
    return Heard()


async def _renewal(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    """Of which term, where it is not said: the one that ends next, as the customer stands."""
    data = event.said()
    assert isinstance(data, said.RenewalDecided)
    customer = await tx.customers.get(told.customer)
    term = data.term_end or (customer.renewal_date if customer else None) or event.occurred_at.date()
    await tx.billing_told.renewal(told, term, _STATUS[data.decision].value)
    # The deal of the term, where a renewal play opened one, ends with it.
    settled = DealStatus(_STATUS[data.decision].value)
    await tx.deals.settle(told.customer, DealKind.RENEWAL, term.isoformat(), settled, told.at)
    await tx.facts.add_response(told.customer, "renewal_decision", told.at, told.key)
    return Heard()


HANDLERS: dict[EventType, Handler] = {
    EventType.INVOICE_ISSUED: _issued,
    EventType.INVOICE_PAID: _paid,
    EventType.PAYMENT_FAILED: _failed,
    EventType.INVOICE_VOIDED: _voided,
    EventType.CANCELLATION_REQUESTED: _cancel,
    EventType.CANCELLATION_WITHDRAWN: _withdraw,
    EventType.RENEWAL_DECIDED: _renewal,
}
