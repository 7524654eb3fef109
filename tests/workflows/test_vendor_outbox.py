"""Deliveries to outside systems on a real Temporal server; that no secret is told: ``test_secrets_nowhere``."""

import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from temporalio.client import Client

from activities.connected import Connected
from activities.telling import Telling
from activities.told_store import ToldStore
from activities.vendor_deliveries import VendorActivities
from composition import vendors, worker_outside
from intake.vendor_dispatch import VendorDispatcher
from models.clock import REAL, utc_now
from models.ids import vendor_outbox_id
from models.outside import System
from models.records import Customer
from models.vendor_delivery import DeliverOne
from settings_integrations import IntegrationSettings
from tests.harness import Company, company
from tests.integrations.vendor_double import Double, Reply, double
from tests.workflows.calls import ask_for_calls

SECRETS = ("hub-secret-token-1", "planhat-secret-token-2", "churnzero-secret-key-3")


@dataclasses.dataclass
class Outside:
    """A company with outside systems that are all one double."""

    here: Company
    store: ToldStore
    vendor: Double
    connected: Connected


@pytest.fixture
async def outside(
    dev_client: Client, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Outside]:
    body = {"id": "1", "results": [{"id": "1"}], "updatesKeys": [{"_id": "p"}], "data": []}
    async with double(Reply(200, body)) as vendor, company(dev_client, sqlite_url, tmp_path) as here:
        for name, value in {
            "CRM": "hubspot",
            "WRITE_BACK": "planhat,churnzero",
            "HUBSPOT_TOKEN": SECRETS[0],
            "PLANHAT_TOKEN": SECRETS[1],
            "CHURNZERO_APP_KEY": SECRETS[2],
            "HUBSPOT_BASE": vendor.base,
            "PLANHAT_BASE": vendor.base,
            "CHURNZERO_PUSH": vendor.base,
        }.items():
            monkeypatch.setenv(f"STEADFAST_{name}", value)
        given = IntegrationSettings()
        async with vendors.client(given) as http:
            connected = vendors.connect(given, http)
            store = ToldStore(here.store, Telling(connected, wall=utc_now))
            here.given = dataclasses.replace(here.given, store=store, outside=connected)
            yield Outside(here, store, vendor, connected)


async def _deliver(outside: Outside) -> list[System]:
    here = outside.here
    dispatcher = VendorDispatcher(
        outside.store,
        here.client,
        REAL,
        task_queue=here.task_queue,
        configured=frozenset(outside.connected.written),
        wall=utc_now,
    )
    started = await dispatcher.once()
    for system in started:
        await here.client.get_workflow_handle(vendor_outbox_id(here.task_queue, system)).result()
    return started


async def _ask(outside: Outside, tasks: int, name: str = "t") -> None:
    async with outside.store.begin() as tx:
        await tx.customers.put(Customer(id="C-1", name="Núñez"))
        await ask_for_calls(tx, "C-1", tasks, name)


async def _running(outside: Outside, stack: contextlib.AsyncExitStack) -> None:
    here = outside.here
    await stack.enter_async_context(here.worker())
    for each in worker_outside.workers(here.client, outside.store, outside.connected, task_queue=here.task_queue):
        await stack.enter_async_context(each)


async def test_what_waits_is_delivered_in_order_to_every_system(outside: Outside) -> None:
    await _ask(outside, 3)
    async with contextlib.AsyncExitStack() as stack:
        await _running(outside, stack)
        assert await _deliver(outside) == [System.CHURNZERO, System.HUBSPOT, System.PLANHAT]
        assert await _deliver(outside) == []
    async with outside.store.begin() as tx:
        rows = await tx.vendor_outbox.of("C-1")
    assert len(rows) == 9
    assert {row.status.value for row in rows} == {"delivered"}
    titles = [asked.json[0]["action"] for asked in outside.vendor.asked if asked.path == "/tasks"]
    assert titles == ["Call 0", "Call 1", "Call 2"]


async def test_a_failing_address_does_not_tell_the_key_in_it(outside: Outside, unused_tcp_port: int) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        given = IntegrationSettings().model_copy(update={"churnzero_push": f"http://127.0.0.1:{unused_tcp_port}"})
        connected = vendors.connect(given, http)
        async with outside.store.begin() as tx:
            await tx.customers.put(Customer(id="C-1"))
        await _ask(outside, 1)
        deliveries = VendorActivities(outside.store, connected, utc_now)
        async with outside.store.begin() as tx:
            row = next(one for one in await tx.vendor_outbox.of("C-1") if one.system is System.CHURNZERO)
        assert await deliveries.deliver_to_vendor(DeliverOne(delivery=row.id, system=row.system)) == "pending"
        async with outside.store.begin() as tx:
            after = await tx.vendor_outbox.get(row.id)
    assert after is not None
    assert SECRETS[2] not in after.response
    assert "cannot be reached" in after.response
