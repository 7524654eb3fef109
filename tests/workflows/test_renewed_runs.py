"""Continue-as-new on a server that suggests it early: nothing pending is lost, nothing remembered is forgotten."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter

from models.enums import RunStatus
from models.events import Event, EventType, Occurrence
from models.ids import lifecycle_id, new_id, onboarding_id, sequence_id
from models.play import Decided, OutcomeRequest
from tests import servers
from tests.harness import Company, company
from tests.workflows.life import end, eventually, somebody
from tests.workflows.plays import save_play, start
from workflows.lifecycle import CustomerLifecycle
from workflows.play import Play

STEPS = ("welcome", "first_chatbot", "customize", "install", "first_conversation")


@pytest.fixture(scope="module")
def early() -> Iterator[str]:
    """A dev server that suggests continue-as-new after forty events."""
    with servers.temporal("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=40") as address:
        yield address


@pytest.fixture
async def early_company(early: str, plain_url: str, tmp_path: Path) -> AsyncIterator[Company]:
    """A company there."""
    client = await Client.connect(early, data_converter=pydantic_data_converter)
    async with company(client, plain_url, tmp_path) as made:
        yield made


async def _runs(here: Company, workflow_id: str) -> list[WorkflowHandle[Any, Any]]:
    """Every run of a workflow id, newest first."""
    runs = []
    run_id = (await here.client.get_workflow_handle(workflow_id).describe()).run_id
    while run_id:
        handle = here.client.get_workflow_handle(workflow_id, run_id=run_id)
        runs.append(handle)
        first = (await handle.fetch_history()).events[0]
        run_id = first.workflow_execution_started_event_attributes.continued_execution_run_id
    return runs


async def _decided(here: Company, runs: list[WorkflowHandle[Any, Any]]) -> Counter[str]:
    """How often each occurrence was decided on, over all runs."""
    count: Counter[str] = Counter()
    for run in runs:
        for event in (await run.fetch_history()).events:
            answered = event.marker_recorded_event_attributes.details
            if "result" in answered:  # deciding is the lifecycle's only local activity
                [value] = await here.client.data_converter.decode(answered["result"].payloads, [Decided])
                count[value.cause] += 1
    return count


async def test_a_lifecycle_and_an_onboarding_are_renewed_under_a_flood_of_signals(early_company: Company) -> None:
    here = early_company
    said = somebody()
    now = await here.now()
    begun = Event(event_id="begun", type=EventType.SUBSCRIPTION_CREATED, occurred_at=now, customer=said)
    lifecycle = here.client.get_workflow_handle(lifecycle_id(said.id))
    noise = [Occurrence(kind="noted", key=f"n{number}", at=now) for number in range(30)]
    steps = [
        Occurrence(kind="onboarding_step_completed", key=f"s-{step}", at=now, data={"step_id": step}) for step in STEPS
    ]
    flood = [one for number, each in enumerate(noise) for one in (each, *steps[number // 6 : number // 6 + 1])]
    async with here.worker():
        await here.tell(begun, now)

        async def onboards() -> bool:
            async with here.store.read() as tx:
                return len(await tx.runs.of(said.id)) == 2

        await eventually(onboards)
        for _ in range(2):
            for occurrence in flood:
                await lifecycle.signal(CustomerLifecycle.happened, occurrence)

        async def finished() -> bool:
            async with here.store.read() as tx:
                record = await tx.onboardings.latest(said.id)
            return record is not None and record.progress == 100

        await eventually(finished)
        last = Occurrence(kind="noted", key="last", at=now)
        await lifecycle.signal(CustomerLifecycle.happened, last)

        async def heard_last() -> bool:
            return (await _decided(here, await _runs(here, lifecycle.id)))["last"] == 1

        async def celebrated() -> bool:
            async with here.store.read() as tx:
                return len(await tx.work.in_app(said.id)) >= 3

        await eventually(heard_last)
        await eventually(celebrated)
        runs = await _runs(here, lifecycle.id)
        decided = await _decided(here, runs)
        onboarding = await _runs(here, onboarding_id(said.id, 1))
        async with here.store.read() as tx:
            transitions = await tx.lifecycles.history(said.id)
            feed = await tx.work.in_app(said.id)
    assert len(runs) > 2
    assert len(onboarding) > 1
    assert set(decided.values()) == {1}
    assert decided.keys() >= {"events:begun", "last", *(one.key for one in flood)}
    assert [one.rule for one in transitions] == ["subscription_started", "onboarding_done"]
    assert [one.title for one in feed] == [
        "Primer chatbot en marcha",
        "Primera conversación atendida",
        "Puesta en marcha completa",
    ]
    await end(here.client, [lifecycle.id, onboarding_id(said.id, 1), _welcome(said.id)])


def _welcome(customer: str) -> str:
    return sequence_id(customer, "onboarding.welcome_sequence", 1)


async def test_a_play_renewed_while_it_waits_for_a_person_still_waits_and_remembers(early_company: Company) -> None:
    here = early_company
    now = await here.now()
    async with here.worker():
        handle = await start(here, save_play(), customer=new_id("c"))
        for number in range(20):
            seen = Occurrence(kind="noted", key=f"n{number}", at=now)
            await handle.signal(Play.happened, seen)
            await handle.query(Play.view)
        current = here.client.get_workflow_handle(handle.id)

        async def renewed() -> bool:
            return len(await _runs(here, handle.id)) > 1

        await eventually(renewed)
        view = await current.query(Play.view)
        assert view.open_outcomes == ("saved", "lost")
        request = OutcomeRequest(outcome="lost", by="marta", request_id="r1")
        assert await current.execute_update(Play.answer, request) == "recorded"
        assert await handle.result() == RunStatus.COMPLETED
        async with here.store.read() as tx:
            rows = {one.step_id: one.status for one in await tx.runs.steps(handle.id)}
    assert (rows["ask"], rows["learn"]) == ("done", "done")
