"""A person's answer to a run: whether it fits, what it changes, what is kept of it."""

from collections.abc import Mapping
from datetime import datetime

from models.events import Occurrence
from models.ids import effect_key
from models.people import Outcome
from models.play import OutcomeRequest, PlayStart
from models.playbook import ActStep, AwaitStep, Playbook
from models.run import RunState, StepStatus
from rules import asking, interpreter

TASK_CLOSED = "task_closed"
"""The event of a run by which a task that no step awaits is done; its subject is the step."""

DONE = "done"


def renamed(request: OutcomeRequest, keys: Mapping[str, str]) -> OutcomeRequest:
    """The request for a step that has another id since a move: links that were sent before keep working."""
    now = {first.partition("#")[0]: step for step, first in keys.items()}
    return request.model_copy(update={"step": now[request.step]}) if request.step in now else request


def refusal(playbook: Playbook, state: RunState, request: OutcomeRequest) -> str | None:
    """Why the answer does not fit now, or None."""
    fits = interpreter.answers(playbook, state, request.outcome, request.step) is not None
    if not fits and _task(playbook, state, request) is None:
        opened = ", ".join(interpreter.open_outcomes(playbook, state)) or "none"
        return f"outcome = '{request.outcome}': not open now; open outcomes: {opened}"
    return None if request.by else "by: say who answers"


def fold(playbook: Playbook, state: RunState, request: OutcomeRequest, now: datetime) -> RunState:
    """The run after the answer."""
    if interpreter.answers(playbook, state, request.outcome, request.step) is not None:
        return interpreter.answer(playbook, state, request.outcome, now, step=request.step)
    seen = Occurrence(kind=TASK_CLOSED, subject=request.step, key=f"task:{request.step}", at=now)
    return interpreter.acted(interpreter.observe(playbook, state, seen))


def outcome(
    start: PlayStart,
    generation: int,
    state: RunState,
    request: OutcomeRequest,
    request_id: str,
    now: datetime,
    keys: Mapping[str, str],
) -> Outcome:
    """What is kept: which step it was for, and the task that it closes."""
    awaiting = interpreter.answers(start.playbook, state, request.outcome, request.step)
    asked = asking.asked_by(start.playbook, awaiting) if awaiting is not None else None
    task = asked.id if asked is not None else request.step if awaiting is None else ""
    return Outcome(
        request_id=f"{start.workflow_id}|{generation}|{request_id}",
        workflow_id=start.workflow_id,
        customer=start.customer,
        playbook=start.playbook.id,
        step_id=awaiting.id if awaiting is not None else request.step,
        task_key=effect_key(start.workflow_id, generation, keys.get(task, task)) if task else "",
        outcome=request.outcome,
        by=request.by,
        note=request.note,
        at=now,
    )


def question(playbook: Playbook, state: RunState) -> tuple[str, tuple[str, ...]]:
    """The first open question to a person: its await, and the outcomes it knows."""
    for step in playbook.steps:
        if isinstance(step, AwaitStep) and step.outcomes and state.steps[step.id].status is StepStatus.RUNNING:
            return step.id, step.outcomes
    return "", ()


def _task(playbook: Playbook, state: RunState, request: OutcomeRequest) -> ActStep | None:
    """The task that the request closes: asked, not awaited, and not closed yet."""
    if request.outcome != DONE or f"{TASK_CLOSED}:{request.step}" in state.events:
        return None
    for step in playbook.steps:
        asks = isinstance(step, ActStep) and step.do in asking.ASKING and step.id == request.step
        if asks and isinstance(step, ActStep) and state.steps[step.id].status is StepStatus.DONE:
            return None if asking.answered_by(playbook, step) is not None else step
    return None
