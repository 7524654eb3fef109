"""Delivery: from the inbox to the facts and to the customer's workflow, again and again until it worked.

A crash between any two lines leaves the row undelivered, and it is delivered again: applying an event is idempotent,
and the workflow recognises an occurrence by its key. So several processes may do this at once. Events of one customer
are delivered in the order of their numbers: an event waits for the older ones of its customer, never for another's.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum

from pydantic import ValidationError
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.frame import customer_of
from activities.ports import Store
from intake import facts
from intake.facts_reading import Heard, Reading
from intake.lexicon import supplied
from intake.occurrence import occurrence_key, occurrence_of
from models.clock import Clock, utc_now
from models.enums import SubscriptionStatus
from models.event_kinds import FACTS, EventType
from models.events import Event, Occurrence
from models.ids import lifecycle_id
from models.play import LifecycleInput
from models.records import Customer, InboxRow
from models.themes import Lexicon
from workflows.attributes import lifecycle_attributes, lifecycle_summary

GRACE = timedelta(seconds=5)
"""Real time that a row is left to the request that brought it."""

INTERVAL = timedelta(seconds=2)
"""Real time between two sweeps: two seconds cost one indexed query, and an outage ends soon after it ended."""

_ATTEMPT = 10.0  # seconds; a connection that hangs has no time limit of its own
_PAGE = 200
_AT_ONCE = 8
_STRIKES = 3
_DOWN = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED)

_log = logging.getLogger("steadfast.intake")


class Outcome(Enum):
    """How an attempt ended. ``UNREACHABLE``: Temporal did not answer, so trying another row is pointless."""

    DELIVERED = "delivered"
    FAILED = "failed"
    UNREACHABLE = "unreachable"


def _tell_nobody(_lag: timedelta) -> None:
    return None


class Deliverer:
    """Delivers rows. ``wall`` is the wall clock; ``told`` hears how long, in real time, a delivered row had waited."""

    def __init__(
        self,
        store: Store,
        client: Client,
        clock: Clock,
        currency: str,
        task_queue: str,
        *,
        lexicon: Lexicon | None = None,
        wall: Callable[[], datetime] = utc_now,
        told: Callable[[timedelta], None] = _tell_nobody,
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._currency = currency
        self._task_queue = task_queue
        self._lexicon = lexicon or supplied()
        self._wall = wall
        self._told = told
        self._left = 0

    async def deliver(self, row: InboxRow, now: datetime) -> bool:
        """Deliver a row that was just received, after the older ones of its customer. ``now`` is virtual.

        False when it stays in the inbox: an attempt failed (which is recorded), or the backlog is so long that this
        row has to wait for its turn in :meth:`sweep`.
        """
        async with self._store.begin() as transaction:
            page = await transaction.inbox.undelivered(before=row.received_at + timedelta.resolution, limit=_PAGE)
        if len(page) == _PAGE and page[-1].number < row.number:
            return False
        older = [other for other in page if other.customer == row.customer and other.number < row.number]
        for one in (*older, row):
            if await self._attempt(one, now) is not Outcome.DELIVERED:
                return False
        return True

    async def sweep(self, limit: int = _PAGE, *, grace: timedelta = GRACE) -> int:
        """Try every row older than ``grace`` (real time), oldest first; returns how many were delivered.

        A row that fails holds back the later rows of its customer only. What is left this time is asked for on top of
        ``limit`` next time, so that rows which keep failing never hide the others.
        """
        before = self._clock.virtual(self._wall() - grace)
        async with self._store.begin() as transaction:
            rows = await transaction.inbox.undelivered(before=before, limit=limit + self._left)
        by_customer: dict[str, list[InboxRow]] = {}
        for row in rows:
            by_customer.setdefault(row.customer, []).append(row)
        strikes = _Strikes()
        gate = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._in_order(each, strikes, gate)) for each in by_customer.values()]
        delivered = sum(task.result() for task in tasks)
        self._left = 0 if strikes.out else len(rows) - delivered
        return delivered

    async def run_forever(self, interval: timedelta = INTERVAL) -> None:
        """Sweep, rest for ``interval`` of real time, and again, until cancelled. Nothing else ends it."""
        while True:
            try:
                delivered = await self.sweep()
                if delivered:
                    _log.info("events delivered again", extra={"count": delivered})
            except Exception as error:  # the database is away, say: the next sweep finds everything as it was
                _log.warning("sweep of the inbox failed", extra={"error": describe(error)})
            await asyncio.sleep(interval.total_seconds())

    async def _in_order(self, rows: list[InboxRow], strikes: "_Strikes", gate: asyncio.Semaphore) -> int:
        delivered = 0
        async with gate:
            for row in rows:
                if strikes.out:
                    break
                outcome = await self._attempt(row, self._clock.virtual(self._wall()))
                strikes.count(outcome)
                if outcome is not Outcome.DELIVERED:
                    break
                delivered += 1
        return delivered

    async def _attempt(self, row: InboxRow, now: datetime) -> Outcome:
        try:
            async with asyncio.timeout(_ATTEMPT):
                await self._hand_over(row, now)
        except Exception as error:  # whatever it is, the row stays in the inbox and is tried again
            await self._record_failure(row, error)
            return Outcome.UNREACHABLE if _unreachable(error) else Outcome.FAILED
        self._told(max((now - row.received_at) / self._clock.factor, timedelta(0)))
        return Outcome.DELIVERED

    async def _hand_over(self, row: InboxRow, now: datetime) -> None:
        event = Event.model_validate_json(row.body)
        occurrence = occurrence_of(row, event)
        try:
            customer, heard = await self._store_facts(row, event, now)
        except facts.Contradiction as error:
            customer, heard = await self._store_facts(row, event, now, remark=str(error))
        if customer is None:
            return
        if heard.subject and not occurrence.subject:
            occurrence = occurrence.model_copy(update={"subject": heard.subject})
        # The facts are committed before the workflow hears of them: what it reads is at least as new as its signal.
        await self._signal(customer, occurrence)
        async with self._store.begin() as transaction:
            await transaction.inbox.delivered(row.number, now)

    async def _store_facts(
        self, row: InboxRow, event: Event, now: datetime, *, remark: str = ""
    ) -> tuple[Customer | None, Heard]:
        """What the event says, stored; the customer if its workflow is to hear of it, else the row is settled.

        ``remark``: why what it tells was found to contradict what is known; then only its customer is stored.

        Raises:
            Contradiction: nothing was stored.
        """
        async with self._store.begin() as transaction:
            customer = await transaction.customers.apply(facts.of_customer(event), currency=self._currency)
            heard = Heard()
            if not remark:
                reading = Reading(self._lexicon, now, self._currency)
                key = occurrence_key(row.source, row.event_id)
                heard = await facts.store(transaction, event, key, reading)
            whom = await transaction.merges.follow(facts.of_customer(event), currency=self._currency)
            if whom != customer.id:  # it was merged into another: what it tells is told of that one
                customer = await customer_of(transaction, whom)
            fact = event.type in FACTS and not heard.notable
            quiet = fact and not await transaction.runs.awaited(customer.id, event.type.value)
            if remark or quiet or _superseded(event, customer):
                await transaction.inbox.delivered(row.number, now, remark=remark)
                return None, heard
            return customer, heard

    async def _signal(self, customer: Customer, occurrence: Occurrence) -> None:
        plan, owner = customer.plan.value if customer.plan else "", customer.csm_id or ""
        await self._client.start_workflow(
            "CustomerLifecycle",
            LifecycleInput(customer=customer.id, clock=self._clock, plan=plan, owner=owner),
            id=lifecycle_id(customer.id),
            task_queue=self._task_queue,
            start_signal="happened",
            start_signal_args=[occurrence],
            search_attributes=lifecycle_attributes(customer.id, plan, owner),
            static_summary=lifecycle_summary(customer.id),
            rpc_timeout=timedelta(seconds=_ATTEMPT),
        )

    async def _record_failure(self, row: InboxRow, error: Exception) -> None:
        told = describe(error)
        _log.warning("event not delivered yet", extra={"inbox_number": row.number, "error": told})
        try:
            async with self._store.begin() as transaction:
                await transaction.inbox.failed(row.number, told)
        except Exception as second:  # the row is undelivered either way
            _log.warning("failure not recorded", extra={"inbox_number": row.number, "error": describe(second)})


class _Strikes:
    """Three attempts in a row that Temporal did not answer mean that it is down, and the rest can wait."""

    def __init__(self) -> None:
        self._row = 0

    @property
    def out(self) -> bool:
        return self._row >= _STRIKES

    def count(self, outcome: Outcome) -> None:
        self._row = self._row + 1 if outcome is Outcome.UNREACHABLE else 0


def describe(error: Exception) -> str:
    """The error in one bounded line, without the data that caused it."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        text = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    else:
        text = str(error)
    return f"{type(error).__name__}: {' '.join(text.split())}"[:300]


def _superseded(event: Event, customer: Customer) -> bool:
    """A cancellation from before a subscription that is already known: history, and no reason to end anything."""
    cancels = event.type is EventType.SUBSCRIPTION_CANCELLED
    return cancels and customer.subscription_status is SubscriptionStatus.ACTIVE


def _unreachable(error: Exception) -> bool:
    if isinstance(error, RPCError):
        return error.status in _DOWN
    # A lazy client that cannot connect says so with a bare RuntimeError.
    return isinstance(error, TimeoutError) or (isinstance(error, RuntimeError) and "client connect" in str(error))
