"""Where billing and our books disagree (section 18.5 of the domain: Stripe is the truth for revenue).

Nothing is corrected here: a disagreement is a question for a person, or a webhook that was lost and is read again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from models.enums import SubscriptionStatus
from models.outside_billing import OutsideInvoice, OutsideSubscription
from models.pull import Discrepancy, OurInvoice, OurMoney

CENT = Decimal("0.01")
"""Amounts this close agree."""

_RUNNING = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)
_KNOWN = ("open", "paid", "uncollectible")


def subscriptions(
    theirs: Iterable[OutsideSubscription], ours: Mapping[str, OurMoney], *, source: str, at: datetime
) -> list[Discrepancy]:
    """By account of billing, its running subscriptions summed. ``ours``: by ``customer:<id>``.

    Kinds: ``unknown_account`` (it pays, and nobody knows who it is), ``status`` and ``mrr``.
    """
    by_account: dict[str, list[OutsideSubscription]] = {}
    for one in theirs:
        by_account.setdefault(f"customer:{one.billing_customer}", []).append(one)
    found = []
    for account, theirs_of in sorted(by_account.items()):
        running = [one for one in theirs_of if one.status in _RUNNING]
        held = ours.get(account)
        if held is None:
            if running:
                found.append(_one(source, "unknown_account", account, None, "no customer", _sum(running), at))
            continue
        theirs_say = _status(theirs_of)
        if _differs(held.status, theirs_say):
            said = held.status.value if held.status else "unknown"
            found.append(_one(source, "status", account, held.customer, said, theirs_say.value, at))
        elif running and _mrr_differs(held, running):
            found.append(
                _one(source, "mrr", account, held.customer, _money(held.mrr, held.currency), _sum(running), at)
            )
    for account, held in sorted(ours.items()):
        if account not in by_account and held.status in _RUNNING:
            found.append(_one(source, "status", account, held.customer, str(held.status), "no subscription", at))
    return found


def invoices(
    theirs: Iterable[OutsideInvoice],
    ours: Mapping[str, OurInvoice],
    accounts: Mapping[str, OurMoney],
    *,
    source: str,
    at: datetime,
) -> list[Discrepancy]:
    """Of accounts that are known: ``invoice_missing``, ``invoice_status``, ``invoice_amount``."""
    found = []
    for one in theirs:
        account = accounts.get(f"customer:{one.billing_customer}")
        if account is None or one.status == "draft":
            continue
        held = ours.get(one.invoice_id)
        amount = _money(one.amount, one.currency)
        if held is None:
            if one.status in _KNOWN and one.amount:
                found.append(
                    _one(
                        source,
                        "invoice_missing",
                        one.invoice_id,
                        account.customer,
                        "none",
                        f"{one.status} {amount}",
                        at,
                    )
                )
            continue
        said = "void" if held.voided_at else "paid" if held.paid_at else "open"
        if said != ("open" if one.status == "uncollectible" else one.status):
            found.append(_one(source, "invoice_status", one.invoice_id, held.customer, said, one.status, at))
        elif _apart(held, one):
            ours_say = _money(held.amount, held.currency)
            found.append(_one(source, "invoice_amount", one.invoice_id, held.customer, ours_say, amount, at))
    return found


def _apart(held: OurInvoice, one: OutsideInvoice) -> bool:
    if held.amount is None or one.amount is None or held.currency not in (None, one.currency):
        return False
    return abs(held.amount - one.amount) > CENT


def _status(theirs: Iterable[OutsideSubscription]) -> SubscriptionStatus:
    """The best of an account's subscriptions."""
    order = (
        SubscriptionStatus.ACTIVE,
        SubscriptionStatus.PAST_DUE,
        SubscriptionStatus.TRIALING,
        SubscriptionStatus.CANCELLED,
    )
    statuses = {one.status for one in theirs}
    return next((one for one in order if one in statuses), SubscriptionStatus.CANCELLED)


def _differs(ours: SubscriptionStatus | None, theirs: SubscriptionStatus) -> bool:
    """Paid or not, and on trial or not: overdue is no disagreement, since we hear of it by invoices."""
    return _class(ours) != _class(theirs)


def _class(status: SubscriptionStatus | None) -> str:
    if status in _RUNNING:
        return "running"
    return "none" if status in (None, SubscriptionStatus.CANCELLED) else "trial"


def _mrr_differs(held: OurMoney, running: Iterable[OutsideSubscription]) -> bool:
    """Comparable only where every amount is known, in one currency."""
    theirs = list(running)
    amounts = [one.mrr for one in theirs if one.mrr is not None and held.currency in (None, one.currency)]
    if held.mrr is None or len(amounts) < len(theirs):
        return False
    return abs(sum(amounts, Decimal(0)) - held.mrr) > CENT


def _sum(running: Iterable[OutsideSubscription]) -> str:
    theirs = list(running)
    known = [one.mrr for one in theirs if one.mrr is not None]
    total = sum(known, Decimal(0)) if len(known) == len(theirs) else None
    return _money(total, theirs[0].currency if theirs else None)


def _money(amount: Decimal | None, currency: str | None) -> str:
    return "unknown" if amount is None else f"{amount:.2f} {currency or ''}".strip()


def _one(source: str, kind: str, thing: str, customer: str | None, ours: str, theirs: str, at: datetime) -> Discrepancy:
    return Discrepancy(
        source=source, kind=kind, object=thing, customer=customer, ours=ours, theirs=theirs, found_at=at, seen_at=at
    )
