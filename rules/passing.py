"""What time alone settles in a run: waits, branches, time-outs, ends, what lies before an import, the run's expiry.

Everything happens at its own moment and in the order of the moments, however late somebody looks: a run looked at late
is the run looked at often. Used by :mod:`rules.interpreter` only.
"""

from datetime import datetime, timedelta

from models.condition import evaluate
from models.enums import RunStatus
from models.playbook import ActStep, AwaitStep, BranchStep, EndStep, EscalateStep, Playbook, Step
from models.run import RunState, StepStatus
from rules.stepping import finish, resolve, settle_step, with_step


def pass_time(playbook: Playbook, state: RunState, now: datetime) -> RunState:
    """Settle each in its turn: earliest first, then file order; at the very moment of its expiry the run is over."""
    end = expiry(playbook, state)
    while state.status is RunStatus.RUNNING:
        turns = [
            (moment, position)
            for position, step in enumerate(playbook.steps)
            if (moment := _moment(step, state)) is not None and moment <= now
        ]
        first = min(turns, default=None)
        if end is not None and end <= now and (first is None or end <= first[0]):
            return finish(state, RunStatus.EXITED, f"no success within {_span(playbook.lasts)}", end)
        if first is None:
            break
        state = _pass_one(playbook.steps[first[1]], state)
        if state.status is RunStatus.RUNNING:
            state = resolve(playbook, state)
    return state


def expiry(playbook: Playbook, state: RunState) -> datetime | None:
    """When the run has failed for want of a goal; an import starts the count anew."""
    lasts = playbook.lasts
    return None if lasts is None else (state.not_before or state.started) + lasts


def _span(lasts: timedelta | None) -> str:
    assert lasts is not None, "a run without an expiry does not expire"
    return f"{lasts.days} days" if lasts >= timedelta(days=1) else f"{lasts // timedelta(hours=1)} hours"


def _moment(step: Step, state: RunState) -> datetime | None:
    """When time alone moves the step, if ever."""
    one = state.steps[step.id]
    if one.status is StepStatus.RUNNING and isinstance(step, AwaitStep) and step.timeout is not None:
        return one.began + step.timeout if one.began else None
    if one.status is not StepStatus.PENDING or one.due is None:
        return None
    return one.due if not isinstance(step, ActStep | EscalateStep) or _before_import(one.due, state) else None


def _before_import(due: datetime, state: RunState) -> bool:
    return state.not_before is not None and due < state.not_before


def _pass_one(step: Step, state: RunState) -> RunState:
    """The step's moment has come."""
    one = state.steps[step.id]
    assert one.due is not None, "a step without a due moment has no moment"
    if one.status is StepStatus.RUNNING and isinstance(step, AwaitStep) and one.began and step.timeout:
        reason = f"no answer in {step.timeout}"
        return settle_step(state, step.id, StepStatus.DONE, "timeout", reason, one.began + step.timeout)
    if _before_import(one.due, state):
        return settle_step(state, step.id, StepStatus.SKIPPED, "skipped", "before import", one.due)
    match step:
        case AwaitStep():
            return _start_await(step, one.due, state)
        case BranchStep():
            return settle_step(state, step.id, StepStatus.DONE, _choose(step, state), "", one.due)
        case EndStep():
            state = settle_step(state, step.id, StepStatus.DONE, "done", step.reason, one.due)
            status = RunStatus.GOAL_MET if step.as_ == "succeeded" else RunStatus.EXITED
            return finish(state, status, step.reason or f"{step.id}: {step.as_}", one.due)
        case _:
            return settle_step(state, step.id, StepStatus.DONE, "done", "", one.due)


def _start_await(step: AwaitStep, due: datetime, state: RunState) -> RunState:
    """An event since the step's anchor already answers it: an early answer is never lost."""
    since = due - step.delay
    state = with_step(state, step.id, status=StepStatus.RUNNING, began=due)
    for pattern in step.events:
        seen = state.latest.get(pattern)
        if seen is not None and seen >= since and (step.timeout is None or seen < due + step.timeout):
            return settle_step(state, step.id, StepStatus.DONE, pattern, f"event {pattern}", max(seen, due))
    return state


def _choose(step: BranchStep, state: RunState) -> str:
    values: dict[str, object] = dict(state.values)
    for step_id, one in state.steps.items():
        values["result_" + step_id.replace("-", "_").replace(".", "_")] = one.result or None
    for case in step.cases:
        if evaluate(case.if_, values):
            return case.then
    return step.otherwise
