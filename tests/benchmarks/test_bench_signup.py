"""T6: from a signup to its first effect, through lifecycle and play, against a bare start to its first activity."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError

from models.clock import utc_now
from models.events import Occurrence
from models.ids import lifecycle_id, sequence_id
from models.play import LifecycleInput, StepInput
from tests.benchmarks.bare import BareAct
from tests.benchmarks.plays import WELCOME, new_customer
from tests.benchmarks.processes import WorkerProcess
from tests.benchmarks.report import Figure, Report, paired
from tests.benchmarks.rounds import Measured, alternate
from workflows.attributes import lifecycle_attributes
from workflows.lifecycle import CustomerLifecycle

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

ROUNDS = 5
SIGNUPS = 12


def bare_input(now: datetime) -> StepInput:
    """A step's input without anything special."""
    return StepInput(
        key="k",
        workflow_id="w",
        customer=new_customer(),
        playbook=WELCOME,
        version=1,
        fingerprint="f" * 12,
        step_id="send_welcome_email",
        action="send_message",
        params={"template": "welcome_email_self_serve"},
        started=now,
        due=now,
        now=now,
    )


async def _bare(client: Client, queue: str) -> float:
    asked = bare_input(utc_now())
    began = time.time()
    handle = await client.start_workflow(BareAct.run, asked, id=f"bare:{asked.customer}", task_queue=queue)
    await handle.result()
    return await _first_activity(client, handle.id) - began


async def _signup(client: Client, queue: str) -> float:
    now = utc_now()
    customer = new_customer()
    seen = Occurrence(kind="subscription_created", key=f"signup:{customer}", at=now, number=1)
    began = time.time()
    lifecycle = await client.start_workflow(
        CustomerLifecycle.run,
        LifecycleInput(customer=customer),
        id=lifecycle_id(customer),
        task_queue=queue,
        start_signal="happened",
        start_signal_args=[seen],
        search_attributes=lifecycle_attributes(customer),
    )
    play = sequence_id(customer, WELCOME, 1)
    reached = await _first_activity(client, play)
    await client.get_workflow_handle(play).terminate()
    await lifecycle.terminate()
    return reached - began


async def _first_activity(client: Client, workflow_id: str) -> float:
    """When its first activity was taken up, by the server's clock, which is this machine's."""
    handle = client.get_workflow_handle(workflow_id)
    while True:
        await asyncio.sleep(0.25)  # seldom, so that looking costs the server little of what is measured
        try:
            history = await handle.fetch_history()
        except RPCError:
            continue  # the play is not started yet
        for event in history.events:
            if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
                return event.event_time.ToDatetime(tzinfo=UTC).timestamp()


async def _several(one: Callable[[], Awaitable[float]]) -> Measured:
    spent = sorted([1000 * await one() for _ in range(SIGNUPS)])
    return {"p50 ms": spent[len(spent) // 2], "p95 ms": spent[int(len(spent) * 0.95)]}


async def test_signup_to_first_effect(dev_client: Client, bench_worker: WorkerProcess, report: Report) -> None:
    queue = bench_worker.task_queue
    ones = {
        "bare": partial(_bare, dev_client, queue),
        "copy": partial(_bare, dev_client, queue),
        "signup": partial(_signup, dev_client, queue),
    }
    found = await alternate({name: partial(_several, one) for name, one in ones.items()}, ROUNDS)
    for quantity, goal in (("p50 ms", 1.5), ("p95 ms", 2.0)):
        value = {name: measured[quantity] for name, measured in found.items()}
        report.add(
            Figure(
                "T6",
                f"signup to first effect by bare start, {quantity[:3]}",
                paired(value["signup"], value["bare"]),
                paired(value["copy"], value["bare"]),
                goal,
                "at most",
                {f"{name} {quantity}": sorted(values)[len(values) // 2] for name, values in value.items()},
            )
        )
