"""A made-up customer who lives through days on the time-skipping server, and everything that was done for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pydantic import JsonValue
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from models.enums import Segment
from models.events import Event, EventCustomer, EventType
from models.ids import lifecycle_id, new_id, onboarding_id, sequence_id
from models.play import OnboardingRecord, RunView, StepRecord
from models.records import (
    Blocker,
    Communication,
    Csm,
    CsmTask,
    InAppNotice,
    MeetingProposal,
    Notice,
    RunRow,
    Transition,
    WebhookDelivery,
)
from tests.harness import Company, hire
from workflows.play import Play

T = TypeVar("T")

MARTA = Csm(
    id="csm-marta",
    name="Marta",
    email="marta@house.example",
    calendar_link="https://cal.example/marta",
    segments=tuple(Segment),
)
# Virtual time stands still while a task is under way, so a short sleep ends only when all are done.
SETTLE = timedelta(minutes=1)


@dataclass(frozen=True)
class Done:
    """Everything that the tables hold about one customer."""

    transitions: list[Transition]
    said: list[Communication]
    feed: list[InAppNotice]
    tasks: list[CsmTask]
    notices: list[Notice]
    proposals: list[MeetingProposal]
    blockers: list[Blocker]
    webhooks: list[WebhookDelivery]
    onboarding: OnboardingRecord | None
    runs: dict[str, RunRow]
    steps: dict[str, dict[str, StepRecord]]

    def without(self, process: str) -> "Done":
        """But what a process did, where it comes by the calendar: the server's clock stands anywhere in a quarter."""

        def ours(workflow_id: str) -> bool:
            return not workflow_id.startswith(f"{process}:")

        return replace(
            self,
            said=[one for one in self.said if ours(one.workflow_id)],
            tasks=[one for one in self.tasks if ours(one.workflow_id)],
            notices=[one for one in self.notices if ours(one.workflow_id)],
            proposals=[one for one in self.proposals if ours(one.workflow_id)],
            runs={run: one for run, one in self.runs.items() if ours(run)},
        )

    def stages(self) -> list[tuple[str, str]]:
        """(rule, stage) in order."""
        return [(one.rule, one.to_stage.value) for one in self.transitions]

    def mails(self) -> list[tuple[str, str]]:
        """(template, status) in order."""
        return [(one.template, one.status.value) for one in self.said]

    def statuses(self, workflow_id: str) -> dict[str, str]:
        """Step to status."""
        return {step: one.status for step, one in self.steps[workflow_id].items()}


@dataclass
class Life:
    """One customer and its days."""

    env: WorkflowEnvironment
    here: Company
    said: EventCustomer
    began: datetime = field(init=False)

    @property
    def id(self) -> str:
        """The customer's id."""
        return self.said.id

    @property
    def welcome(self) -> str:
        """Workflow id of the first welcome sequence."""
        return sequence_id(self.id, "onboarding.welcome_sequence", 1)

    def stalled(self, n: int) -> str:
        """Workflow id of the n-th help for a stall."""
        return sequence_id(self.id, "onboarding.stalled_onboarding", n)

    def onboarding(self, cycle: int = 1) -> str:
        """Workflow id of an onboarding."""
        return onboarding_id(self.id, cycle)

    def handle(self, workflow_id: str) -> WorkflowHandle[Any, Any]:
        """A running play."""
        return self.here.client.get_workflow_handle(workflow_id)

    async def now(self) -> datetime:
        """The server's present moment."""
        return (await self.env.get_current_time()).astimezone(UTC)

    async def tell(
        self, what: EventType, *, at: datetime | None = None, event_id: str = "", **data: JsonValue
    ) -> Event:
        """An event of this customer arrives, and everything that follows at once is done."""
        now = await self.now()
        event = Event(event_id=event_id or new_id("e"), type=what, occurred_at=at or now, customer=self.said, data=data)
        await self.here.tell(event, now)
        await self.settle()
        return event

    async def subscribes(self) -> None:
        """The subscription begins."""
        await self.tell(EventType.SUBSCRIPTION_CREATED)

    async def does(self, *steps: str) -> None:
        """The product reports steps."""
        for step in steps:
            await self.tell(EventType.ONBOARDING_STEP_COMPLETED, step_id=step)

    async def cancels(self) -> None:
        """The subscription ends."""
        await self.tell(EventType.SUBSCRIPTION_CANCELLED)

    async def settle(self) -> None:
        """Until nothing is under way."""
        await self.env.sleep(SETTLE)
        await asyncio.sleep(0.02)
        await self.env.sleep(SETTLE)

    async def pass_time(self, **span: float) -> None:
        """Let time pass and what became due be done."""
        await self.env.sleep(timedelta(**span))
        await self.settle()

    async def until_day(self, day: float) -> None:
        """Until this day after the beginning, and an hour: what is due then is done."""
        await self.pass_time(seconds=(self.began + timedelta(days=day, hours=1) - await self.now()).total_seconds())

    async def view(self, workflow_id: str) -> RunView:
        """What the play says of itself."""
        return await self.handle(workflow_id).query(Play.view)

    async def done(self) -> Done:
        """Read everything."""
        async with self.here.store.read() as tx:
            runs = {run.workflow_id: run for run in await tx.runs.of(self.id)}
            return Done(
                transitions=await tx.lifecycles.history(self.id),
                said=await tx.communications.of(self.id),
                feed=await tx.work.in_app(self.id),
                tasks=await tx.work.tasks(self.id),
                notices=await tx.work.notices(self.id),
                proposals=await tx.work.proposals(self.id),
                blockers=await tx.work.blockers(self.id),
                webhooks=await tx.outbox.of(self.id),
                onboarding=await tx.onboardings.latest(self.id),
                runs=runs,
                steps={name: {step.step_id: step for step in await tx.runs.steps(name)} for name in runs},
            )


def somebody(**fields: object) -> EventCustomer:
    """A made-up customer."""
    given: dict[str, object] = {
        "id": new_id("c"),
        "name": "Panadería Sol",
        "first_name": "Ana",
        "email": "ana@sol.example",
        "plan": "starter",
        "locale": "es-ES",
        "timezone": "Europe/Madrid",
    }
    return EventCustomer.model_validate(given | fields)


@asynccontextmanager
async def living(env: WorkflowEnvironment, here: Company, **fields: object) -> AsyncIterator[Life]:
    """A customer, from a Monday morning on; a worker works until the end, and then nothing of it is left running."""
    await hire(here.store, MARTA)
    life = Life(env, here, somebody(**fields))
    await env.sleep(_next_monday(await life.now()) - await life.now())
    life.began = await life.now()
    try:
        async with here.worker():
            yield life
    finally:
        await end(here.client, [*(await life.done()).runs, lifecycle_id(life.id)])


async def end(client: Client, workflow_ids: list[str]) -> None:
    """Nothing is left that would hold the server's clock."""
    for workflow_id in workflow_ids:
        with suppress(RPCError):
            await client.get_workflow_handle(workflow_id).terminate("the test is over")


async def eventually(ask: Callable[[], Awaitable[T | None]], seconds: float = 20) -> T:
    """The first answer that is there; fails after real ``seconds``."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while True:
        answer = await ask()
        if answer:
            return answer
        assert loop.time() < deadline, f"still {answer!r} after {seconds} s"
        await asyncio.sleep(0.05)


def _next_monday(now: datetime) -> datetime:
    """Nine o'clock UTC is within working hours in Madrid all year."""
    monday = now.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=-now.weekday() % 7)
    return monday if monday > now else monday + timedelta(days=7)
