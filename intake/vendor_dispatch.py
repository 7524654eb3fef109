"""Starts the process that delivers to an outside system whenever something is due for it; every worker may do this."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from activities.ports import Store
from activities.vendor_deliveries import STUCK
from models.clock import Clock
from models.ids import vendor_outbox_id
from models.outside import System
from models.vendor_delivery import DrainInput

INTERVAL = timedelta(seconds=2)
_log = logging.getLogger("steadfast.vendors")


class VendorDispatcher:
    """Looks, starts, rests. ``wall``: real time; ``configured``: systems that a worker of ours can speak to."""

    def __init__(
        self,
        store: Store,
        client: Client,
        clock: Clock,
        *,
        task_queue: str,
        configured: frozenset[System],
        wall: Callable[[], datetime],
    ) -> None:
        self._store, self._client, self._clock = store, client, clock
        self._task_queue, self._configured, self._wall = task_queue, configured, wall

    async def once(self) -> list[System]:
        """Start what is due; those started, or found running."""
        now = self._wall()
        async with self._store.begin() as tx:
            due = await tx.vendor_outbox.due_systems(now, stuck=now - STUCK)
        started = [system for system in due if system in self._configured]
        for system in started:
            await self._client.start_workflow(
                "VendorOutbox",
                DrainInput(system=system, task_queue=self._task_queue, clock=self._clock),
                id=vendor_outbox_id(self._task_queue, system),
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=f"Deliveries to {system.value}",
                rpc_timeout=timedelta(seconds=10),
            )
        return started

    async def run_forever(self, interval: timedelta = INTERVAL) -> None:
        """Until cancelled. With nobody configured there is nothing to look for."""
        while self._configured:
            try:
                await self.once()
            except Exception as error:  # the database or Temporal is away: the rows wait
                _log.warning("deliveries to outside systems not started", extra={"error": type(error).__name__})
            await asyncio.sleep(interval.total_seconds())
