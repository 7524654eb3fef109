"""Stripe against its own mock server, which refuses what its API description does not have."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest

from integrations.stripe import Stripe
from models.enums import LifecycleStage, SubscriptionStatus
from models.errors import Misconfigured, Rejected
from models.outside import Account
from settings import load
from stack import stripe_mock
from tests.integrations.vendor_double import Reply, double

KEY = "sk_test_123"


@pytest.fixture(scope="module")
async def mock() -> AsyncIterator[str]:
    binary = stripe_mock.find(load())
    if binary is None:
        if os.environ.get("STEADFAST_REQUIRE_ALL") == "1":
            pytest.fail("stripe-mock is missing; `make tools` builds it")
        pytest.skip("stripe-mock is missing; `make tools` builds it")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(binary, "-http-addr", f"127.0.0.1:{port}", "-strict-version-check"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(200):
            with contextlib.suppress(httpx.HTTPError):
                await client.get(f"http://127.0.0.1:{port}/")
                break
            await asyncio.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    process.kill()
    await process.wait()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as made:
        yield made


async def test_every_call_is_one_that_stripe_has(mock: str, client: httpx.AsyncClient) -> None:
    stripe = Stripe(client, key=KEY, base=mock)
    subscriptions = await stripe.subscriptions(billing_customer="cus_1")
    assert all(one.subscription_id.startswith("sub_") for one in subscriptions.items)
    invoices = await stripe.invoices(created_from=datetime(2026, 5, 1, tzinfo=UTC))
    assert all(one.invoice_id.startswith("in_") for one in invoices.items)
    await stripe.subscriptions("sub_9")
    assert all("type" in one for one in (await stripe.events(created_from=datetime(2026, 5, 1, tzinfo=UTC))).items)
    assert await stripe.invoice_link("in_1") is None or "http" in str(await stripe.invoice_link("in_1"))
    account = Account(customer="C-1", external_id="cus_1", stage=LifecycleStage.AT_RISK, health_grade="F")
    assert (await stripe.save_account(account, "k3")).reference.startswith("cus_")
    standing = await stripe.check()
    assert standing.connected
    assert standing.account.startswith("acct_")
    assert not standing.missing


async def test_a_wrong_key_is_a_setting_to_mend(mock: str, client: httpx.AsyncClient) -> None:
    stripe = Stripe(client, key="nonsense-key", base=mock)
    with pytest.raises(Misconfigured, match="STEADFAST_STRIPE_KEY") as raised:
        await stripe.subscriptions()
    assert "nonsense-key" not in str(raised.value)
    standing = await stripe.check()
    assert not standing.connected


async def test_an_account_without_a_mapping_is_refused_before_anything_is_asked(client: httpx.AsyncClient) -> None:
    with pytest.raises(Rejected, match="mapped"):
        await Stripe(client, key=KEY, base="http://127.0.0.1:9").save_account(Account(customer="C-1"), "k")


def _price(amount: int, interval: str = "month", count: int = 1, **more: object) -> dict[str, object]:
    recurring = {"interval": interval, "interval_count": count, "usage_type": "licensed"}
    return {"unit_amount": amount, "currency": "eur", "recurring": recurring, **more}


@pytest.mark.parametrize(
    ("items", "mrr", "seats"),
    [
        ([{"quantity": 10, "price": _price(4900)}], Decimal("490.00"), 10),
        ([{"quantity": 1, "price": _price(120000, "year")}], Decimal("100.00"), 1),
        ([{"quantity": 1, "price": _price(30000, "month", 3)}], Decimal("100.00"), 1),
        ([{"quantity": 1, "price": _price(1000)}, {"quantity": 2, "price": _price(500)}], Decimal("20.00"), None),
        ([{"quantity": 1, "price": _price(1000, currency="jpy")}], Decimal("1000.00"), 1),
        ([{"price": {**_price(10), "recurring": {"interval": "month", "usage_type": "metered"}}}], None, None),
        ([{"quantity": 5, "price": {**_price(0), "unit_amount": None}}], None, 5),
        ([], None, None),
    ],
)
async def test_what_a_subscription_is_worth_a_month(
    client: httpx.AsyncClient, items: list[dict[str, object]], mrr: Decimal | None, seats: int | None
) -> None:
    body = {
        "has_more": True,
        "data": [
            {
                "id": "sub_1",
                "customer": {"id": "cus_1"},
                "status": "past_due",
                "currency": "eur",
                "start_date": 1767225600,
                "items": {"data": items},
            }
        ],
    }
    async with double(Reply(200, body)) as vendor:
        page = await Stripe(client, key=KEY, base=vendor.base).subscriptions("sub_0")
    assert vendor.asked[0].query == {"status": "all", "limit": "100", "starting_after": "sub_0"}
    assert vendor.asked[0].headers["stripe-version"] == "2026-08-26.dahlia"
    assert page.next == "sub_1"
    [one] = page.items
    assert (one.mrr, one.seats, one.billing_customer, one.status) == (mrr, seats, "cus_1", SubscriptionStatus.PAST_DUE)
    assert one.started_at == datetime(2026, 1, 1, tzinfo=UTC)


async def test_the_same_effect_carries_the_same_idempotency_key(client: httpx.AsyncClient) -> None:
    account = Account(customer="C-1", external_id="cus_1", stage=LifecycleStage.AT_RISK)
    async with double(Reply(200, {"id": "cus_1"})) as vendor:
        stripe = Stripe(client, key=KEY, base=vendor.base)
        for key in ("a", "a", "b"):
            await stripe.save_account(account, key)
    first, again, other = (asked.headers["idempotency-key"] for asked in vendor.asked)
    assert first == again != other
    assert len(first) <= 255
