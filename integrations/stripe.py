"""Stripe: what customers pay, read (the source of truth for money), and our marks on its customers (section 2).

Amounts arrive in the smallest unit of their currency; currencies without one (JPY) are left as they are.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import JsonValue

from integrations.http import Api, Query
from integrations.standing import standing
from models.enums import SubscriptionStatus
from models.errors import Misconfigured
from models.ids import delivery_key
from models.outside import Account, Page, Receipt, Standing, System
from models.outside_billing import OutsideInvoice, OutsideSubscription

BASE = "https://api.stripe.com"
VERSION = "2026-08-26.dahlia"
ID = "steadfast_customer_id"
"""The metadata field of a Stripe customer that holds our id."""
_WHOLE = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)
_MONTHS = {"month": Decimal(1), "year": Decimal(12), "week": Decimal(12) / 52, "day": Decimal(12) / 365}
_STATUS = {
    "trialing": SubscriptionStatus.TRIALING,
    "active": SubscriptionStatus.ACTIVE,
    "past_due": SubscriptionStatus.PAST_DUE,
    "unpaid": SubscriptionStatus.PAST_DUE,
    "canceled": SubscriptionStatus.CANCELLED,
    "incomplete_expired": SubscriptionStatus.CANCELLED,
}


class Stripe:
    """The billing port."""

    def __init__(self, client: httpx.AsyncClient, *, key: str, base: str = BASE) -> None:
        headers = {"authorization": f"Bearer {key}", "stripe-version": VERSION}
        self._api = Api(client, System.STRIPE, base, setting="STEADFAST_STRIPE_KEY", headers=headers, secrets=[key])

    async def subscriptions(
        self, cursor: str | None = None, *, billing_customer: str | None = None
    ) -> Page[OutsideSubscription]:
        """Every subscription, ended ones too, newest first."""
        params: Query = {"status": "all", "limit": 100, "starting_after": cursor, "customer": billing_customer}
        found = await self._api.get("/v1/subscriptions", params)
        return _page(found, tuple(_subscription(one) for one in found["data"]))

    async def invoices(
        self, cursor: str | None = None, *, created_from: datetime | None = None
    ) -> Page[OutsideInvoice]:
        """Every invoice created since, newest first."""
        since = None if created_from is None else int(created_from.timestamp())
        params: Query = {"limit": 100, "starting_after": cursor, "created[gte]": since}
        found = await self._api.get("/v1/invoices", params)
        return _page(found, tuple(_invoice(one) for one in found["data"]))

    async def events(self, cursor: str | None = None, *, created_from: datetime) -> Page[dict[str, JsonValue]]:
        """Every event since, newest first, as a webhook would have brought it; Stripe keeps them for 30 days."""
        params: Query = {"limit": 100, "starting_after": cursor, "created[gte]": int(created_from.timestamp())}
        found = await self._api.get("/v1/events", params)
        return _page(found, tuple(found["data"]))

    async def invoice_link(self, invoice: str) -> str | None:
        """The hosted page of an invoice of Stripe's, which lives for weeks."""
        if not invoice.startswith("in_"):
            return None
        found = await self._api.get(f"/v1/invoices/{quote(invoice, safe='_')}")
        return found.get("hosted_invoice_url") if found.get("status") == "open" else None

    async def save_account(self, account: Account, key: str) -> Receipt:
        """Our id, the stage and the health grade as metadata of a customer that a mapping knows."""
        if account.external_id is None:
            raise self._api.rejected("no Stripe customer is mapped to this account")
        marks = {ID: account.customer, "steadfast_stage": account.stage, "steadfast_health": account.health_grade}
        form = {f"metadata[{name}]": str(value) for name, value in marks.items() if value is not None}
        saved = await self._post(f"/v1/customers/{account.external_id}", form, key)
        return Receipt(reference=str(saved["id"]), said="metadata saved")

    async def check(self) -> Standing:
        """Reads the account and one of each list. A restricted key may be right and yet not tell whose it is."""

        async def who() -> str:
            try:
                return str((await self._api.get("/v1/account")).get("id"))
            except Misconfigured as error:
                if "HTTP 403" not in error.message:
                    raise
                return "the account of a restricted key"

        rights = {
            name: partial(self._api.get, path, {"limit": 1})
            for name, path in (
                ("customers: read", "/v1/customers"),
                ("subscriptions: read", "/v1/subscriptions"),
                ("invoices: read", "/v1/invoices"),
                ("events: read", "/v1/events"),
            )
        }
        return await standing(System.STRIPE, who, rights)

    async def _post(self, path: str, form: Mapping[str, str], key: str) -> Any:
        return await self._api.call("POST", path, form=form, headers={"idempotency-key": delivery_key(key)})


def _page(found: Mapping[str, Any], items: tuple[Any, ...]) -> Page[Any]:
    more = bool(found.get("has_more")) and bool(found["data"])
    return Page(items=items, next=str(found["data"][-1]["id"]) if more else None)


def _subscription(one: Mapping[str, Any]) -> OutsideSubscription:
    items = one["items"]["data"]
    ends = [item.get("current_period_end") for item in items if item.get("current_period_end")]
    return OutsideSubscription(
        subscription_id=one["id"],
        billing_customer=_id(one["customer"]),
        status=_STATUS.get(one["status"]),
        mrr=_monthly(items),
        currency=(one.get("currency") or "").upper() or None,
        seats=_seats(items),
        started_at=_at(one.get("start_date")),
        current_period_end=_at(max(ends) if ends else one.get("current_period_end")),
        cancel_at=_at(one.get("cancel_at")),
        cancelled_at=_at(one.get("canceled_at")),
        metadata={str(name): str(value) for name, value in (one.get("metadata") or {}).items()},
    )


def _invoice(one: Mapping[str, Any]) -> OutsideInvoice:
    currency = (one.get("currency") or "").upper()
    moments = one.get("status_transitions") or {}
    return OutsideInvoice(
        invoice_id=one["id"],
        billing_customer=_id(one.get("customer")),
        status=one.get("status") or "draft",
        amount=None if one.get("total") is None else _units(Decimal(one["total"]), currency),
        currency=currency or None,
        issued_at=_at(moments.get("finalized_at") or one.get("created")),
        due_at=_at(one.get("due_date")),
        paid_at=_at(moments.get("paid_at")),
        attempts=one.get("attempt_count") or 0,
    )


def _monthly(items: list[Mapping[str, Any]]) -> Decimal | None:
    """Recurring prices per month; None when one of them is not known (tiers, metered use): a part is no sum."""
    total = Decimal(0)
    for item in items:
        price = item.get("price") or {}
        recurring, amount = price.get("recurring"), price.get("unit_amount_decimal") or price.get("unit_amount")
        if recurring is None or amount is None or recurring.get("usage_type") == "metered":
            return None
        months = _MONTHS.get(recurring["interval"])
        if months is None:
            return None
        whole = _units(Decimal(str(amount)) * (item.get("quantity") or 1), str(price.get("currency", "")).upper())
        total += whole / (months * (recurring.get("interval_count") or 1))
    return round(total, 2) if items else None


def _seats(items: list[Mapping[str, Any]]) -> int | None:
    counts = [item["quantity"] for item in items if item.get("quantity") is not None]
    return counts[0] if len(counts) == 1 and len(items) == 1 else None


def _units(amount: Decimal, currency: str) -> Decimal:
    return amount if currency in _WHOLE else amount / 100


def _at(moment: int | None) -> datetime | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC)


def _id(value: Any) -> str:
    """Expanded or not."""
    return str(value["id"]) if isinstance(value, Mapping) else str(value)
