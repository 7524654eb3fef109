"""Recorded histories still replay: what runs today in a customer's life goes on after a change of the code."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

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


def test_histories_hold_only_made_up_people() -> None:
    for path in HISTORIES:
        text = path.read_text(encoding="utf-8")
        assert "@" not in text.replace("@example.com", "").replace(".example", ""), path.name


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
