"""Activities with the real names and values that answer at once: what is timed is the workflow's side."""

from collections.abc import Callable
from typing import Any

from temporalio import activity

from models.enums import LifecycleStage
from models.play import Decided, DecideInput, RunRecord, StepInput
from models.run import StepResult
from tests.benchmarks.plays import play_input, released
from workflows.steps import ACTIVITIES

_WELCOME = released()


def _step(name: str) -> Callable[..., Any]:
    @activity.defn(name=name)
    async def act(asked: StepInput) -> StepResult:
        return StepResult(status="done")

    return act


@activity.defn(name="close_run")
async def close_run(record: RunRecord) -> None:
    """Accept the end of a run."""


def all_of_them() -> list[Callable[..., Any]]:
    """One for each action of a playbook, the end of a run, and the lifecycle's decision."""
    defined = {getattr(act, "__temporal_activity_definition").name for act in ACTIVITIES.values()}
    return [*(_step(name) for name in sorted(defined)), close_run, decide]


@activity.defn(name="decide")
async def decide(asked: DecideInput) -> Decided:
    """A signup starts the welcome sequence; nothing else starts anything."""
    if asked.occurrence.kind != "subscription_created":
        return Decided()
    start = play_input(_WELCOME, asked.occurrence.at, customer=asked.customer).start
    return Decided(stage=LifecycleStage.ONBOARDING, changed=True, plan=start.plan, plays=(start,))
