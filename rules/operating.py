"""What an operator may do to a step of a run (section 20): skip one that has not been done, retry one that failed."""

from datetime import datetime

from models.operating import Act, OperateRequest
from models.playbook import ActStep, AwaitStep, EscalateStep, Playbook
from models.run import RunState, StepStatus
from rules.stepping import resolve, settle_step, with_step

_SKIPPABLE = (StepStatus.PENDING, StepStatus.HELD)


def refusal(playbook: Playbook, state: RunState, request: OperateRequest) -> str | None:
    """Why it cannot be done now, or None."""
    step = next((one for one in playbook.steps if one.id == request.step), None)
    if step is None:
        known = ", ".join(one.id for one in playbook.steps)
        return f"step = '{request.step}': no such step; known: {known}"
    if not request.by or not request.reason:
        return "by, reason: both are needed"
    one = state.steps[step.id]
    if request.act is Act.SKIP:
        waits = one.status is StepStatus.RUNNING and isinstance(step, AwaitStep)
        fits = waits or one.status in _SKIPPABLE
        return None if fits else f"step = '{step.id}': it is {one.status.value}; only what is not done can be skipped"
    acts = isinstance(step, ActStep | EscalateStep)
    fits = acts and one.status is StepStatus.FAILED
    return None if fits else f"step = '{step.id}': it is {one.status.value}; only a failed act can be retried"


def apply(playbook: Playbook, state: RunState, request: OperateRequest, now: datetime) -> RunState:
    """The run after the act; see :func:`refusal` first."""
    said = f"{request.act.value} by {request.by}: {request.reason}"
    if request.act is Act.RETRY:
        return with_step(
            state, request.step, status=StepStatus.PENDING, due=now, began=None, ended=None, result="", reason=said
        )
    ended = max(now, state.steps[request.step].began or now)
    return resolve(playbook, settle_step(state, request.step, StepStatus.SKIPPED, "skipped", said, ended))


def retried(key: str) -> str:
    """The name under which a failed step is tried once more: its result is kept beside that of the first."""
    first, _, number = key.partition("#")
    return f"{first}#{int(number or 0) + 1}"
