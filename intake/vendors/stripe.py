"""Stripe: subscriptions, invoices, failed payments (the source of truth for money, section 18.5 of the domain).

Signature: ``Stripe-Signature: t=…,v1=…``, hex HMAC-SHA256 of ``t.body``, 5 minutes. Event id: ``id``; moments:
``created``. Deliveries come in any order: the state of a subscription is stale when a later one is known, and what
happened at a moment carries that moment.
"""

from datetime import datetime

from pydantic import SecretStr

from intake.vendors import stripe_money as money
from intake.vendors.node import Node, data, given, loads
from intake.vendors.scheme import MINUTES_5, Call, fits, fresh, from_hex, header, stamped
from intake.vendors.vendor import Arrival, Terms, Vendor, body_of
from models.vendor import OWN_ID, Notice, Ref, Said

NAME = "stripe"

_PAID = ("active", "past_due")
_BEFORE = ("incomplete", "trialing", "unpaid", "canceled", "paused", "incomplete_expired")
_OVER = ("canceled", "unpaid", "incomplete_expired")
_INVOICE = {
    "invoice.finalized": "invoice_issued",
    "invoice.paid": "invoice_paid",
    "invoice.payment_failed": "payment_failed",
    "invoice.voided": "invoice_voided",
}
_SILENT = (
    "invoice.created", "invoice.updated", "invoice.payment_succeeded", "invoice.payment_action_required",
    "invoice.upcoming", "invoice.sent", "invoice.deleted", "invoice.marked_uncollectible", "invoice.overdue",
    "invoice.will_be_due", "invoice.finalization_failed", "customer.subscription.trial_will_end",
    "customer.subscription.paused", "customer.subscription.resumed", "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired", "customer.deleted",
)  # fmt: skip


def verify(secret: SecretStr, call: Call, wall: datetime) -> None:
    """Stripe's scheme, version 1."""
    stamp, signatures = stamped(header(call, "stripe-signature"))
    fresh(stamp, wall, within=MINUTES_5)
    fits(secret, stamp.encode() + b"." + call.body, map(from_hex, signatures))


def read(arrival: Arrival) -> list[Notice]:
    """One event a body."""
    return [notice(loads(arrival.body))]


def notice(event: object) -> Notice:
    """An event object, as delivered and as listed by ``GET /v1/events``."""
    node = Node(event)
    return Notice(
        id=node["id"].must_ident(),
        kind=node["type"].must().text() or "unknown",
        at=given(node["created"].unix(), node["created"]),
        body=body_of(event),
    )


def interpret(event: Notice, terms: Terms) -> list[Said] | None:
    """Subscriptions, invoices, and who a customer is."""
    node = Node(event.body)
    about = node["data"]["object"].must()
    if event.kind in _INVOICE:
        return [_invoice(event, about)]
    if event.kind == "customer.subscription.created":
        return _created(event, about, terms)
    if event.kind == "customer.subscription.updated":
        return _updated(event, about, node["data"]["previous_attributes"], terms)
    if event.kind == "customer.subscription.deleted":
        return [_cancelled(event, about)]
    if event.kind in ("customer.created", "customer.updated"):
        return [_introduction(event, about)]
    return [] if event.kind in _SILENT else None


def _said(event: Notice, about: Node, kind: str, suffix: str = "", **more: object) -> Said:
    """A statement about the customer of an object."""
    customer = about["customer"]
    expanded = customer if isinstance(customer.value, dict) else Node(None)
    account = (customer["id"] if isinstance(customer.value, dict) else customer).must_ident()
    own = about["metadata"][OWN_ID].text(128) or expanded["metadata"][OWN_ID].text(128) or _of_parent(about)
    return Said.model_validate(
        {
            "type": kind,
            "event_id": event.id + suffix,
            "at": event.at,
            "refs": (Ref(system=NAME, id=f"customer:{account}"),),
            "customer": own,
            "email": about["customer_email"].email() or expanded["email"].email(),
            "name": about["customer_name"].text() or expanded["name"].text(),
            **more,
        }
    )


def _of_parent(invoice: Node) -> str | None:
    """Our id in the metadata of the subscription that an invoice is for; its place moved between API versions."""
    for parent in (invoice["parent"], invoice):
        details = parent["subscription_details"]
        if isinstance(details.value, dict):
            return details["metadata"][OWN_ID].text(128)
    return None


def _introduction(event: Notice, about: Node) -> Said:
    return Said(
        event_id=event.id,
        at=event.at,
        refs=(Ref(system=NAME, id=f"customer:{about['id'].must_ident()}"),),
        customer=about["metadata"][OWN_ID].text(128),
        email=about["email"].email(),
        name=about["name"].text(),
    )


def _invoice(event: Notice, about: Node) -> Said:
    kind = _INVOICE[event.kind]
    told = data(invoice_id=about["id"].must_ident())
    if kind in ("invoice_issued", "payment_failed"):
        currency = money.currency(about)
        due = about["due_date"].unix() if kind == "invoice_issued" else None
        told |= data(amount=money.amount(about["amount_due"], currency), currency=currency, due_at=due)
    return _said(event, about, kind, data=told)


def _created(event: Notice, about: Node, terms: Terms) -> list[Said]:
    status = about["status"].text()
    if status == "trialing":
        return [_trial(event, about, terms)]
    return [_bought(event, about, terms)] if status in _PAID else []


def _updated(event: Notice, about: Node, before: Node, terms: Terms) -> list[Said]:
    status, earlier = about["status"].text(), before["status"].text()
    says: list[Said] = []
    if earlier in _BEFORE and status in _PAID:
        says.append(_bought(event, about, terms))
    elif earlier == "incomplete" and status == "trialing":
        says.append(_trial(event, about, terms))
    elif earlier is not None and earlier not in _OVER and status in _OVER:
        return [_cancelled(event, about)]
    elif status in (*_PAID, "trialing") and money.fields(about, terms):
        says.append(_state(event, about, "subscription_changed", terms))
    return says + _cancellation(event, about, before)


def _trial(event: Notice, about: Node, terms: Terms) -> Said:
    begin, end = about["trial_start"].unix(), about["trial_end"].unix()
    # A trial lasts at most 14 days here (section 0.3); what Stripe allows beyond is not counted as trial.
    days = None if begin is None or end is None else min(max((end - begin).days, 1), 14)
    fields = money.fields(about, terms)
    return _said(event, about, "trial_started", data=data(trial_days=days), fields=fields, creates=True)


def _bought(event: Notice, about: Node, terms: Terms) -> Said:
    said = _state(event, about, "subscription_created", terms)
    if "plan" not in said.fields:
        told = ", ".join(money.names(about))[:150] or "none"
        about["items"].wrong(f"no plan is known for {told}: name it in STEADFAST_BILLING_PLANS")
    return said.model_copy(update={"creates": True})


def _state(event: Notice, about: Node, kind: str, terms: Terms) -> Said:
    return _said(event, about, kind, fields=money.fields(about, terms), subject=f"subscription:{_id(about)}")


def _cancelled(event: Notice, about: Node) -> Said:
    reason = about["cancellation_details"]["reason"].text(80)
    return _said(event, about, "subscription_cancelled", data=data(reason=reason), subject=f"subscription:{_id(about)}")


def _cancellation(event: Notice, about: Node, before: Node) -> list[Said]:
    """Asked to end at the period's end, or took that back."""
    if not (before.has("cancel_at_period_end") or before.has("cancel_at")):
        return []
    now = bool(about["cancel_at_period_end"].flag()) or about["cancel_at"].value is not None
    was = _was(about, before)
    if now and not was:
        told = data(
            request_id=_request(about, about["canceled_at"]),
            reason=about["cancellation_details"]["feedback"].text(80),
            effective_at=about["cancel_at"].unix() or money.period_end(about),
        )
        return [_said(event, about, "cancellation_requested", ":cancellation", data=told)]
    if was and not now:
        told = data(request_id=_request(about, before["canceled_at"]))
        return [_said(event, about, "cancellation_withdrawn", ":cancellation", data=told)]
    return []


def _request(about: Node, asked: Node) -> str:
    """Each request of a subscription is one of its own."""
    at = asked.unix()
    return _id(about) if at is None else f"{_id(about)}:{int(at.timestamp())}"


def _was(about: Node, before: Node) -> bool:
    flag = (before if before.has("cancel_at_period_end") else about)["cancel_at_period_end"].flag()
    at = (before if before.has("cancel_at") else about)["cancel_at"].value
    return bool(flag) or at is not None


def _id(about: Node) -> str:
    return about["id"].must_ident()


VENDOR = Vendor(NAME, verify, read, interpret, "stripe-signature")
