"""The interpreter: what a run of a playbook does next. Pure; shared by every workflow type and by the simulator.

A run is a value folded from its start, the events it saw and the results of its steps. :func:`advance` settles all
that time alone settles (waits, branches, time-outs, steps that lie before an import) and says what to do next: run a
step, escalate, wait, or end. Many steps may be pending at once; each is anchored to the trigger, to another step or
to an event. A step that is due never waits for one that is not.

Delays never drift: a wait ends at its due moment, not when somebody looked.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import JsonValue

from models.condition import evaluate
from models.enums import RunStatus, WaitingFor
from models.events import Occurrence
from models.playbook import ActStep, AwaitStep, BranchStep, EndStep, EscalateStep, Playbook, Step
from models.run import HELD_UNTIL, Decision, Do, End, Escalate, RunState, StepResult, StepState, StepStatus, Wait
from rules.stepping import RELEASED, never_reached, release, remember, resolve, settle_step, with_step


def begin(
    playbook: Playbook,
    started: datetime,
    *,
    not_before: datetime | None = None,
    values: Mapping[str, JsonValue] | None = None,
    dates: Mapping[str, datetime] | None = None,
) -> RunState:
    """A run at its trigger: every step pending, those anchored to the trigger with their due moment."""
    fresh = RunState(
        started=started,
        not_before=not_before,
        values=dict(values or {}),
        dates=dict(dates or {}),
        steps={step.id: StepState() for step in playbook.steps},
    )
    return resolve(playbook, fresh)


def observe(playbook: Playbook, state: RunState, seen: Occurrence) -> RunState:
    """An event reached the run: it may end it, answer an await, start anchored steps, release held ones.

    Time passes up to the event first: what ended before it happened is not answered by it, however late it is told.
    """
    if state.status is not RunStatus.RUNNING:
        return state
    state = _pass_time(playbook, state, seen.at)
    if state.status is not RunStatus.RUNNING:
        return state
    state = remember(state, seen)
    for goal in playbook.goals:
        if seen.matches(goal.event):
            return finish(state, RunStatus.GOAL_MET, goal.reason or f"goal met: {seen.name}", seen.at)
    for exit_ in playbook.exits:
        if seen.matches(exit_.event):
            return finish(state, RunStatus.EXITED, exit_.reason or f"exit: {seen.name}", seen.at)
    if seen.kind == HELD_UNTIL:
        state = release(playbook, state, seen.at)
    for step in playbook.steps:
        now = state.steps[step.id]
        if isinstance(step, AwaitStep) and now.status is StepStatus.RUNNING and now.due is not None:
            pattern = next((p for p in step.events if seen.matches(p)), None)
            if pattern is not None and seen.at >= now.due - step.delay:
                ended = max(seen.at, now.began or seen.at)
                state = settle_step(state, step.id, StepStatus.DONE, pattern, f"event {seen.name}", ended)
    return resolve(playbook, state)


def answer(playbook: Playbook, state: RunState, outcome: str, at: datetime) -> RunState:
    """A person's outcome for an open await; it also stops the escalation path. See :func:`open_outcomes` first."""
    for step in playbook.steps:
        now = state.steps[step.id]
        if isinstance(step, AwaitStep) and now.status is StepStatus.RUNNING and outcome in step.outcomes:
            ended = max(at, now.began or at)
            state = settle_step(state, step.id, StepStatus.DONE, outcome, f"outcome {outcome}", ended)
            return resolve(playbook, state.model_copy(update={"answered": True}))
    return state


def open_outcomes(playbook: Playbook, state: RunState) -> tuple[str, ...]:
    """The outcomes a person may give now."""
    if state.status is not RunStatus.RUNNING:
        return ()
    awaits = (step for step in playbook.steps if isinstance(step, AwaitStep))
    opened = (step for step in awaits if state.steps[step.id].status is StepStatus.RUNNING)
    return tuple(dict.fromkeys(outcome for step in opened for outcome in step.outcomes))


def run_step(state: RunState, step_id: str, now: datetime) -> RunState:
    """The step's activity is about to be asked: from here it is never asked again."""
    return with_step(state, step_id, status=StepStatus.RUNNING, began=now, reason="")


def settle(playbook: Playbook, state: RunState, step_id: str, result: StepResult, now: datetime) -> RunState:
    """Fold what the step's activity answered; an answer that nobody waits for any more changes nothing."""
    asked = state.steps[step_id]
    if state.status is not RunStatus.RUNNING or asked.status is not StepStatus.RUNNING:
        return state
    state = state.model_copy(update={"values": {**state.values, **result.values}})
    match result.status:
        case "done" | "skipped" | "failed":
            state = settle_step(state, step_id, StepStatus(result.status), result.status, result.reason, now)
        case "held":
            state = with_step(state, step_id, status=StepStatus.HELD, reason=result.reason)
            if asked.reason == RELEASED:
                state = release(playbook, state, now)
        case "deferred":
            due = result.until or now
            state = with_step(state, step_id, status=StepStatus.PENDING, due=max(due, now), reason=result.reason)
        case "goal_met":
            state = settle_step(state, step_id, StepStatus.SKIPPED, "skipped", result.reason, now)
            return finish(state, RunStatus.GOAL_MET, result.reason, now)
        case "exited":
            state = settle_step(state, step_id, StepStatus.SKIPPED, "skipped", result.reason, now)
            return finish(state, RunStatus.EXITED, result.reason, now)
    return resolve(playbook, state)


def escalated(state: RunState, level: int) -> RunState:
    """The role of this level was told."""
    return state.model_copy(update={"escalated": level})


def finish(state: RunState, status: RunStatus, reason: str, at: datetime) -> RunState:
    """End the run; what was still open is recorded as skipped, with the reason.

    ``at`` may lie before what the run has seen since (a goal told late), but not before the run itself.
    """
    at = max(at, state.started)
    for step_id, one in state.steps.items():
        if not one.status.settled:
            ended = max(at, one.began or at)
            state = settle_step(state, step_id, StepStatus.SKIPPED, "skipped", reason, ended)
    return state.model_copy(update={"status": status, "reason": reason, "ended": at})


def advance(
    playbook: Playbook, state: RunState, now: datetime, *, keep_open: bool = False
) -> tuple[RunState, Decision]:
    """Settle what time settles and say what is next.

    ``keep_open``: the caller has reasons of its own to go on (an onboarding not yet done), so a run with nothing
    pending waits instead of ending.
    """
    state = _pass_time(playbook, state, now)
    if state.status is not RunStatus.RUNNING:
        return state, End(status=state.status, reason=state.reason)
    due = _due_step(playbook, state, now)
    if due is not None:
        return state, due
    rise = _escalation(playbook, state)
    if rise is not None and rise.due <= now:
        return state, rise
    if not keep_open and not any(_open(playbook, state)):
        state = never_reached(state, now)
        state = finish(state, RunStatus.COMPLETED, "every step settled", now)
        return state, End(status=state.status, reason=state.reason)
    return state, _wait(playbook, state, rise)


def _pass_time(playbook: Playbook, state: RunState, now: datetime) -> RunState:
    """Settle waits, branches, time-outs and steps before an import, each in its turn: earliest first, then file order.

    The order is that of the moments and not of the looking, so a run looked at late is the run looked at often.
    """
    while state.status is RunStatus.RUNNING:
        turns = [
            (moment, position)
            for position, step in enumerate(playbook.steps)
            if (moment := _moment(step, state)) is not None and moment <= now
        ]
        if not turns:
            break
        _, position = min(turns)
        state = _pass_one(playbook.steps[position], state)
        if state.status is RunStatus.RUNNING:
            state = resolve(playbook, state)
    return state


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


def _due_step(playbook: Playbook, state: RunState, now: datetime) -> Do | None:
    """The step with the earliest due moment; of equals, the first in the file."""
    ready: list[tuple[datetime, int, str]] = []
    for position, step in enumerate(playbook.steps):
        one = state.steps[step.id]
        acts = isinstance(step, ActStep | EscalateStep)
        if acts and one.status is StepStatus.PENDING and one.due is not None and one.due <= now:
            ready.append((one.due, position, step.id))
    if not ready:
        return None
    when, _, step_id = min(ready)
    return Do(step_id=step_id, due=when)


def _escalation(playbook: Playbook, state: RunState) -> Escalate | None:
    """The next rise of the path: level 0 is the owner, who has it already; an import starts the timeline anew."""
    path = playbook.escalation
    if path is None or state.answered or state.escalated + 1 >= len(path.path):
        return None
    level = state.escalated + 1
    return Escalate(level=level, role=path.path[level], due=(state.not_before or state.started) + path.timeline * level)


def _open(playbook: Playbook, state: RunState) -> Iterable[Step]:
    """Steps that keep the run open: dated ones, running ones, held ones; not those whose event may never come."""
    for step in playbook.steps:
        one = state.steps[step.id]
        waits = one.status in (StepStatus.RUNNING, StepStatus.HELD)
        if waits or (one.status is StepStatus.PENDING and one.due is not None):
            yield step


def _wait(playbook: Playbook, state: RunState, rise: Escalate | None) -> Wait:
    moments: list[tuple[datetime, str]] = []
    waiting_for = WaitingFor.TIMER
    reason = "the customer" if not any(_open(playbook, state)) else ""
    if reason:
        waiting_for = WaitingFor.CUSTOMER
    for step in _open(playbook, state):
        one = state.steps[step.id]
        if one.status is StepStatus.PENDING and one.due is not None:
            moments.append((one.due, step.id))
        elif isinstance(step, AwaitStep):
            person = bool(step.outcomes)
            waiting_for = WaitingFor.PERSON if person else waiting_for
            waiting_for = WaitingFor.CUSTOMER if not person and waiting_for is WaitingFor.TIMER else waiting_for
            reason = f"{step.id}: " + ", ".join((*step.outcomes, *step.events))
            if step.timeout is not None and one.began is not None:
                moments.append((one.began + step.timeout, f"{step.id} times out"))
        elif one.status is StepStatus.HELD:
            waiting_for, reason = WaitingFor.PERSON, f"{step.id}: {one.reason}"
    if rise is not None:
        moments.append((rise.due, f"escalation to {rise.role}"))
    first = min(moments, default=None)
    if first is not None and not reason:
        reason = first[1]
    return Wait(until=first[0] if first else None, waiting_for=waiting_for, reason=reason)
