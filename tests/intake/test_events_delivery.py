"""From the inbox to the workflow: nothing lost while Temporal is away, nothing out of order, nothing twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from intake.deliver import Deliverer
from intake.inbox import Receipt, receive
from models.clock import Clock
from models.events import Event, EventCustomer, EventType, Occurrence
from models.ids import lifecycle_id
from models.play import LifecycleInput, RunRecord
from persistence.backlog import Backlog
from persistence.store import SqlStore

WALL = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
QUEUE = "intake-tests"
LATER = timedelta(minutes=1)


class Hands:
    """The wall clock, moved by hand."""

    def __init__(self) -> None:
        self.wall = WALL

    def __call__(self) -> datetime:
        return self.wall


@workflow.defn(name="CustomerLifecycle")
class Listener:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[Occurrence] = []

    @workflow.run
    async def run(self, asked: LifecycleInput) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.signal
    def happened(self, seen: Occurrence) -> None:
        self.heard.append(seen)

    @workflow.query
    def all(self) -> list[Occurrence]:
        return self.heard


@pytest.fixture
async def store(plain_url: str) -> AsyncIterator[SqlStore]:
    opened = SqlStore.open(plain_url)
    yield opened
    await opened.close()


@pytest.fixture
async def nobody() -> Client:
    return await Client.connect("127.0.0.1:1", lazy=True, data_converter=pydantic_data_converter)


def deliverer(store: SqlStore, client: Client, hands: Hands) -> Deliverer:
    return Deliverer(store, client, Clock(), "EUR", QUEUE, wall=hands)


def event(number: int, customer: str, kind: EventType = EventType.SUBSCRIPTION_CREATED, **data: str) -> Event:
    said = EventCustomer(id=customer, plan="growth", csm_id="csm-7")
    return Event(
        event_id=f"e-{number}", type=kind, occurred_at=WALL + timedelta(seconds=number), customer=said, data=dict(data)
    )


async def come_in(store: SqlStore, *events: Event) -> list[Receipt]:
    return [await receive(store, one, source="events", now=WALL) for one in events]


async def heard(client: Client, customer: str) -> list[Occurrence]:
    return await client.get_workflow_handle(lifecycle_id(customer)).query(Listener.all)


async def waiting(store: SqlStore) -> int:
    return await Backlog(store.database).undelivered()


async def test_events_kept_while_temporal_was_away_arrive_in_order_once_it_is_back(
    store: SqlStore, nobody: Client, dev_client: Client
) -> None:
    hands = Hands()
    step = event(
        2, "away", EventType.ONBOARDING_STEP_COMPLETED, criterion="profile_completed", note="not for workflows"
    )
    end = event(3, "away", EventType.SUBSCRIPTION_CANCELLED, reason="too dear")
    receipts = await come_in(store, event(1, "away"), step, end)
    assert await deliverer(store, nobody, hands).deliver(receipts[0].row, WALL) is False
    hands.wall += LATER
    assert await deliverer(store, nobody, hands).sweep() == 0
    async with store.read() as transaction:
        row = await transaction.inbox.get(receipts[0].number)
    assert row is not None
    assert row.attempts == 2
    assert "connect" in row.error
    async with Worker(dev_client, task_queue=QUEUE, workflows=[Listener], workflow_runner=UnsandboxedWorkflowRunner()):
        assert await deliverer(store, dev_client, hands).sweep() == 3
        told = await heard(dev_client, "away")
        assert [(one.name, one.key, one.number, one.data) for one in told] == [
            ("subscription_created", "events:e-1", 1, {}),
            ("onboarding_step_completed:profile_completed", "events:e-2", 2, {}),
            ("subscription_cancelled", "events:e-3", 3, {"reason": "too dear"}),
        ]
        assert await waiting(store) == 0
        described = await dev_client.get_workflow_handle(lifecycle_id("away")).describe()
    attributes = {pair.key.name: pair.value for pair in described.typed_search_attributes}
    assert {name: attributes[name] for name in ("CustomerId", "Plan", "Owner")} == {
        "CustomerId": "away",
        "Plan": "growth",
        "Owner": "csm-7",
    }


async def test_an_older_event_of_the_same_customer_goes_first(store: SqlStore, dev_client: Client) -> None:
    hands = Hands()
    _, second = await come_in(store, event(1, "order"), event(2, "order", EventType.SUBSCRIPTION_CANCELLED))
    async with Worker(dev_client, task_queue=QUEUE, workflows=[Listener], workflow_runner=UnsandboxedWorkflowRunner()):
        assert await deliverer(store, dev_client, hands).deliver(second.row, WALL)
        assert [one.number for one in await heard(dev_client, "order")] == [1, 2]


async def test_a_login_is_a_fact_and_told_only_where_a_run_waits_for_it(store: SqlStore, dev_client: Client) -> None:
    hands = Hands()
    first, login = await come_in(store, event(1, "fact"), event(2, "fact", EventType.USER_LOGGED_IN))
    async with Worker(dev_client, task_queue=QUEUE, workflows=[Listener], workflow_runner=UnsandboxedWorkflowRunner()):
        sender = deliverer(store, dev_client, hands)
        assert await sender.deliver(first.row, WALL)
        assert await sender.deliver(login.row, WALL)
        assert [one.kind for one in await heard(dev_client, "fact")] == ["subscription_created"]
        async with store.begin() as transaction:
            facts = await transaction.facts.read(
                "fact", ["days_since_last_login"], as_of=WALL + timedelta(days=2), since=WALL
            )
            await transaction.runs.open(
                RunRecord(
                    workflow_id="sequence:fact:x:1",
                    customer="fact",
                    process="sequence",
                    playbook="x",
                    version=1,
                    fingerprint="f",
                    status="running",
                    started=WALL,
                    wants=("user_logged_in",),
                )
            )
        assert facts == {"days_since_last_login": 1}
        (again,) = await come_in(store, event(3, "fact", EventType.USER_LOGGED_IN))
        assert await sender.deliver(again.row, WALL)
        assert [one.kind for one in await heard(dev_client, "fact")] == ["subscription_created", "user_logged_in"]
    assert await waiting(store) == 0


async def test_an_event_that_cannot_be_applied_holds_back_its_own_customer_only(
    store: SqlStore, dev_client: Client
) -> None:
    hands = Hands()
    foreign = event(1, "stuck").model_copy(update={"customer": EventCustomer(id="stuck", plan="pro", currency="USD")})
    await come_in(store, foreign, event(2, "stuck", EventType.SUBSCRIPTION_CANCELLED), event(3, "free"))
    hands.wall += LATER
    sender = deliverer(store, dev_client, hands)
    assert await sender.sweep(limit=1) == 0
    # What is stuck is asked for on top of the limit, so it never hides what comes after it.
    assert [await sender.sweep(limit=1) for _ in range(2)] == [0, 1]
    async with store.read() as transaction:
        stuck = await transaction.inbox.undelivered(before=hands.wall, limit=10)
    assert [(row.number, bool(row.error)) for row in stuck] == [(1, True), (2, False)]


async def test_two_sweeps_at_once_lose_and_repeat_nothing_the_workflow_cannot_tell(
    store: SqlStore, dev_client: Client
) -> None:
    hands = Hands()
    await come_in(store, *(event(number, f"pair-{number % 3}") for number in range(9)))
    hands.wall += LATER
    async with Worker(dev_client, task_queue=QUEUE, workflows=[Listener], workflow_runner=UnsandboxedWorkflowRunner()):
        await asyncio.gather(*(deliverer(store, dev_client, hands).sweep() for _ in range(2)))
        for customer in range(3):
            keys = [one.key for one in await heard(dev_client, f"pair-{customer}")]
            assert list(dict.fromkeys(keys)) == [f"events:e-{number}" for number in range(customer, 9, 3)]
    assert await waiting(store) == 0


async def test_a_sweep_leaves_fresh_rows_to_their_request(store: SqlStore, dev_client: Client) -> None:
    hands = Hands()
    await come_in(store, event(1, "fresh"))
    sender = deliverer(store, dev_client, hands)
    assert await sender.sweep() == 0
    assert await sender.sweep(grace=timedelta(seconds=-1)) == 1


async def test_the_loop_outlives_every_failure_until_it_is_cancelled(store: SqlStore, nobody: Client) -> None:
    hands = Hands()
    await come_in(store, event(1, "loop"))
    hands.wall += LATER
    running = asyncio.create_task(deliverer(store, nobody, hands).run_forever(timedelta(milliseconds=10)))
    while True:
        async with store.read() as transaction:
            row = await transaction.inbox.get(1)
        if row is not None and row.attempts > 2:
            break
        await asyncio.sleep(0.01)
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
