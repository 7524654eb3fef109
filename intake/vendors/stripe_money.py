"""What a Stripe subscription is worth a month, of which plan it is, and until when."""

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from pydantic import JsonValue

from intake.vendors.node import Node, data
from intake.vendors.vendor import Terms
from models.enums import Plan

_CENT = Decimal("0.01")
_LARGEST = Decimal("999999999999")
_CODE = re.compile("[A-Z]{3}")
_MONTHS = {"month": Decimal(1), "year": Decimal(12), "week": Decimal(12) / Decimal(52), "day": Decimal(12) / 365}
"""Months in one interval of recurring prices."""

ZERO_DECIMAL = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)
"""Currencies whose amounts Stripe writes whole."""


def currency(node: Node) -> str | None:
    """The currency of an object, as ISO 4217 writes it."""
    found = (node["currency"].text(3) or "").upper()
    return found if _CODE.fullmatch(found) else None


def amount(node: Node, code: str | None) -> Decimal | None:
    """An amount in the currency's smallest unit, as money."""
    minor = node.decimal()
    if minor is None:
        return None
    if not 0 <= minor <= _LARGEST:
        node.wrong("expected an amount that is not negative")
    return (minor if code in ZERO_DECIMAL else minor / 100).quantize(_CENT, ROUND_HALF_UP)


def fields(subscription: Node, terms: Terms) -> dict[str, JsonValue]:
    """What a subscription says of its customer: plan, MRR, seats, end of the term.

    Of a price in tiers the amount is not told: MRR stays unknown rather than wrong. Discounts are not deducted.
    """
    told: dict[str, JsonValue] = {}
    plan = _plan(subscription, terms)
    if plan is not None:
        told["plan"] = plan.value
    code, monthly = currency(subscription), mrr(subscription)
    if monthly is not None and code is not None:
        told |= data(mrr=monthly, currency=code)
    items = list(subscription["items"]["data"])
    if len(items) == 1:
        told |= data(seats=items[0]["quantity"].whole(0, 10_000_000))
        told |= data(contract_length_months=_term(items[0]["price"]["recurring"]))
    end = period_end(subscription)
    if end is not None:
        told["renewal_date"] = end.date().isoformat()
    return told


def mrr(subscription: Node) -> Decimal | None:
    """Sum over the items, each brought to a month; None where one cannot be told."""
    total, items = Decimal(0), list(subscription["items"]["data"])
    for item in items:
        price = item["price"]
        each = price["unit_amount_decimal"].decimal()
        each = price["unit_amount"].decimal() if each is None else each
        months = _months(price["recurring"])
        if each is None or months is None:
            return None
        quantity = item["quantity"].whole(0, 10_000_000)
        total += each * (1 if quantity is None else quantity) / months
    if not items:
        return None
    if not 0 <= total <= _LARGEST:
        subscription["items"].wrong("expected amounts that are not negative")
    return (total if currency(subscription) in ZERO_DECIMAL else total / 100).quantize(_CENT, ROUND_HALF_UP)


def period_end(subscription: Node) -> datetime | None:
    """End of the paid period: of the items in newer API versions, of the subscription in older ones."""
    ends = [item["current_period_end"].unix() for item in subscription["items"]["data"]]
    known = [end for end in ends if end is not None]
    return min(known) if known else subscription["current_period_end"].unix()


def names(subscription: Node) -> list[str]:
    """Everything by which a plan can be named: metadata, then lookup keys, prices and products of the items."""
    found = [subscription["metadata"]["plan"].text(100)]
    for item in subscription["items"]["data"]:
        price = item["price"]
        product = price["product"]
        found += [price["metadata"]["plan"].text(100), price["lookup_key"].text(100), price["id"].text(100)]
        found.append((product["id"] if isinstance(product.value, dict) else product).text(100))
    return [name for name in found if name is not None]


def _plan(subscription: Node, terms: Terms) -> Plan | None:
    for name in names(subscription):
        if name in terms.plans:
            return terms.plans[name]
        if name in Plan.__members__.values():
            return Plan(name)
    return None


def _months(recurring: Node) -> Decimal | None:
    interval, count = recurring["interval"].text(10), recurring["interval_count"].whole(1, 1000)
    return None if interval not in _MONTHS else _MONTHS[interval] * (count or 1)


def _term(recurring: Node) -> int | None:
    months = _months(recurring)
    return int(months) if months is not None and months == int(months) and 1 <= months <= 120 else None
