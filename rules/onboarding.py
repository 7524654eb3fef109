"""The onboarding tracker: steps done, milestones, progress, stalls (section 4.4 of the domain). Pure folds."""

from datetime import datetime, timedelta

from models.enums import OnboardingStatus
from models.errors import BadInput
from models.events import Occurrence
from models.play import OnboardingRecord, OnboardingState, StepDone
from models.program import ALL_REQUIRED, OnboardingProgram, ProgramStep
from rules.rounding import round_half_up


def find_step(program: OnboardingProgram, asked: StepDone) -> ProgramStep:
    """The step asked for, by id or by criterion.

    Raises:
        BadInput: the program has no such step; the message lists those it has (O4).
    """
    for step in program.steps:
        if asked.step_id == step.id or (asked.criterion and asked.criterion == step.criterion):
            return step
    known = ", ".join(f"{step.id} ({step.criterion})" for step in program.steps)
    field, value = ("step_id", asked.step_id) if asked.step_id else ("criterion", asked.criterion)
    raise BadInput(f"no such step in this program; steps: {known}", field=field, value=value)


def complete(
    program: OnboardingProgram, state: OnboardingState, step: ProgramStep, at: datetime, cause: str
) -> tuple[OnboardingState, tuple[Occurrence, ...]]:
    """Mark a step done, once; returns what that made happen: milestones, a resumption, first value, completion."""
    if step.id in state.completed:
        return state, ()
    completed = {**state.completed, step.id: at}
    changes: dict[str, object] = {
        "completed": completed,
        "last_progress": max(at, state.last_progress),
        "stalled": False,
    }
    happened = [_happened("onboarding_resumed", "", at, cause)] if state.stalled else []
    if step.criterion == program.first_value and state.first_value is None:
        changes["first_value"] = at
        happened.append(_happened("first_value_reached", "", at, cause))
    reached = {
        milestone.id: at
        for milestone in program.milestones
        if milestone.id not in state.milestones and _met(program, completed, milestone.criteria)
    }
    changes["milestones"] = {**state.milestones, **reached}
    changes["late"] = tuple(late for late in state.late if late not in reached)
    happened += [_happened("milestone_reached", name, at, cause) for name in reached]
    if state.finished is None and _required_done(program, completed):
        changes["finished"] = at
        happened.append(_happened("onboarding_completed", "", at, cause))
    return state.model_copy(update=changes), tuple(happened)


def progress(program: OnboardingProgram, state: OnboardingState) -> int:
    """Required steps done, 0..100, half up."""
    required = [step.id for step in program.steps if step.required]
    return round_half_up(100 * sum(step in state.completed for step in required) / len(required))


def current_step(program: OnboardingProgram, state: OnboardingState) -> str | None:
    """The first step not yet done, in order; None when all are (O3)."""
    return next((step.id for step in program.steps if step.id not in state.completed), None)


def stall_due(program: OnboardingProgram, state: OnboardingState) -> datetime | None:
    """When it counts as stalled unless something is done before; None if it is finished or already stalled."""
    if state.finished is not None or state.stalled:
        return None
    return state.last_progress + program.stall_after


def stall(state: OnboardingState) -> OnboardingState:
    """It is stalled: once per stall, until the next progress."""
    return state.model_copy(update={"stalled": True, "stalls": state.stalls + 1})


def late_due(program: OnboardingProgram, state: OnboardingState, started: datetime) -> tuple[datetime, str] | None:
    """The next milestone to become late, and when: the end of its target day."""
    open_ones = [
        (started + timedelta(days=milestone.target_day), milestone.id)
        for milestone in program.milestones
        if milestone.id not in state.milestones and milestone.id not in state.late
    ]
    return min(open_ones, default=None)


def mark_late(state: OnboardingState, milestone: str) -> OnboardingState:
    """Its target day passed without it."""
    return state.model_copy(update={"late": (*state.late, milestone)})


def status(state: OnboardingState, *, ended: bool = False) -> OnboardingStatus:
    """Where the record stands."""
    if state.finished is not None:
        return OnboardingStatus.COMPLETED
    if ended:
        return OnboardingStatus.ENDED
    return OnboardingStatus.STALLED if state.stalled else OnboardingStatus.IN_PROGRESS


def blockers(state: OnboardingState) -> tuple[str, ...]:
    """What is in the way: late milestones and a stall."""
    stalled = ("onboarding_stalled",) if state.stalled and state.finished is None else ()
    return (*(f"milestone_late:{name}" for name in state.late), *stalled)


def record(
    program: OnboardingProgram,
    state: OnboardingState,
    *,
    customer: str,
    cycle: int,
    playbook: str,
    version: int,
    started: datetime,
    ended: bool = False,
) -> OnboardingRecord:
    """The record as the database keeps it; time to first value counts from the start of the subscription.

    A customer who had first value in its trial had it at once: 0, never less.
    """
    return OnboardingRecord(
        customer=customer,
        cycle=cycle,
        program=playbook,
        version=version,
        status=status(state, ended=ended),
        started=started,
        completed_steps=tuple(step.id for step in program.steps if step.id in state.completed),
        current_step=current_step(program, state),
        progress=progress(program, state),
        milestones=state.milestones,
        late=state.late,
        blockers=blockers(state),
        last_progress=state.last_progress,
        finished=state.finished,
        first_value=state.first_value,
        time_to_first_value=None if state.first_value is None else max(state.first_value - started, timedelta(0)),
    )


def _met(program: OnboardingProgram, completed: dict[str, datetime], criteria: tuple[str, ...]) -> bool:
    met = {step.criterion for step in program.steps if step.id in completed}
    if _required_done(program, completed):
        met.add(ALL_REQUIRED)
    return met.issuperset(criteria)


def _required_done(program: OnboardingProgram, completed: dict[str, datetime]) -> bool:
    return {step.id for step in program.steps if step.required}.issubset(completed)


def _happened(kind: str, subject: str, at: datetime, cause: str) -> Occurrence:
    return Occurrence(kind=kind, subject=subject, at=at, key=f"{cause}>{kind}:{subject}")
