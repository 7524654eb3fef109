"""What a step's question may be answered with: put into its parameters by the workflow, from the playbook."""

from collections.abc import Sequence

from pydantic import JsonValue

from models.play import StepInput

ANSWERED_BY = "answered_by"
OUTCOMES = "outcomes"


def question(awaiting: str, outcomes: Sequence[str]) -> dict[str, JsonValue]:
    """The parameters: the await step that takes the answer, and the outcomes it knows."""
    return {ANSWERED_BY: awaiting, OUTCOMES: list(outcomes)}


def question_of(step: StepInput) -> tuple[str, tuple[str, ...]]:
    """The await and its outcomes; none where nobody awaits an answer."""
    outcomes = step.params.get(OUTCOMES)
    return str(step.params.get(ANSWERED_BY) or ""), tuple(map(str, outcomes)) if isinstance(outcomes, list) else ()
