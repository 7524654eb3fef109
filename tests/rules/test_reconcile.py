"""Where billing and our books disagree: each kind, and what is no disagreement."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from models.enums import SubscriptionStatus as S
from models.outside_billing import OutsideInvoice, OutsideSubscription
from models.pull import OurInvoice, OurMoney
from rules import reconcile

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
KNOWN = "customer:cus_1"


def sub(status: S | None = S.ACTIVE, mrr: str | None = "49.00", currency: str = "EUR", of: str = "cus_1") -> Any:
    amount = None if mrr is None else Decimal(mrr)
    return OutsideSubscription(subscription_id="sub", billing_customer=of, status=status, mrr=amount, currency=currency)


def ours(status: S | None = S.ACTIVE, mrr: str | None = "49.00") -> Mapping[str, OurMoney]:
    return {KNOWN: OurMoney(customer="C-1", status=status, mrr=None if mrr is None else Decimal(mrr), currency="EUR")}


@pytest.mark.parametrize(
    ("theirs", "held", "expected"),
    [
        ([sub()], ours(), []),
        ([sub(mrr="49.01")], ours(), []),
        ([sub(mrr="49.02")], ours(), [("mrr", KNOWN, "49.00 EUR", "49.02 EUR")]),
        ([sub(mrr="20.00"), sub(mrr="29.00")], ours(), []),
        ([sub(), sub(S.CANCELLED, "900.00")], ours(), []),
        ([sub(mrr=None)], ours(), []),
        ([sub(currency="USD")], ours(), []),
        ([sub()], ours(mrr=None), []),
        ([sub(S.PAST_DUE)], ours(), []),
        ([sub(S.CANCELLED)], ours(), [("status", KNOWN, "active", "cancelled")]),
        ([sub()], ours(S.CANCELLED), [("status", KNOWN, "cancelled", "active")]),
        ([sub()], ours(None), [("status", KNOWN, "unknown", "active")]),
        ([sub(S.TRIALING)], ours(S.TRIALING), []),
        ([sub(S.TRIALING)], ours(), [("status", KNOWN, "active", "trialing")]),
        ([sub(S.CANCELLED)], ours(None), []),
        ([], ours(), [("status", KNOWN, "active", "no subscription")]),
        ([], ours(S.CANCELLED), []),
        ([sub(of="cus_9")], {}, [("unknown_account", "customer:cus_9", "no customer", "49.00 EUR")]),
        ([sub(S.CANCELLED, of="cus_9")], {}, []),
        ([sub(None)], ours(None), []),
    ],
)
def test_subscriptions(theirs: Any, held: Any, expected: list[tuple[str, str, str, str]]) -> None:
    found = reconcile.subscriptions(theirs, held, source="stripe_books", at=NOW)
    assert [(one.kind, one.object, one.ours, one.theirs) for one in found] == expected


def invoice(status: str = "paid", amount: str | None = "147.00", currency: str = "EUR", of: str = "cus_1") -> Any:
    return OutsideInvoice.model_validate(
        {"invoice_id": "in_1", "billing_customer": of, "status": status, "amount": amount, "currency": currency}
    )


def held(amount: str | None = "147.00", **moments: Any) -> Mapping[str, OurInvoice]:
    value = None if amount is None else Decimal(amount)
    return {"in_1": OurInvoice(id="in_1", customer="C-1", amount=value, currency="EUR", **moments)}


@pytest.mark.parametrize(
    ("theirs", "of_us", "expected"),
    [
        (invoice(), held(paid_at=NOW), []),
        (invoice("open"), held(), []),
        (invoice("uncollectible"), held(), []),
        (invoice("void"), held(voided_at=NOW), []),
        (invoice(), held(), [("invoice_status", "open", "paid")]),
        (invoice("void"), held(paid_at=NOW), [("invoice_status", "paid", "void")]),
        (invoice("open", "150.00"), held(), [("invoice_amount", "147.00 EUR", "150.00 EUR")]),
        (invoice("open", "150.00", "USD"), held(), []),
        (invoice("open"), held(None), []),
        (invoice("open"), {}, [("invoice_missing", "none", "open 147.00 EUR")]),
        (invoice("draft"), {}, []),
        (invoice("void"), {}, []),
        (invoice("paid", "0"), {}, []),
        (invoice("open", of="cus_9"), {}, []),
    ],
)
def test_invoices(theirs: Any, of_us: Any, expected: list[tuple[str, str, str]]) -> None:
    found = reconcile.invoices([theirs], of_us, ours(), source="stripe_books", at=NOW)
    assert [(one.kind, one.ours, one.theirs) for one in found] == expected
