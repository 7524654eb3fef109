"""``python -m tests.replay.record_told``: record again what the deliveries to an outside system leave behind."""

import asyncio
import dataclasses
from contextlib import AsyncExitStack

import httpx

from activities.connected import Connected
from activities.telling import Telling
from activities.told_store import ToldStore
from composition import worker_outside
from intake.vendor_dispatch import VendorDispatcher
from integrations.planhat import Planhat
from models.clock import REAL, utc_now
from models.enums import Priority
from models.ids import vendor_outbox_id
from models.outside import System
from models.records import CsmTask, Customer
from tests.harness import Company
from tests.integrations.vendor_double import Reply, double
from tests.replay.record import _company, _keep


async def main() -> None:
    """Record it."""
    async with _company() as (_, here, _hooks):
        await told(here)


async def told(here: Company) -> None:
    """Deliveries to an outside system: a page of them, one of which is refused."""
    refused = Reply(400, {"message": "no such field"})
    done = Reply(200, {"updatesKeys": [{"_id": "p"}]})
    async with double(done, refused, done) as vendor, httpx.AsyncClient(trust_env=False) as http:
        planhat = Planhat(http, token="made-up-token", base=vendor.base)
        system = System.PLANHAT
        outside = Connected(told=(system,), tasks={system: planhat}, accounts={system: planhat})
        store = ToldStore(here.store, Telling(outside, wall=utc_now))
        async with store.begin() as tx:
            await tx.customers.put(Customer(id="C-told", name="Sol"))
            for number in range(3):
                at = utc_now()
                await tx.work.add_task(
                    CsmTask(
                        key=f"told-{number}",
                        customer="C-told",
                        workflow_id="",
                        type="call",
                        title="Call",
                        priority=Priority.NORMAL,
                        assignee="team",
                        due=at,
                        created_at=at,
                    )
                )
        here.given = dataclasses.replace(here.given, store=store, outside=outside)
        async with AsyncExitStack() as stack:
            for each in (
                here.worker(),
                *worker_outside.workers(here.client, store, outside, task_queue=here.task_queue),
            ):
                await stack.enter_async_context(each)
            dispatcher = VendorDispatcher(
                store,
                here.client,
                REAL,
                task_queue=here.task_queue,
                configured=frozenset((system,)),
                wall=utc_now,
            )
            await dispatcher.once()
            handle = here.client.get_workflow_handle(vendor_outbox_id(here.task_queue, system))
            await handle.result()
            await _keep("vendor_outbox", handle)


if __name__ == "__main__":
    asyncio.run(main())
