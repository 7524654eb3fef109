"""What a run costs in its history, counted exactly on the dev server: no timing, only events and bytes."""

import asyncio
from collections import Counter
from typing import Any, NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from tests.harness import Company
from tests.workflows.plays import playbook, start

MAX_EVENTS_A_STEP = 11
MAX_BYTES_A_STEP = 1_400
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
        "when": "days_as_customer >= 0",
        "do": "notify_csm",
        "with": {"message": "said"},
    }


async def _cost(handle: WorkflowHandle[Any, Any]) -> Cost:
    await handle.result()
    history = await handle.fetch_history()
    described = await handle.describe()
    kinds = Counter(EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events)
    size = described.raw_description.workflow_execution_info.history_size_bytes
    return Cost(len(history.events), size, kinds)


async def test_a_step_that_waits_and_acts_costs_eleven_events_and_a_run_at_most_eight(dev_company: Company) -> None:
    here = dev_company
    async with here.worker():
        plays = [playbook(*(_step(number) for number in range(1, steps + 1))) for steps in (1, 2, 3)]
        handles = [await start(here, play) for play in plays]
        one, two, three = await asyncio.gather(*(_cost(handle) for handle in handles))
    assert {two.events - one.events, three.events - two.events} == {MAX_EVENTS_A_STEP}, three.kinds - two.kinds
    fixed = one.events - MAX_EVENTS_A_STEP
    assert fixed <= MAX_FIXED_EVENTS, one.kinds
    # The playbook frozen into the input grows with its steps; the step itself is the difference without it.
    assert (three.size - two.size) - _in_the_input(plays[2], plays[1]) <= MAX_BYTES_A_STEP
    assert three.kinds["UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"] == 0


def _in_the_input(longer: Any, shorter: Any) -> int:
    return len(longer.model_dump_json(by_alias=True)) - len(shorter.model_dump_json(by_alias=True))


async def test_the_waiting_class_is_written_when_it_changes_and_not_otherwise(dev_company: Company) -> None:
    here = dev_company
    asks = {"id": "ask", "kind": "await", "after": "tell_2", "outcomes": ["yes"], "timeout": "1 second"}
    async with here.worker():
        handle = await start(here, playbook(_step(1), _step(2), asks, {**_step(3), "after": "ask", "delay": "1 second"}))
        cost = await _cost(handle)
    # timer, timer, person, timer: two changes.
    assert cost.kinds["UPSERT_WORKFLOW_SEARCH_ATTRIBUTES"] == 2
    assert cost.kinds["TIMER_STARTED"] == 4
