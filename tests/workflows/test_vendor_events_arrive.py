"""From a vendor's signed request to the customer's process on the real server; and two customers that become one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from console.counters import Counters
from console.deps import Deps
from console.prompt import PromptDelivery
from console.web import create_app
from intake import lexicon, merging
from intake.deliver import Deliverer
from intake.vendors.doors import doors
from intake.vendors.taking import House
from models.clock import REAL, utc_now
from models.events import Event, EventCustomer, EventType
from models.ids import lifecycle_id, new_id, onboarding_id
from persistence.backlog import Backlog
from persistence.caught_mail import CaughtMailStore
from persistence.in_app_feed import InAppFeed
from persistence.portfolio import Portfolio
from tests.harness import Company
from tests.intake import vendor_samples as samples
from tests.intake.vendor_samples import EVENTS_SECRET, PUBLIC, SECRETS


@pytest.fixture
async def http(dev_company: Company) -> AsyncIterator[httpx.AsyncClient]:
    """The company's console, by the wall clock."""
    counters = Counters()
    deliverer = Deliverer(dev_company.store, dev_company.client, REAL, "EUR", dev_company.task_queue)
    database = dev_company.store.database
    deps = Deps(
        store=dev_company.store,
        delivery=PromptDelivery(deliverer),
        clock=REAL,
        wall=utc_now,
        currency="EUR",
        portfolio=Portfolio(database),
        mailbox=CaughtMailStore(database),
        feed=InAppFeed(database),
        undelivered=Backlog(database).undelivered,
        counters=counters,
        doors=doors(SECRETS, PUBLIC, House(REAL, "EUR", lexicon.supplied(), EVENTS_SECRET)),
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(deps)), base_url="http://localhost") as made:
        yield made
    await deps.delivery.close()


async def stripe(http: httpx.AsyncClient, kind: str, obj: dict[str, Any], customer: str) -> httpx.Response:
    """Stripe tells something of a customer, now."""
    now = utc_now()
    whose = {**obj, "customer": f"cus_{customer}", "metadata": {"steadfast_customer_id": customer}, "parent": None}
    raw = samples.encoded("stripe", samples.stripe(kind, whose, id=new_id("evt"), at=int(now.timestamp())))
    return await http.post("/webhooks/stripe", content=raw, headers=samples.headers("stripe", raw, now))


async def until(ask: Callable[[], Awaitable[bool]]) -> None:
    """Wait for it."""
    for _ in range(300):
        if await ask():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("waited for 30 seconds")


async def heard(company: Company, customer: str) -> list[str]:
    """Kinds that the customer's process was signalled."""
    kinds = []
    history = await company.client.get_workflow_handle(lifecycle_id(customer)).fetch_history()
    for event in history.events:
        if event.HasField("workflow_execution_signaled_event_attributes"):
            given = event.workflow_execution_signaled_event_attributes.input
            kinds.append((await company.client.data_converter.decode(given.payloads))[0]["kind"])
    return kinds


async def status(company: Company, workflow_id: str) -> WorkflowExecutionStatus | None:
    """How the process stands."""
    try:
        return (await company.client.get_workflow_handle(workflow_id).describe()).status
    except RPCError:
        return None


async def test_a_failed_payment_reaches_the_customers_process(dev_company: Company, http: httpx.AsyncClient) -> None:
    """Bought in Stripe, invoiced, failed: a customer comes into being, and its process and facts know of it."""
    customer = new_id("c")
    async with dev_company.worker():
        for kind, obj in (
            ("customer.subscription.created", samples.SUBSCRIPTION),
            ("invoice.finalized", samples.INVOICE),
            ("invoice.payment_failed", samples.INVOICE),
        ):
            answer = await stripe(http, kind, obj, customer)
            assert answer.json() == {"status": "stored", "events": {"applied": 1}}

        async def told() -> bool:
            return "payment_failed" in await heard(dev_company, customer)

        await until(told)
    now = utc_now() + timedelta(seconds=1)
    async with dev_company.store.read() as tx:
        known = await tx.customers.get(customer)
        facts = await tx.facts.read(customer, ["failed_payments"], as_of=now, since=now)
    assert known is not None
    assert (known.plan, str(known.mrr), known.subscription_status) == ("growth", "147.00", "active")
    assert facts == {"failed_payments": 1}


async def test_of_two_that_are_one_the_first_stops_and_its_events_follow(dev_company: Company) -> None:
    loser, winner = new_id("b"), new_id("a")
    store, client = dev_company.store, dev_company.client

    async def tell(customer: str, kind: EventType, **data: Any) -> None:
        who = EventCustomer.model_validate({"id": customer, "plan": "starter"})
        now = utc_now()
        await dev_company.tell(Event(event_id=new_id("e"), type=kind, occurred_at=now, customer=who, data=data), now)

    async with dev_company.worker():
        for one in (loser, winner):
            await tell(one, EventType.SUBSCRIPTION_CREATED)
        running = WorkflowExecutionStatus.RUNNING

        async def begun() -> bool:
            return await status(dev_company, onboarding_id(loser, 1)) is running

        await until(begun)
        done = await merging.merge(store, client, loser, winner, by="marta", reason="one", now=utc_now())
        assert {lifecycle_id(loser), onboarding_id(loser, 1)} <= set(done.stopped)

        async def ended() -> bool:
            stands = [await status(dev_company, one) for one in done.stopped]
            return all(one is not running for one in stands)

        await until(ended)
        again = await merging.merge(store, client, loser, winner, by="marta", reason="one", now=utc_now())
        assert again.number == done.number, "asked again after a crash, say: it is the same merge"
        await tell(loser, EventType.CANCELLATION_REQUESTED, request_id="r-1")
        assert "cancellation_requested" in await heard(dev_company, winner)
        assert await status(dev_company, lifecycle_id(loser)) is not running

        undone = await merging.unmerge(store, done.number, by="marta", now=utc_now())
        assert undone.undone_by == "marta"
        deliverer = Deliverer(store, client, REAL, "EUR", dev_company.task_queue)
        await deliverer.sweep(grace=timedelta(0))
        assert await status(dev_company, lifecycle_id(loser)) is running, "its own process again"
    now = utc_now() + timedelta(seconds=1)
    async with store.read() as tx:
        asked = [await tx.facts.read(one, ["cancellation_requested"], as_of=now, since=now) for one in (loser, winner)]
    its_own, the_others = (one["cancellation_requested"] for one in asked)
    assert its_own is True
    assert the_others is not True
