"""What a run costs in its history, counted exactly on the dev server: no timing, only events and bytes."""

import asyncio
from collections import Counter
from typing import Any, NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from models.ids import new_id
from settings import load
from tests.harness import Company
from tests.workflows.plays import playbook, start

MAX_EVENTS_A_STEP = 11
# The real server writes some 240 bytes of its own a step (identities, request and build ids) that the time-skipping
# server, on which the benchmark of the same step counts, does not.
MAX_BYTES_A_STEP = 1_650
MAX_FIXED_EVENTS = 8


class Cost(NamedTuple):
    """Of one run."""

    events: int
    size: int
    kinds: Counter[str]


def _step(number: int) -> dict[str, Any]:
    """Wait, then act: with a title (the summary), a condition on a fact, and the idempotency key every step has."""
    return {
        "id": f"tell_{number}",
        "kind": "act",
        "title": "Tell the manager what happened",
        "delay": f"{number} seconds",
        "when": 'subscription_status == "active"',
        "do": "notify_csm",
        "with": {"message": "said"},
    }


async def _cost(handle: WorkflowHandle[Any, Any]) -> Cost:
    await handle.result()
    history = await handle.fetch_history()
    kinds = Counter(EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events)
    # The input is left out: the playbook frozen into it grows with its steps.
    size = sum(event.ByteSize() for event in history.events[1:])
    return Cost(len(history.events), size, kinds)


async def test_a_step_that_waits_and_acts_costs_eleven_events_and_a_run_at_most_eight(dev_company: Company) -> None:
    here = dev_company
    here.task_queue = load().task_queue  # its name, and the customer's, are in every step
    async with here.worker():
        plays = [playbook(*(_step(number) for number in range(1, steps + 1))) for steps in (1, 2, 3)]
        handles = [await start(here, play, customer=new_id("cus")[:18]) for play in plays]
        one, two, three = await asyncio.gather(*(_cost(handle) for handle in handles))
    assert {two.events - one.events, three.events - two.events} == {MAX_EVENTS_A_STEP}, three.kinds - two.kinds
    fixed = one.events - MAX_EVENTS_A_STEP
    assert fixed <= MAX_FIXED_EVENTS, one.kinds
    assert (three.size - two.size) <= MAX_BYTES_A_STEP
    assert three.kinds["UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"] == 0


async def test_the_waiting_class_is_written_when_it_changes_and_not_otherwise(dev_company: Company) -> None:
    here = dev_company
    asks = {"id": "ask", "kind": "await", "after": "tell_2", "outcomes": ["yes"], "timeout": "1 second"}
    async with here.worker():
        last = {**_step(3), "after": "ask", "delay": "1 second"}
        handle = await start(here, playbook(_step(1), _step(2), asks, last))
        cost = await _cost(handle)
    # timer, timer, person, timer: two changes.
    assert cost.kinds["UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"] == 2
    assert cost.kinds["TIMER_STARTED"] == 4
