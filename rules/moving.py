"""Moving a run to another content of its playbook: which steps keep what they were, and what is new (section 20).

What is done stays done. A step that goes on under another id keeps its old effect key, so nothing is done twice. A new
step whose moment has passed is skipped and never fired: a release sends nothing that is overdue.
"""

import hashlib
from datetime import datetime
from typing import NamedTuple

from models.playbook import ActStep, AwaitStep, Playbook, Step
from models.run import RunState, StepState, StepStatus
from rules.stepping import resolve, settle_step


class Moved(NamedTuple):
    """The run on the new playbook. ``keys``: new step to the step whose effect key it keeps."""

    state: RunState
    keys: dict[str, str]
    notes: tuple[str, ...]


class CannotMove(NamedTuple):
    """Why the run has to finish on the old one."""

    reason: str


def digest(state: RunState, keys: dict[str, str], fingerprint: str) -> str:
    """What a preview was made of: a run whose digest has changed since is asked again, never forced."""
    held = "|".join((fingerprint, state.model_dump_json(), repr(sorted(keys.items()))))
    return hashlib.sha256(held.encode()).hexdigest()[:24]


def problems(old: Playbook, new: Playbook, mapping: dict[str, str]) -> tuple[str, ...]:
    """Why the mapping cannot be used for any run."""
    found = []
    if (old.id, old.process) != (new.id, new.process):
        found.append(f"{old.id} ({old.process}) cannot become {new.id} ({new.process})")
    before, after = {step.id for step in old.steps}, {step.id for step in new.steps}
    found += [f"map {source}={target}: the old playbook has no step {source}" for source, target in mapping.items()
              if source not in before]  # fmt: skip
    found += [f"map {source}={target}: the new playbook has no step {target}" for source, target in mapping.items()
              if target not in after]  # fmt: skip
    twice = sorted({target for target in mapping.values() if list(mapping.values()).count(target) > 1})
    found += [f"map: two steps cannot both become {target}" for target in twice]
    return tuple(found)


def move(
    old: Playbook, new: Playbook, state: RunState, mapping: dict[str, str], keys: dict[str, str], now: datetime
) -> Moved | CannotMove:
    """The run after the move; pure, so that a preview is what happens."""
    wrong = problems(old, new, mapping)
    if wrong:
        return CannotMove(wrong[0])
    if old.program != new.program:
        return CannotMove("the onboarding program's own steps differ")
    targets = {step.id: _target(step.id, mapping, new) for step in old.steps}
    for step in old.steps:
        refusal = _stuck(step, state.steps[step.id], targets[step.id], new)
        if refusal is not None:
            return CannotMove(refusal)
    came_from = {target: source for source, target in targets.items() if target is not None}
    steps: dict[str, StepState] = {}
    kept: dict[str, str] = {}
    for step in new.steps:
        source = came_from.get(step.id)
        if source is None:
            steps[step.id] = StepState()
            continue
        before = state.steps[source]
        same = before.status is not StepStatus.PENDING or _same(old.step(source), step, mapping)
        steps[step.id] = before if same else StepState()
        first = keys.get(source, source)
        if first != step.id:
            kept[step.id] = first
    fresh = frozenset(name for name, one in steps.items() if one.status is StepStatus.PENDING and one.due is None)
    moved = _settle_overdue(new, resolve(new, state.model_copy(update={"steps": steps})), fresh, now)
    return Moved(moved, kept, tuple(_notes(old, new, targets, came_from, moved)))


def sent_again(playbook: Playbook, state: RunState) -> tuple[str, ...]:
    """What a restart would say to the customer once more."""
    return tuple(
        step.title or step.id
        for step in playbook.steps
        if isinstance(step, ActStep) and step.contacts and state.steps[step.id].status is StepStatus.DONE
    )


def _target(step_id: str, mapping: dict[str, str], new: Playbook) -> str | None:
    """Where a step goes; a mapped one goes there only, and nothing else takes the name it leaves."""
    wanted = mapping.get(step_id, step_id)
    if step_id not in mapping and wanted in mapping.values():
        return None
    return wanted if any(step.id == wanted for step in new.steps) else None


def _stuck(step: Step, one: StepState, target: str | None, new: Playbook) -> str | None:
    """Why a step that is under way has no place in the new playbook."""
    if one.status not in (StepStatus.RUNNING, StepStatus.HELD):
        return None
    if one.status is StepStatus.RUNNING and not isinstance(step, AwaitStep):
        return f"{step.id} is being carried out"
    if target is None:
        return f"it waits at {step.id}, which is not in the new playbook: map it"
    there = new.step(target)
    if there.kind != step.kind:
        return f"it waits at {step.id}; {target} is another kind of step"
    if isinstance(step, AwaitStep) and isinstance(there, AwaitStep):
        lost = sorted(set(step.outcomes) - set(there.outcomes))
        if lost:
            return f"somebody was asked at {step.id} and may answer {lost[0]}, which {target} does not know"
    return None


def _same(before: Step, after: Step, mapping: dict[str, str]) -> bool:
    """Whether a pending step is due by the same definition, so that what moved it (a window, a hold) still counts."""
    anchor = mapping.get(before.after, before.after)
    timing = ("on", "delay", "working_days", "at", "until")
    return anchor == after.after and all(getattr(before, name) == getattr(after, name) for name in timing)


def _settle_overdue(new: Playbook, state: RunState, fresh: frozenset[str], now: datetime) -> RunState:
    """New steps whose moment lies before the move; what they lead to is found out in turn."""
    while True:
        late = [
            step.id
            for step in new.steps
            if step.id in fresh
            and state.steps[step.id].status is StepStatus.PENDING
            and (due := state.steps[step.id].due) is not None
            and due < now
        ]
        if not late:
            return state
        state = resolve(new, settle_step(state, late[0], StepStatus.SKIPPED, "skipped", "due before the move", now))


def _notes(
    old: Playbook, new: Playbook, targets: dict[str, str | None], came_from: dict[str, str], state: RunState
) -> list[str]:
    found = [f"{source} becomes {target}" for source, target in targets.items() if target not in (None, source)]
    found += [f"{step.id} is no longer done" for step in old.steps if targets[step.id] is None]
    for step in new.steps:
        if step.id not in came_from:
            one = state.steps[step.id]
            when = f"on {one.due:%Y-%m-%d %H:%M} UTC" if one.due is not None else "when its turn comes"
            found.append(f"{step.id} is new: " + (one.reason or one.status if one.status.settled else when))
    return found
