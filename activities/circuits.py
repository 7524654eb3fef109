"""Calls to outside systems through their circuits: one that fails is left in peace by every worker."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

from activities.ports import Store
from models.errors import BadInput, Misconfigured, OutcomeUnknown, Rejected, Retryable
from models.ids import parse_workflow_id
from models.outside import System
from models.vendor_delivery import Circuit, StepWait
from rules import circuit as rules

Answer = TypeVar("Answer")
STRANGE = (LookupError, TypeError, ValueError, AttributeError)
"""What an adapter stumbles over when an answer has a form that its vendor never documented."""
QUEUE = timedelta(seconds=5)
"""The longest that a call waits for its turn."""
Wall = Callable[[], datetime]


class Circuits:
    """Asks and tells the circuits.

    ``wall``: real time; ``rates``: calls a second that all workers together may begin, of systems that are called here
    and not from their own task queue, whose rate Temporal's server limits.
    """

    def __init__(self, store: Store, wall: Wall, rates: Mapping[System, float] = MappingProxyType({})) -> None:
        self._store, self._wall, self._rates = store, wall, rates

    async def call(self, system: System, attempt: Callable[[], Awaitable[Answer]], *, step: str = "") -> Answer:
        """What the system answers. ``step``: effect key of the step that cannot go on without, for the operator.

        Raises:
            Retryable: it is left in peace for the time that the error says; or it failed now.
            Rejected, Misconfigured, OutcomeUnknown: what it answered.
        """
        if not step:
            return await self._asked(system, attempt)
        try:
            answer = await self._asked(system, attempt)
        except (Retryable, Misconfigured) as error:
            await self._waits(system, step, str(error))
            raise
        except (Rejected, OutcomeUnknown):
            await self._goes_on(step)
            raise
        await self._goes_on(step)
        return answer

    async def _waits(self, system: System, step: str, reason: str) -> None:
        run = step.partition("|")[0]
        try:
            customer = parse_workflow_id(run).customer
        except BadInput:
            return  # a mail to our own people that no play asked for
        wait = StepWait(
            key=step,
            system=system,
            customer=customer,
            workflow_id=run,
            step_id=step.rpartition("|")[2].partition("#")[0],
            since=self._wall(),
            reason=reason[:500],
        )
        async with self._store.begin() as tx:
            await tx.vendor_outbox.waits(wait)

    async def _goes_on(self, step: str) -> None:
        async with self._store.begin() as tx:
            await tx.vendor_outbox.goes_on(step)

    async def _asked(self, system: System, attempt: Callable[[], Awaitable[Answer]]) -> Answer:
        if (wait := await self.enter(system)) is not None:
            raise Retryable(f"{system} is left in peace after failures", after=wait)
        await self._turn(system)
        try:
            answer = await attempt()
        except (Rejected, Retryable, Misconfigured, OutcomeUnknown) as error:
            await self.heard(system, error)
            raise
        except STRANGE as error:
            await self.heard(system, None)
            raise Rejected(f"{system}: answered in a form that we do not know ({type(error).__name__})") from error
        await self.heard(system, None)
        return answer

    async def _turn(self, system: System) -> None:
        """Wait for our turn; where others fill the next seconds, the step is tried again later.

        Raises:
            Retryable: with how long that takes.
        """
        if system not in self._rates:
            return
        async with self._store.begin() as tx:
            every = timedelta(seconds=1 / self._rates[system])
            wait = await tx.vendor_outbox.slot(system, self._wall(), every=every, longest=QUEUE)
        if wait > QUEUE:
            raise Retryable(f"{system} is asked as often as it may be", after=wait)
        await asyncio.sleep(wait.total_seconds())

    async def enter(self, system: System) -> timedelta | None:
        """None: ask it; else how long to leave it in peace. Of those who wait for an open one, one gets through."""
        now = self._wall()
        async with self._store.begin() as tx:
            before = await tx.vendor_outbox.circuit(system)
            if not rules.may_ask(before, now):
                assert before.retry_at is not None
                return before.retry_at - now
            after = rules.admitted(before, now)
            if after != before and not await tx.vendor_outbox.change(before, after):
                return rules.PROBE
        return None

    async def heard(self, system: System, error: Exception | None) -> None:
        """What came of asking. A change that somebody else made meanwhile stands: the next answer is heard as well."""
        now = self._wall()
        async with self._store.begin() as tx:
            before = await tx.vendor_outbox.circuit(system)
            after = _after(before, now, error)
            if after != before:
                await tx.vendor_outbox.change(before, after)


def _after(before: Circuit, now: datetime, error: Exception | None) -> Circuit:
    match error:
        case Retryable(after=timedelta() as wait):
            return rules.told_to_wait(before, now, wait)
        case Retryable() | OutcomeUnknown():
            return rules.failed(before, now, str(error))
        case Misconfigured():
            return rules.misconfigured(before, now, str(error))
        case _:
            return rules.answered(before)
