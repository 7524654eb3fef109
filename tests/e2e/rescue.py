"""A save play whose worker is killed once: a mail, a task, an escalation, a person's answer, and what follows it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client, WorkflowHandle

from models.enums import LifecycleStage, Segment, SubscriptionStatus
from models.event_kinds import EventType
from models.event_making import STEADFAST, made
from models.ids import new_id, save_id
from models.play import OutcomeRequest
from models.records import Csm, Customer
from persistence.store import SqlStore
from tests.e2e.rescue_play import SIGNAL
from tests.e2e.site import until
from tests.e2e.victim import Victim
from tests.harness import hire
from workflows.play import Play

_RISEN = "EXISTS (SELECT 1 FROM notice WHERE recipient = 'cs_manager' AND key LIKE '%|escalation#1')"


@dataclass(frozen=True)
class Rescue:
    """What the story left in the database, without what differs between two customers."""

    run: str
    steps: dict[str, tuple[str, str]]
    mails: Counter[tuple[str, str]]
    message_ids: frozenset[str]
    tasks: Counter[tuple[str, str]]
    notices: Counter[tuple[str, str]]
    answers: Counter[tuple[str, str]]


class Rescued(Victim):
    """A paying customer for whom a signal opens; a manager answers after the path has risen once."""

    day = 8.0
    quiet = "NOT EXISTS (SELECT 1 FROM inbox WHERE delivered_at IS NULL)"

    async def rescue(self, client: Client) -> Rescue:
        """Live through it; killed once, and restarted."""
        store = self.site.store()
        try:
            await hire(store, Csm(id="csm-1", name="Marta", email="m@house.example", segments=(Segment.SELF_SERVE,)))
            await self._exists(store)
            await self._tells(store, EventType.SIGNAL_OPENED, severity="high")
            self._start(self.point)
            await self._until(_RISEN, "the path to rise")
            play: WorkflowHandle[Play, object] = client.get_workflow_handle(save_id(self.customer, SIGNAL, 1))
            asked = OutcomeRequest(outcome="reached", by="marta", note="on holiday", request_id=f"{self.customer}:r")
            for _ in range(2):  # a person who is not sure whether it was heard says it again
                await self._meanwhile(play.execute_update(Play.answer, asked, id=new_id("u")))
            await self._meanwhile(self._thanked(play))
            await self._tells(store, EventType.SIGNAL_CLEARED, by="predicate_false")
            await self._meanwhile(play.result())
            assert len(self.started) == (2 if self.point else 1), f"never reached: {self.point}"
            return await self._what_is_left(store, play.id)
        finally:
            await store.close()

    async def _meanwhile(self, asked: Awaitable[object]) -> None:
        """Until it is answered; a worker that is killed meanwhile gets a successor."""
        waiting = asyncio.ensure_future(asked)
        await until(lambda: self._settled(waiting), f"an answer, killed {self.point!r}", seconds=200, every=0.5)
        await waiting

    async def _settled(self, waiting: asyncio.Future[object]) -> bool:
        await self._holds("1")
        return waiting.done()

    async def _exists(self, store: SqlStore) -> None:
        now = self.site.now()
        customer = Customer(
            id=self.customer,
            name="Panadería Sol",
            first_name="Ana",
            email=f"{self.customer}@sol.example",
            plan="starter",
            csm_id="csm-1",
            timezone="Europe/Madrid",
            stage=LifecycleStage.GROWING,
            subscription_status=SubscriptionStatus.ACTIVE,
            subscribed_at=now - timedelta(days=100),
            cycle=1,
        )
        async with store.begin() as tx:
            await tx.customers.put(customer)

    async def _tells(self, store: SqlStore, what: EventType, **data: str) -> None:
        """As by a sweep of long ago: the worker's deliverer finds it."""
        now = self.site.now()
        async with store.begin() as tx:
            said = made(what, self.customer, now, new_id("i"), type=SIGNAL, **data)
            await tx.inbox.add(STEADFAST, said, now - timedelta(days=30))

    async def _thanked(self, play: WorkflowHandle[Play, object]) -> None:
        """What follows the answer is done; only then may the goal end the play."""

        async def done() -> bool:
            return {one.step_id: one.status for one in (await play.query(Play.view)).steps}["thank"] == "done"

        await until(done, "the step after the answer", seconds=200)

    async def _what_is_left(self, store: SqlStore, run: str) -> Rescue:
        async with store.read() as tx:
            [row] = await tx.runs.of(self.customer)
            mails = await tx.communications.of(self.customer)
            return Rescue(
                run=row.status,
                steps={one.step_id: (one.status, one.result) for one in await tx.runs.steps(run)},
                mails=Counter((one.template, one.status.value) for one in mails),
                message_ids=frozenset(one.message_id for one in mails),
                tasks=Counter((one.type, one.outcome) for one in await tx.work.tasks(self.customer)),
                notices=Counter(
                    (one.recipient, one.key.rpartition("|")[2]) for one in await tx.work.notices(self.customer)
                ),
                answers=Counter((one.outcome, one.by) for one in await tx.outcomes.of(self.customer)),
            )
