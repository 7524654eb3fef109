"""T4, T5: what a parked play costs in the worker and in the database, and what waking it costs a new worker."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from models.clock import utc_now
from models.events import Occurrence
from models.ids import new_id
from models.playbook import Playbook
from settings import load
from stack import temporal_cli
from tests.benchmarks.bare import BareWait
from tests.benchmarks.plays import play_input, released
from tests.benchmarks.processes import WorkerProcess, worker_process
from tests.benchmarks.report import Figure, Report, paired
from tests.benchmarks.rounds import Measured, alternate
from tests.benchmarks.test_bench_signup import bare_input
from workflows.attributes import SEARCH_ATTRIBUTES, play_attributes
from workflows.sequence import Sequence

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

ROUNDS = 1  # a round is every variant twice, each time with two new worker processes
PARKED = 150
STICKY = 12.0  # seconds; for ten the server keeps a task for the worker that was killed

Handle = WorkflowHandle[object, object]
Park = Callable[[Client, str], Coroutine[None, None, Handle]]


def _later(playbook: Playbook) -> Playbook:
    """Nothing to do for a month: the play parks in its first task."""
    steps = tuple(step.model_copy(update={"delay": step.delay + timedelta(days=30)}) for step in playbook.steps)
    return playbook.model_copy(update={"steps": steps})


async def _bare(client: Client, queue: str) -> Handle:
    asked = bare_input(utc_now())
    attributes = play_attributes(play_input(released(), utc_now()).start)
    started = await client.start_workflow(
        BareWait.run, asked, id=f"bare:{asked.customer}", task_queue=queue, search_attributes=attributes
    )
    return client.get_workflow_handle(started.id)


async def _play(client: Client, queue: str) -> Handle:
    asked = play_input(_later(released()), utc_now())
    attributes = play_attributes(asked.start)
    started = await client.start_workflow(
        Sequence.run, asked, id=asked.start.workflow_id, task_queue=queue, search_attributes=attributes
    )
    return client.get_workflow_handle(started.id)


async def _quiet(process: WorkerProcess, *, after: float = 0.0) -> None:
    """Until the worker has done nothing to speak of for two seconds, looked at ``after`` so many."""
    await asyncio.sleep(after)
    spent = -1.0
    while process.cpu() - spent > 0.04:
        spent = process.cpu()
        await asyncio.sleep(2)


async def _cycle(client: Client, address: str, database: Path, park: Park, *, sandbox: str) -> Measured:
    """Park, measure; end the worker; start another, wake all, measure; tidy up."""
    queue = new_id("parked")
    arguments = (address, client.namespace, queue, sandbox)
    async with worker_process(*arguments) as process:
        await park(client, queue)  # the first one pays for imports
        await _quiet(process)
        memory, disk = process.memory(), _size(database)
        handles = [await park(client, queue) for _ in range(PARKED)]
        await _quiet(process)
        memory, disk = (process.memory() - memory) / PARKED, (_size(database) - disk) / PARKED
    async with worker_process(*arguments) as process:
        await _wake(handles[0])
        await _quiet(process, after=STICKY)
        before = process.cpu()
        for handle in handles[1:]:
            await _wake(handle)
        await _quiet(process, after=STICKY)
        spent = 1000 * (process.cpu() - before) / (PARKED - 1)
    for handle in handles:
        await handle.terminate()
    print(f"  {park.__name__[1:]} {sandbox}: {memory:.0f} KiB, {disk:.1f} KiB, {spent:.1f} ms", flush=True)
    return {"worker KiB": memory, "database KiB": disk, "wake CPU ms": spent}


async def _wake(handle: Handle) -> None:
    """Something happens that changes nothing."""
    seen = Occurrence(kind="user_logged_in", key=new_id("e"), at=utc_now())
    await handle.signal("happened", args=[seen] if handle.id.startswith("sequence:") else [])


def _size(database: Path) -> float:
    return sum(path.stat().st_size for path in database.parent.glob(f"{database.name}*")) / 1024


async def test_parked_and_woken(report: Report, tmp_path: Path) -> None:
    database = tmp_path / "temporal.db"
    binary = temporal_cli.find(load())
    attributes = [part for name in SEARCH_ATTRIBUTES for part in ("--search-attribute", f"{name}=Keyword")]
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(binary),
        dev_server_database_filename=str(database),
        dev_server_log_level="error",
        dev_server_extra_args=attributes,
        data_converter=pydantic_data_converter,
    ) as environment:
        client = environment.client
        address = client.service_client.config.target_host
        kinds: dict[str, tuple[Park, str]] = {
            "bare": (_bare, "sandboxed"),
            "copy": (_bare, "sandboxed"),
            "unsandboxed bare": (_bare, "unsandboxed"),
            "play": (_play, "sandboxed"),
        }
        variants = {
            name: (lambda park=park, sandbox=sandbox: _cycle(client, address, database, park, sandbox=sandbox))
            for name, (park, sandbox) in kinds.items()
        }
        found = await alternate(variants, ROUNDS, warm_up=0)  # every process is new
    for target, quantity, base, goal in (
        ("T4", "worker KiB", "bare", 1.35),
        ("T4", "database KiB", "bare", 1.35),
        ("T5", "wake CPU ms", "unsandboxed bare", 2.2),
    ):
        value = {name: measured[quantity] for name, measured in found.items()}
        report.add(
            Figure(
                target,
                f"parked play by {base} wait, {quantity}",
                paired(value["play"], value[base]),
                paired(value["copy"], value["bare"]),
                goal,
                "at most",
                {f"{name} {quantity}": sorted(values)[len(values) // 2] for name, values in value.items()},
            )
        )
