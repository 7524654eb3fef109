"""Recorded histories still replay: what runs today in a customer's life goes on after a change of the code."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.common import VersioningBehavior
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

import worker
from models.enums import RunStatus
from models.play import PlayInput
from workflows.sequence import Sequence

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


def _read(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))


def _replayer(*workflows: type) -> Replayer:
    return Replayer(
        workflows=workflows or worker.WORKFLOWS,
        workflow_runner=worker.runner(),
        data_converter=pydantic_data_converter,
    )


async def test_every_recorded_history_replays() -> None:
    results = await _replayer().replay_workflows(_each(), raise_on_replay_failure=False)
    assert results.replay_failures == {}


async def _each() -> AsyncIterator[WorkflowHistory]:
    for path in HISTORIES:
        yield _read(path)


def test_there_is_a_history_of_every_workflow_type() -> None:
    recorded = {
        json.loads(path.read_text(encoding="utf-8"))["events"][0]["workflowExecutionStartedEventAttributes"][
            "workflowType"
        ]["name"]
        for path in HISTORIES
    }
    assert recorded == {one.__name__ for one in worker.WORKFLOWS}


def test_there_is_a_history_of_everything_that_is_said_to_a_run_and_of_every_way_a_play_ends() -> None:
    """Whoever adds an update records a run that heard it; a moved or restarted run continues as new."""
    heard: set[str] = set()
    ended: set[str] = set()
    acts: set[str] = set()
    for path in HISTORIES:
        events = json.loads(path.read_text(encoding="utf-8"))["events"]
        for event in events:
            if told := event.get("workflowExecutionUpdateAcceptedEventAttributes"):
                heard.add(told["acceptedRequest"]["input"]["name"])
                acts |= {act for act in ("move", "restart", "skip", "retry") if act in _first_argument(told)}
            if signalled := event.get("workflowExecutionSignaledEventAttributes"):
                heard.add(signalled["signalName"])
        ended.add(events[-1]["eventType"].removeprefix("EVENT_TYPE_WORKFLOW_EXECUTION_"))
    definitions = [workflow._Definition.must_from_class(one) for one in worker.WORKFLOWS]
    said = {str(name) for one in definitions for name in (*one.updates, *one.signals)}
    assert said <= heard, f"not recorded: {sorted(said - heard)}"
    assert acts == {"move", "restart", "skip", "retry"}
    assert {"COMPLETED", "CONTINUED_AS_NEW", "CANCELED"} <= ended


def _first_argument(told: dict[str, Any]) -> set[str]:
    """The values of the update's request."""
    given = json.loads(base64.b64decode(told["acceptedRequest"]["input"]["args"]["payloads"][0]["data"]))
    return {str(value) for value in given.values()}


def test_histories_hold_only_made_up_people_and_no_folders_of_a_machine() -> None:
    for path in HISTORIES:
        text = path.read_text(encoding="utf-8")
        assert "@" not in text.replace("@example.com", "").replace(".example", ""), path.name
        assert 'File \\"' not in text, path.name


@workflow.defn(name="Sequence", versioning_behavior=VersioningBehavior.AUTO_UPGRADE, sandboxed=False)
class ImpatientSequence(Sequence):
    """A change that nobody guarded: it looks around before it plays."""

    @workflow.init
    def __init__(self, asked: PlayInput) -> None:
        super().__init__(asked)

    @workflow.run
    async def run(self, asked: PlayInput) -> RunStatus:
        await workflow.sleep(1)
        return await self.play()


@pytest.mark.parametrize("name", ["welcome_self_serve", "play_escalated_then_answered"])
async def test_an_unguarded_change_is_caught(name: str) -> None:
    [path] = [path for path in HISTORIES if path.stem == name]
    result = await _replayer(ImpatientSequence).replay_workflow(_read(path), raise_on_replay_failure=False)
    assert isinstance(result.replay_failure, workflow.NondeterminismError)
