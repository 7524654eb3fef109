"""The interpreter: what a run of a playbook does next. Pure; shared by every workflow type and by the simulator.

A run is a value folded from its start, the events it saw and the results of its steps. :func:`advance` settles all
that time alone settles (waits, branches, time-outs, steps that lie before an import) and says what to do next: run a
step, escalate, wait, or end. Many steps may be pending at once; each is anchored to the trigger, to another step or
to an event. A step that is due never waits for one that is not.

Delays never drift: a wait ends at its due moment, not when somebody looked.
"""

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from models.calendar import Calendar
from models.enums import RunStatus
from models.events import Occurrence
from models.playbook import AwaitStep, Playbook
from models.run import END_RUN, RELEASES, SUPERSEDED, Decision, End, RunState, StepResult, StepState, StepStatus
from rules.passing import pass_time
from rules.stepping import RELEASED, finish, hears, never_reached, release, remember, resolve, settle_step, with_step
from rules.waiting import due_step, escalation, keeps_open, wait

__all__ = [
    "acted",
    "advance",
    "answer",
    "answers",
    "begin",
    "escalated",
    "finish",
    "observe",
    "open_outcomes",
    "run_step",
    "settle",
]


def begin(
    playbook: Playbook,
    started: datetime,
    *,
    not_before: datetime | None = None,
    values: Mapping[str, JsonValue] | None = None,
    dates: Mapping[str, datetime] | None = None,
    calendar: Calendar | None = None,
    trigger: str = "",
) -> RunState:
    """A run at its trigger: every step pending, those anchored to the trigger with their due moment.

    ``trigger``: the name of the event that started it, which the run has seen; it answers no await.
    """
    kind, _, subject = trigger.partition(":")
    names = [kind] * bool(kind) + [trigger] * bool(subject)
    fresh = RunState(
        started=started,
        not_before=not_before,
        values=dict(values or {}),
        dates=dict(dates or {}),
        calendar=calendar,
        events=dict.fromkeys(names, started),
        steps={step.id: StepState() for step in playbook.steps},
    )
    return resolve(playbook, fresh)


def observe(playbook: Playbook, state: RunState, seen: Occurrence) -> RunState:
    """An event reached the run: it may end it, answer an await, start anchored steps, release held ones.

    Time passes up to the event first: what ended before it happened is not answered by it, however late it is told.
    """
    if state.status is not RunStatus.RUNNING:
        return state
    state = pass_time(playbook, state, seen.at)
    if state.status is not RunStatus.RUNNING:
        return state
    if seen.kind == END_RUN:
        return finish(state, RunStatus(str(seen.data["status"])), str(seen.data["reason"]), seen.at)
    if not hears(state, seen):
        return state
    state = remember(state, seen)
    for goal in playbook.goals:
        if seen.matches(goal.event):
            if (seen.kind, seen.data.get("by")) == SUPERSEDED:
                return finish(state, RunStatus.SUPERSEDED, f"superseded: {seen.name}", seen.at)
            return finish(state, RunStatus.GOAL_MET, goal.reason or f"goal met: {seen.name}", seen.at)
    for exit_ in playbook.exits:
        if seen.matches(exit_.event):
            return finish(state, RunStatus.EXITED, exit_.reason or f"exit: {seen.name}", seen.at)
    if seen.kind in RELEASES:
        state = release(playbook, state, seen.at)
    for step in playbook.steps:
        now = state.steps[step.id]
        if isinstance(step, AwaitStep) and now.status is StepStatus.RUNNING and now.due is not None:
            pattern = next((p for p in step.events if seen.matches(p)), None)
            if pattern is not None and seen.at >= now.due - step.delay:
                ended = max(seen.at, now.began or seen.at)
                state = settle_step(state, step.id, StepStatus.DONE, pattern, f"event {seen.name}", ended)
    return resolve(playbook, state)


def answer(playbook: Playbook, state: RunState, outcome: str, at: datetime, *, step: str = "") -> RunState:
    """A person's outcome for an open await; it also stops the escalation path. See :func:`open_outcomes` first."""
    asked = answers(playbook, state, outcome, step)
    if asked is None:
        return state
    ended = max(at, state.steps[asked.id].began or at)
    state = settle_step(state, asked.id, StepStatus.DONE, outcome, f"outcome {outcome}", ended)
    return resolve(playbook, state.model_copy(update={"answered": True}))


def answers(playbook: Playbook, state: RunState, outcome: str, step: str = "") -> AwaitStep | None:
    """The open await that an outcome is for: the one named, else the first that knows the outcome."""
    if state.status is not RunStatus.RUNNING:
        return None
    for one in playbook.steps:
        opened = isinstance(one, AwaitStep) and state.steps[one.id].status is StepStatus.RUNNING
        if opened and isinstance(one, AwaitStep) and outcome in one.outcomes and step in ("", one.id):
            return one
    return None


def acted(state: RunState) -> RunState:
    """The owner did what was asked without an outcome to choose: nobody else needs to be told."""
    return state.model_copy(update={"answered": True})


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
            planned = asked.planned or asked.due
            due = max(due, now)
            state = with_step(state, step_id, status=StepStatus.PENDING, due=due, planned=planned, reason=result.reason)
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


def advance(
    playbook: Playbook, state: RunState, now: datetime, *, keep_open: bool = False
) -> tuple[RunState, Decision]:
    """Settle what time settles and say what is next.

    ``keep_open``: the caller has reasons of its own to go on (an onboarding not yet done), so a run with nothing
    pending waits instead of ending.
    """
    state = pass_time(playbook, state, now)
    if state.status is not RunStatus.RUNNING:
        return state, End(status=state.status, reason=state.reason)
    due = due_step(playbook, state, now)
    if due is not None:
        return state, due
    rise = escalation(playbook, state)
    if rise is not None and rise.due <= now:
        return state, rise
    stays = keep_open or playbook.lasts is not None
    if not stays and not any(keeps_open(playbook, state)):
        state = never_reached(state, now)
        state = finish(state, RunStatus.COMPLETED, "every step settled", now)
        return state, End(status=state.status, reason=state.reason)
    return state, wait(playbook, state, rise)
