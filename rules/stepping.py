"""The folds of one step of a run: its anchor, its due moment, how it ended. Used by :mod:`rules.interpreter` only."""

from datetime import UTC, date, datetime, time, timedelta

from models.calendar import Calendar, ClockChange
from models.enums import RunStatus
from models.events import Occurrence
from models.playbook import ActStep, EscalateStep, Playbook, Step
from models.run import APPROVAL_DECIDED, ASKED_APPROVAL, OWN, SAID, RunState, StepStatus
from rules.calendar import next_local, working_days_later

_ANCHOR_EVENT = "event:"

WEEKENDS = Calendar(
    zone="UTC", changes=(ClockChange(at=datetime(1970, 1, 1, tzinfo=UTC), seconds=0),), until=date(1970, 1, 1)
)
"""For a run whose place is unknown: UTC, Monday to Friday."""

RELEASED = "outreach was activated meanwhile"
"""On a step whose activity was asked before the activation: an answer that it is held is out of date."""


def resolve(playbook: Playbook, state: RunState) -> RunState:
    """Give every step whose anchor is now known its due moment, or mark it unreached."""
    moved = True
    while moved:
        moved = False
        for step in playbook.steps:
            one = state.steps[step.id]
            if one.status is StepStatus.PENDING and one.due is None:
                changed = _anchor(step, state)
                if changed is not None:
                    state, moved = changed, True
    return state


def _anchor(step: Step, state: RunState) -> RunState | None:
    base: datetime | None
    if step.after == "trigger":
        base = state.started
    elif step.after.startswith(_ANCHOR_EVENT):
        base = state.events.get(step.after.removeprefix(_ANCHOR_EVENT))
    else:
        before = state.steps[step.after]
        if not before.status.settled:
            return None
        taken = before.status is not StepStatus.UNREACHED and (not step.on or before.result in step.on)
        if not taken:
            return settle_step(state, step.id, StepStatus.UNREACHED, "", f"{step.after} ended {before.result}", None)
        base = before.ended
    if base is None:
        return None
    due = base + step.delay
    if step.working_days:
        due = working_days_later(state.calendar or WEEKENDS, base, step.working_days)
    if step.until is not None:
        date = state.dates.get(step.until.value)
        if date is None:
            return settle_step(state, step.id, StepStatus.SKIPPED, "skipped", f"{step.until.value} unknown", due)
        due = max(due, date + step.until.offset)
    if step.at is not None:
        at = time.fromisoformat(step.at.time)
        days, working = step.at.days, step.at.working_days_only
        due = next_local(state.calendar or WEEKENDS, due, at, days=days, working_days_only=working)
    return with_step(state, step.id, due=due)


def release(playbook: Playbook, state: RunState, at: datetime) -> RunState:
    """Held steps run now if they are late by at most the playbook's catch-up; older ones are skipped, never fired.

    Those that run do not run at once: see ``rules.waiting.due_moment``.
    """
    for step_id, one in state.steps.items():
        if one.status is StepStatus.HELD and one.due is not None:
            planned = one.planned or one.due
            if at - planned <= playbook.catch_up:
                state = with_step(state, step_id, status=StepStatus.PENDING, due=max(one.due, at), planned=planned)
            else:
                reason = "overdue when outreach was activated"
                state = settle_step(state, step_id, StepStatus.SKIPPED, "skipped", reason, at)
        elif one.status is StepStatus.RUNNING and isinstance(playbook.step(step_id), ActStep | EscalateStep):
            state = with_step(state, step_id, reason=RELEASED)
    return state


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


def never_reached(state: RunState, at: datetime) -> RunState:
    """Steps whose event never came, when the run ends."""
    for step_id, one in state.steps.items():
        if one.status is StepStatus.PENDING and one.due is None:
            state = settle_step(state, step_id, StepStatus.UNREACHED, "", "its event never came", at)
    return state


def hears(state: RunState, seen: Occurrence) -> bool:
    """Whether the event is for this run, and not for one of another term, quarter or referral of the customer.

    Of approvals it hears of those it asked for itself, if it asked for any.
    """
    for name in OWN:
        told, mine = seen.data.get(name), state.values.get(name)
        if told is not None and mine is not None and told != mine:
            return False
    if seen.kind != APPROVAL_DECIDED:
        return True
    asked = [name for name in state.values if name.startswith(ASKED_APPROVAL)]
    return not asked or f"{ASKED_APPROVAL}{seen.data.get('approval_id')}" in asked


def remember(state: RunState, seen: Occurrence) -> RunState:
    """Note the first and the latest time of the event's names."""
    first, latest = dict(state.events), dict(state.latest)
    for name in dict.fromkeys((seen.kind, seen.name)):
        first.setdefault(name, seen.at)
        latest[name] = max(latest.get(name, seen.at), seen.at)
    said = {name: seen.data[name] for name in SAID if seen.data.get(name) is not None}
    return state.model_copy(update={"events": first, "latest": latest, "values": {**state.values, **said}})


def settle_step(
    state: RunState, step_id: str, status: StepStatus, result: str, reason: str, at: datetime | None
) -> RunState:
    """The step ended so."""
    return with_step(state, step_id, status=status, result=result, reason=reason, ended=at or state.started)


def with_step(state: RunState, step_id: str, **changes: datetime | timedelta | str | None) -> RunState:
    """The run with one step changed."""
    steps = dict(state.steps)
    steps[step_id] = steps[step_id].model_copy(update=changes)
    return state.model_copy(update={"steps": steps})
