"""Telling customers' lifecycles what an import means for them: signal-with-start, so that no order can lose it."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from temporalio.client import Client
from temporalio.service import RPCError

from models.clock import Clock
from models.errors import Retryable
from models.events import Occurrence
from models.ids import lifecycle_id
from models.play import LifecycleInput
from models.run import HELD_UNTIL
from workflows.attributes import lifecycle_attributes, lifecycle_summary

CONCURRENCY = 32
"""Calls in flight: enough to keep a local server busy, few enough to leave room for its other callers."""

CALL = timedelta(seconds=10)
"""For one call: a connection that hangs has no time limit of its own."""


class Message(NamedTuple):
    """Something to tell the lifecycle of a customer; ``plan`` is what an operator lists it by."""

    customer: str
    occurrence: Occurrence
    plan: str = ""


class Lifecycles(Protocol):
    """Where occurrences go."""

    async def happened(self, customer: str, occurrence: Occurrence, *, plan: str = "") -> None:
        """Deliver it, starting the customer's lifecycle if it is not running. Raises Retryable."""
        ...


class TemporalLifecycles:
    """The lifecycles of a Temporal namespace."""

    def __init__(self, client: Client, *, task_queue: str, clock: Clock) -> None:
        self._client, self._task_queue, self._clock = client, task_queue, clock

    async def happened(self, customer: str, occurrence: Occurrence, *, plan: str = "") -> None:
        """Signal ``happened``; a lifecycle that has seen the key recognises it."""
        try:
            await self._client.start_workflow(
                "CustomerLifecycle",
                LifecycleInput(customer=customer, clock=self._clock, plan=plan),
                id=lifecycle_id(customer),
                task_queue=self._task_queue,
                start_signal="happened",
                start_signal_args=[occurrence],
                search_attributes=lifecycle_attributes(customer, plan),
                static_summary=lifecycle_summary(customer),
                rpc_timeout=CALL,
            )
        except RPCError as error:
            raise Retryable(f"Temporal did not take what happened to customer {customer}: {error.message}") from error


def imported(customer: str, at: datetime) -> Occurrence:
    """The customer came with a book, as of a moment: once per customer and day, so a later book is looked at again."""
    return Occurrence(kind="imported", key=f"import:{customer}:{at:%Y-%m-%d}", at=at)


def outreach_activated(customer: str, at: datetime) -> Occurrence:
    """The customer may be contacted from now on. Its key is the customer's: it is never held again."""
    return Occurrence(kind=HELD_UNTIL, key=f"{HELD_UNTIL}:{customer}", at=at)


async def tell(lifecycles: Lifecycles, messages: Sequence[Message], progress: Callable[[int], None]) -> None:
    """Deliver each, a bounded number at once. The first failure stops the rest; a repeat finds what was delivered."""
    waiting = iter(messages)

    async def deliver() -> None:
        for message in waiting:
            await lifecycles.happened(message.customer, message.occurrence, plan=message.plan)
            progress(1)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(CONCURRENCY, len(messages))):
                group.create_task(deliver())
    except* Retryable as failures:
        raise failures.exceptions[0] from None
