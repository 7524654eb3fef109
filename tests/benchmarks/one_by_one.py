"""What the sweep would be as an activity for each customer: the baseline of T9."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio import activity, workflow

from activities.evaluate import Evaluator
from persistence.store import SqlStore

AT_ONCE = 100
"""Activities in flight."""


class OneByOneActivities:
    """The evaluation of an event, for a customer at a time."""

    def __init__(self, store: SqlStore, evaluator: Evaluator, at: datetime) -> None:
        self._store = store
        self._evaluator = evaluator
        self._at = at

    @activity.defn
    async def evaluate_one(self, customer: str) -> None:
        """Decide on the customer and store what was decided."""
        async with self._store.begin() as tx:
            await self._evaluator.evaluate(tx, customer, at=self._at)


@workflow.defn
class OneByOne:
    """An activity for each of them."""

    @workflow.run
    async def run(self, customers: Sequence[str]) -> None:
        """Some at once, until all are done."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(customer: str) -> None:
            async with gate:
                await workflow.execute_activity("evaluate_one", customer, start_to_close_timeout=timedelta(minutes=5))

        await asyncio.gather(*(one(customer) for customer in customers))
