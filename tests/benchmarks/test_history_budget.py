"""T3: what a step costs in history, exactly. No timing, so it runs with every test; figures in docs/benchmarks.md."""

from datetime import timedelta

from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from models.clock import REAL
from models.playbook import ActStep, Playbook
from tests.benchmarks import doubles, worker_main
from tests.benchmarks.handwritten import HandWritten
from tests.benchmarks.histories import Cost, cost, per_step
from tests.benchmarks.plays import hand_input, play_input, released
from workflows.attributes import play_attributes
from workflows.sequence import Sequence

FEW, MANY = 4, 12
QUEUE = "steadfast"  # its name is in three events of a step


def _spaced(playbook: Playbook, count: int) -> Playbook:
    """So many touches a day apart, each with a title, parameters and a condition on facts."""
    first = playbook.step("send_welcome_email")
    assert isinstance(first, ActStep)
    steps = tuple(
        first.model_copy(
            update={"id": f"touch_{n:02}", "delay": timedelta(days=n + 1), "when": 'subscription_status == "active"'}
        )
        for n in range(count)
    )
    return playbook.model_copy(update={"steps": steps})


async def _history(skipping: WorkflowEnvironment, queue: str, playbook: Playbook) -> WorkflowHistory:
    asked = play_input(playbook, await skipping.get_current_time(), REAL)
    handle = await skipping.client.start_workflow(
        Sequence.run,
        asked,
        id=asked.start.workflow_id,
        task_queue=queue,
        search_attributes=play_attributes(asked.start),
    )
    await handle.result()
    return await handle.fetch_history()


def _worker(skipping: WorkflowEnvironment, queue: str) -> Worker:
    return Worker(
        skipping.client,
        task_queue=queue,
        workflows=worker_main.WORKFLOWS,
        activities=doubles.all_of_them(),
        workflow_runner=worker_main.runner(),
    )


async def _costs(skipping: WorkflowEnvironment) -> tuple[Cost, Cost]:
    queue = QUEUE
    async with _worker(skipping, queue):
        few, many = [await _history(skipping, queue, _spaced(released(), count)) for count in (FEW, MANY)]
    return cost(few), cost(many)


async def test_a_wait_and_a_touch_cost_eleven_events_two_actions_and_less_than_1400_bytes(
    skipping: WorkflowEnvironment,
) -> None:
    few, many = await _costs(skipping)
    events, size, actions = per_step(few, many, MANY - FEW)
    grown = len(_spaced(released(), MANY).model_dump_json()) - len(_spaced(released(), FEW).model_dump_json())
    size -= grown / (MANY - FEW)  # the longer playbook is an input of the start, not a cost of playing a step
    print(f"\nstep: {events} events, {size:.0f} bytes, {actions} actions; runs: {few}, {many}")
    assert (events, actions) == (11, 2)
    assert size <= 1400
    assert few.events - FEW * 11 <= 8


async def test_a_step_costs_no_more_than_by_hand(skipping: WorkflowEnvironment) -> None:
    playbook = released()
    queue = QUEUE
    async with _worker(skipping, queue):
        hand = hand_input(playbook.fingerprint(), await skipping.get_current_time(), REAL, day=1.0)
        handle = await skipping.client.start_workflow(HandWritten.run, hand, id=hand.workflow_id, task_queue=queue)
        await handle.result()
        by_hand = cost(await handle.fetch_history())
        played = cost(await _history(skipping, queue, playbook))
    print(f"\nby hand {by_hand}; played {played}; playbook {len(playbook.model_dump_json())} bytes")
    assert played.events <= by_hand.events + played.upserts
    assert played.upserts == 0
