"""The deliveries to one outside system: at most one such process for each, started when something is due.

Each delivery is an activity on the system's own task queue, whose rate the server limits for all workers together. The
rows know what is due; a process that finds nothing due ends, so that a system that is down costs nothing here.
"""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.vendor_deliveries import VendorActivities
from models.ids import vendor_queue
from models.vendor_delivery import DeliverOne, DrainInput
from workflows import policies

PAGES = 20
"""Pages of deliveries in one history; then it continues as new."""
AT_ONCE = 5
"""Customers whose deliveries are made side by side; those of one customer keep their order."""


@workflow.defn
class VendorOutbox:
    """``vendor:<system>``: delivers what is due, page by page, and ends when nothing is."""

    @workflow.run
    async def run(self, asked: DrainInput) -> int:
        """How many deliveries were attempted."""
        done = asked.delivered
        for _ in range(PAGES):
            due = await workflow.execute_activity_method(
                VendorActivities.due_vendor_deliveries,
                asked,
                summary=f"What is due for {asked.system.value}",
                **policies.RECORD,
            )
            if not due.groups:
                workflow.set_current_details(due.reason or f"Nothing more is due; {done} attempted")
                return done
            gate = asyncio.Semaphore(AT_ONCE)
            counts = await asyncio.gather(*(self._customer(asked, group, gate) for group in due.groups))
            done += sum(counts)
            workflow.set_current_details(f"Delivers to **{asked.system.value}**; {done} attempted")
        return workflow.continue_as_new(asked.model_copy(update={"delivered": done}))

    async def _customer(self, asked: DrainInput, group: tuple[int, ...], gate: asyncio.Semaphore) -> int:
        """One customer's, in order. An attempt that broke is left to its row, which is found again."""
        async with gate:
            for number, delivery in enumerate(group):
                try:
                    await workflow.execute_activity_method(
                        VendorActivities.deliver_to_vendor,
                        DeliverOne(delivery=delivery, system=asked.system, clock=asked.clock),
                        task_queue=vendor_queue(asked.task_queue, asked.system),
                        summary=f"Delivery {delivery}",
                        **policies.VENDOR,
                    )
                except ActivityError as error:
                    workflow.logger.warning("delivery %s broke: %s", delivery, error.cause)
                    return number + 1
        return len(group)
