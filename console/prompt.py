"""Delivery right after receiving: the request waits for it a second at most, and never depends on it."""

import asyncio
import logging
from datetime import datetime

from intake.deliver import Deliverer, describe
from models.records import InboxRow

_log = logging.getLogger("steadfast.console")


class PromptDelivery:
    """Starts deliveries and waits for them ``patience`` seconds.

    One that takes longer goes on by itself (its attempts are bounded), so that no transaction is cut off half-way.
    While ``most`` are under way no more are started: those rows are left to the worker's sweep.
    """

    def __init__(self, deliverer: Deliverer, *, patience: float = 1.0, most: int = 64) -> None:
        self._deliverer = deliverer
        self._patience = patience
        self._most = most
        self._under_way: set[asyncio.Task[None]] = set()

    async def try_now(self, row: InboxRow, now: datetime) -> None:
        """Deliver if it can be done soon; ``now`` is virtual. Never raises but when cancelled."""
        if len(self._under_way) >= self._most:
            return
        task = asyncio.create_task(self._deliver(row, now))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await asyncio.wait({task}, timeout=self._patience)

    async def close(self, patience: float = 5.0) -> None:
        """Let what is under way finish, then cut it off: its rows are still in the inbox."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _deliver(self, row: InboxRow, now: datetime) -> None:
        try:
            await self._deliverer.deliver(row, now)
        except Exception as error:  # the row is in the inbox, and the sweep will find it
            _log.warning("prompt delivery failed", extra={"inbox_number": row.number, "error": describe(error)})
