"""Worker Versioning on the dev server: plays follow the current build, the book's readings end on their own."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.enums.v1 import VersioningBehavior as Behavior
from temporalio.api.workflowservice.v1 import (
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

import worker
from activities.connected import Connected
from composition import pulling, worker_versions
from models.clock import REAL
from models.enums import RunStatus
from models.ids import new_id
from models.play import OutcomeRequest
from models.pull import PullInput, Source, pull_queue
from models.validating import ValidationInput
from tests.harness import Company
from tests.workflows.inline import act
from tests.workflows.plays import playbook, start
from tests.workflows.test_releases import ASK, asks, until
from workflows.metrics_validation import MetricsValidation
from workflows.pinned import PINNED
from workflows.play import Play
from workflows.pull import SourcePull

MADE = playbook(act("hello"), ASK, act("thank", after="ask", on=["yes"]), id="test.versions")


class GatedStore:
    """A store that opens nothing before it may."""

    def __init__(self, inner: Any) -> None:
        self._inner, self.open = inner, asyncio.Event()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        """A transaction, later."""
        await self.open.wait()
        async with self._inner.begin() as tx:
            yield tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        """A reading, later."""
        await self.open.wait()
        async with self._inner.read() as tx:
            yield tx


async def make_current(client: Client, build: str) -> None:
    """As ``temporal worker deployment set-current-version``; waits until the build's worker is known to the server."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace,
        deployment_name=worker_versions.DEPLOYMENT,
        build_id=build,
        ignore_missing_task_queues=True,
    )
    for _ in range(200):
        try:
            await client.workflow_service.set_worker_deployment_current_version(request)
            return
        except RPCError as error:
            if error.status is RPCStatusCode.UNIMPLEMENTED:
                pytest.skip(f"this Temporal server knows no Worker Versioning by deployments: {error}")
            if error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION):
                raise
            await asyncio.sleep(0.05)
    raise AssertionError(f"the server never heard of build {build}")


async def builds(handle: WorkflowHandle[Any, Any]) -> list[tuple[str, Behavior.ValueType]]:
    """Who carried out each of the run's workflow tasks, and the behaviour that the run was given."""
    found = []
    async for event in handle.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            told = event.workflow_task_completed_event_attributes
            found.append((told.deployment_version.build_id, told.versioning_behavior))
    return found


def of_build(here: Company, build: str, **given: Any) -> Worker:
    return worker.build_worker(
        here.client, dataclasses.replace(here.given, **given), task_queue=here.task_queue, build_id=build
    )


async def test_a_build_that_gets_no_work_is_told_with_the_command_that_mends_it(dev_company: Company) -> None:
    client, build, other = dev_company.client, new_id("c"), new_id("d")
    assert await worker_versions.idle_because(client, "") is None
    said = await worker_versions.idle_because(client, build)
    if said is None:
        pytest.skip("this Temporal server knows no Worker Versioning by deployments")
    assert said.startswith(f"no work for build {build}: ")
    assert f"set-current-version --namespace {client.namespace} --deployment-name steadfast --build-id {build}" in said
    async with of_build(dev_company, build):
        await make_current(client, build)
        assert await worker_versions.idle_because(client, build) is None
        said = await worker_versions.idle_because(client, other)
        assert said is not None
        assert f"build {build} is the current one" in said


async def test_a_play_follows_the_current_build_and_a_validation_ends_on_the_one_it_began_with(
    dev_company: Company,
) -> None:
    here, old, new = dev_company, new_id("a"), new_id("b")
    gate = GatedStore(here.store)
    async with of_build(here, old):
        await make_current(here.client, old)
        play = await start(here, MADE)
        await until(partial(asks, play))
        assert set(await builds(play)) == {(old, Behavior.VERSIONING_BEHAVIOR_AUTO_UPGRADE)}
    async with of_build(here, old, store=gate), of_build(here, new):
        validation = await here.client.start_workflow(
            MetricsValidation.run, ValidationInput(), id=new_id("validation"), task_queue=here.task_queue
        )
        await until(lambda: begun(validation))
        await make_current(here.client, new)
        await play.execute_update(Play.answer, OutcomeRequest(outcome="yes", by="marta"))
        assert await play.result() == RunStatus.COMPLETED
        gate.open.set()
        await validation.result()
    assert [build for build, _ in await builds(play)][-1] == new
    of_validation = await builds(here.client.get_workflow_handle(validation.id))
    assert len(of_validation) > 1
    assert set(of_validation) == {(old, Behavior.VERSIONING_BEHAVIOR_PINNED)}
    async with here.store.read() as tx:
        assert {one.step_id: one.status for one in await tx.runs.steps(play.id)}["thank"] == "done"


async def begun(handle: WorkflowHandle[Any, Any]) -> bool:
    return bool(await builds(handle))


async def test_a_source_is_read_by_a_worker_with_a_build_of_its_own_queue(dev_company: Company) -> None:
    here, build = dev_company, new_id("a")
    settings = here.settings.model_copy(update={"build_id": build, "task_queue": here.task_queue})
    async with pulling.build_worker(here.client, here.store, Connected(), settings, REAL):
        await make_current(here.client, build)
        handle = await here.client.start_workflow(
            SourcePull.run, PullInput(source=Source.ZENDESK), id=new_id("pull"), task_queue=pull_queue(here.task_queue)
        )
        await until(lambda: begun(handle))
        await handle.terminate("seen")
    assert set(await builds(handle)) == {(build, Behavior.VERSIONING_BEHAVIOR_PINNED)}


def test_the_names_are_the_same_with_and_without_a_build() -> None:
    """What a Schedule or a lifecycle starts by name finds its type on either."""
    assert worker_versions.deployment("") is None
    assert worker_versions.of_build(worker.WORKFLOWS, "") == list(worker.WORKFLOWS)
    with_build = worker_versions.of_build(worker.WORKFLOWS, "b")
    assert {one for one in worker.WORKFLOWS if one not in with_build} == PINNED.keys()
    assert [one.__name__ for one in PINNED] == ["PortfolioSweep", "SourcePull", "MetricsValidation"]
