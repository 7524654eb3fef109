"""What a run does next, once time has settled what it settles: which step is due, who is told, what it waits for.

Used by :mod:`rules.interpreter` only.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from models.enums import WaitingFor
from models.playbook import ActStep, AwaitStep, EscalateStep, Playbook, Step
from models.run import APPROVAL_DECIDED, Do, Escalate, RunState, StepStatus, Wait
from rules.passing import expiry

LATE = timedelta(hours=1)
"""A message that went out this long after it was planned was held up by something: a hold, an outage, a window."""

APART = timedelta(days=1)
"""Most that the message after a late one is moved."""


def due_step(playbook: Playbook, state: RunState, now: datetime) -> Do | None:
    """The step with the earliest due moment; of equals, the first in the file."""
    ready: list[tuple[datetime, int, str]] = []
    for position, step in enumerate(playbook.steps):
        if isinstance(step, ActStep | EscalateStep) and state.steps[step.id].status is StepStatus.PENDING:
            due = due_moment(playbook, step, state)
            if due is not None and due <= now:
                ready.append((due, position, step.id))
    if not ready:
        return None
    when, _, step_id = min(ready)
    return Do(step_id=step_id, due=when)


def due_moment(playbook: Playbook, step: Step, state: RunState) -> datetime | None:
    """When a pending step may run: at its due moment, but never together with a late message planned before it.

    Messages that were planned apart stay apart, by their planned distance or a day: after a pause the overdue ones
    come one by one, never all at once.
    """
    one = state.steps[step.id]
    if one.due is None or not isinstance(step, ActStep) or not step.contacts:
        return one.due
    planned = one.planned or one.due
    earliest = one.due
    for other in playbook.steps:
        before = state.steps[other.id]
        if not isinstance(other, ActStep) or not other.contacts or before.status is not StepStatus.DONE:
            continue
        meant = before.planned or before.due
        if meant is not None and before.ended is not None and meant < planned and before.ended - meant > LATE:
            earliest = max(earliest, before.ended + min(planned - meant, APART))
    return earliest


def escalation(playbook: Playbook, state: RunState) -> Escalate | None:
    """The next rise of the path: level 0 is the owner, who has it already; an import starts the timeline anew."""
    path = playbook.escalation
    if path is None or state.answered or state.escalated + 1 >= len(path.path):
        return None
    level = state.escalated + 1
    return Escalate(level=level, role=path.path[level], due=(state.not_before or state.started) + path.timeline * level)


def keeps_open(playbook: Playbook, state: RunState) -> Iterable[Step]:
    """Steps that keep the run open: dated ones, running ones, held ones; not those whose event may never come."""
    for step in playbook.steps:
        one = state.steps[step.id]
        waits = one.status in (StepStatus.RUNNING, StepStatus.HELD)
        if waits or (one.status is StepStatus.PENDING and one.due is not None):
            yield step


def wait(playbook: Playbook, state: RunState, rise: Escalate | None) -> Wait:
    """Until the first moment of all that may come, and for whom; steps by their titles, as operators know them."""
    moments: list[tuple[datetime, str]] = []
    waiting_for = WaitingFor.TIMER
    reason = "the customer" if not any(keeps_open(playbook, state)) else ""
    if reason:
        waiting_for = WaitingFor.CUSTOMER
    for step in keeps_open(playbook, state):
        one = state.steps[step.id]
        named = step.title or step.id
        if one.status is StepStatus.PENDING and one.due is not None:
            moments.append((due_moment(playbook, step, state) or one.due, named))
        elif isinstance(step, AwaitStep):
            person = bool(step.outcomes) or any(event.startswith(APPROVAL_DECIDED) for event in step.events)
            waiting_for = WaitingFor.PERSON if person else waiting_for
            waiting_for = WaitingFor.CUSTOMER if not person and waiting_for is WaitingFor.TIMER else waiting_for
            reason = f"{named}: " + ", ".join((*step.outcomes, *step.events))
            if step.timeout is not None and one.began is not None:
                moments.append((one.began + step.timeout, f"{named} times out"))
        elif one.status is StepStatus.HELD:
            waiting_for, reason = WaitingFor.PERSON, f"{named}: {one.reason}"
    if rise is not None:
        moments.append((rise.due, f"escalation to {rise.role}"))
    end = expiry(playbook, state)
    if end is not None:
        moments.append((end, "no success in time"))
    first = min(moments, default=None)
    if first is not None and not reason:
        reason = first[1]
    return Wait(until=first[0] if first else None, waiting_for=waiting_for, reason=reason)
