"""Activities with the real names and values that answer at once: what is timed is the workflow's side."""

from collections.abc import Callable
from typing import Any

from temporalio import activity

from models.play import RunRecord, StepInput
from models.run import StepResult
from workflows.steps import ACTIVITIES


def _step(name: str) -> Callable[..., Any]:
    @activity.defn(name=name)
    async def act(asked: StepInput) -> StepResult:
        return StepResult(status="done")

    return act


@activity.defn(name="close_run")
async def close_run(record: RunRecord) -> None:
    """Accept the end of a run."""


def all_of_them() -> list[Callable[..., Any]]:
    """One for each action of a playbook, and the end of a run."""
    defined = {getattr(act, "__temporal_activity_definition").name for act in ACTIVITIES.values()}
    return [*(_step(name) for name in sorted(defined)), close_run]
