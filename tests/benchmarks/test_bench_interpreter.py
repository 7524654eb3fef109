"""T1, T2: the welcome sequence by the interpreter against the same sequence written by hand, in one run."""

import asyncio
import statistics
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHistory
from temporalio.common import TypedSearchAttributes
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from models.clock import utc_now
from models.playbook import Playbook
from tests.benchmarks.handwritten import HandWritten
from tests.benchmarks.plays import conditional, hand_input, immediate, play_input, released
from tests.benchmarks.processes import WorkerProcess
from tests.benchmarks.report import Figure, Report, paired
from tests.benchmarks.rounds import Measured, alternate
from workflows.attributes import play_attributes
from workflows.sequence import Sequence

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

ROUNDS = 5
RUNS = 24
AT_ONCE = 16
REPLAYED = 12

Start = Callable[[Client, str], Any]


async def _hand(playbook: Playbook, client: Client, queue: str) -> None:
    asked = hand_input(playbook.fingerprint(), utc_now())
    attributes = play_attributes(play_input(playbook, asked.started).start)
    await _run(client, queue, HandWritten.run, asked, asked.workflow_id, attributes)


async def _played(playbook: Playbook, client: Client, queue: str) -> None:
    asked = play_input(playbook, utc_now())
    await _run(client, queue, Sequence.run, asked, asked.start.workflow_id, play_attributes(asked.start))


async def _run(
    client: Client, queue: str, run: Any, asked: Any, workflow_id: str, attributes: TypedSearchAttributes
) -> None:
    await client.execute_workflow(run, asked, id=workflow_id, task_queue=queue, search_attributes=attributes)


async def _rate(one: Start, client: Client, process: WorkerProcess) -> Measured:
    gate = asyncio.Semaphore(AT_ONCE)

    async def limited() -> None:
        async with gate:
            await one(client, process.task_queue)

    before, began = process.cpu(), time.perf_counter()
    await asyncio.gather(*(limited() for _ in range(RUNS)))
    spent = time.perf_counter() - began
    return {"runs/s": RUNS / spent, "worker CPU ms": 1000 * (process.cpu() - before) / RUNS}


async def test_runs_a_second(dev_client: Client, bench_worker: WorkerProcess, report: Report) -> None:
    plain = immediate(released())
    starts: dict[str, Start] = {
        "hand": partial(_hand, plain),
        "copy": partial(_hand, plain),
        "interpreter": partial(_played, plain),
        "conditions": partial(_played, conditional(plain)),
    }
    variants = {name: partial(_rate, start, dev_client, bench_worker) for name, start in starts.items()}
    found = await alternate(variants, ROUNDS)
    rate = {name: measured["runs/s"] for name, measured in found.items()}
    cpu = {name: measured["worker CPU ms"] for name, measured in found.items()}
    control = paired(rate["copy"], rate["hand"])
    medians = {f"{name} runs/s": sorted(values)[len(values) // 2] for name, values in rate.items()}
    spent = {f"{name} worker CPU ms": sorted(values)[len(values) // 2] for name, values in cpu.items()}
    report.add(
        Figure(
            "T1",
            "interpreter by hand-written, runs/s",
            paired(rate["interpreter"], rate["hand"]),
            control,
            0.95,
            "at least",
            {**medians, **spent},
        )
    )
    report.add(
        Figure(
            "T2",
            "conditions in the workflow by none, runs/s",
            paired(rate["conditions"], rate["interpreter"]),
            control,
            0.93,
            "at least",
        )
    )


async def _histories(client: Client, queue: str, name: str, playbook: Playbook) -> list[WorkflowHistory]:
    ids = []
    for _ in range(REPLAYED):
        if name in ("hand", "copy"):
            hand = hand_input(playbook.fingerprint(), utc_now())
            ids.append(hand.workflow_id)
            await client.start_workflow(HandWritten.run, hand, id=ids[-1], task_queue=queue)
        else:
            play = play_input(playbook, utc_now())
            ids.append(play.start.workflow_id)
            await client.start_workflow(Sequence.run, play, id=ids[-1], task_queue=queue)
    handles = [client.get_workflow_handle(one) for one in ids]
    await asyncio.gather(*(handle.result() for handle in handles))
    return [await handle.fetch_history() for handle in handles]


async def _replay(order: list[tuple[str, WorkflowHistory]]) -> dict[str, float]:
    """Milliseconds of processor for each variant, mean of its histories; one replayer takes them in the given order."""

    async def each() -> AsyncIterator[WorkflowHistory]:
        for _, history in order:
            yield history

    replayer = Replayer(
        workflows=[Sequence, HandWritten],
        data_converter=pydantic_data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    spent: dict[str, list[float]] = defaultdict(list)
    async with replayer.workflow_replay_iterator(each()) as results:
        for name, _ in order:
            before = time.process_time()
            result = await anext(results)
            spent[name].append(1000 * (time.process_time() - before))
            assert result.replay_failure is None
    return {name: statistics.fmean(values) for name, values in spent.items()}


async def test_replay(dev_client: Client, bench_worker: WorkerProcess, report: Report) -> None:
    plain = immediate(released())
    plays = {"hand": plain, "copy": plain, "interpreter": plain, "conditions": conditional(plain)}
    histories = {
        name: await _histories(dev_client, bench_worker.task_queue, name, playbook) for name, playbook in plays.items()
    }
    cpu: dict[str, list[float]] = {name: [] for name in histories}
    for number in range(2 * ROUNDS + 1):
        turns = [[(name, played[index]) for name, played in histories.items()] for index in range(REPLAYED)]
        order = [one for index, turn in enumerate(turns) for one in (reversed(turn) if index % 2 else turn)]
        for name, spent in (await _replay(order)).items():
            cpu[name] += [spent] if number else []
    control = paired(cpu["copy"], cpu["hand"])
    medians = {f"{name} CPU ms": sorted(values)[len(values) // 2] for name, values in cpu.items()}
    report.add(
        Figure(
            "T1",
            "interpreter by hand-written, replay CPU, sandbox off",
            paired(cpu["interpreter"], cpu["hand"]),
            control,
            1.15,
            "at most",
            medians,
        )
    )
    report.add(
        Figure(
            "T2",
            "conditions in the workflow by none, replay CPU",
            paired(cpu["conditions"], cpu["interpreter"]),
            control,
            1 / 0.93,
            "at most",
        )
    )
