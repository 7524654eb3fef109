"""What starts a play, what its workflow carries, and what its activities are asked: one object in, one object out."""

from datetime import timedelta
from operator import not_

from pydantic import Field, JsonValue

from models.base import Carried, Instant
from models.calendar import Calendar
from models.clock import REAL, Clock
from models.enums import LifecycleStage, Role, RunStatus, WaitingFor
from models.events import Occurrence
from models.ids import CustomerId
from models.playbook import Playbook
from models.playbook_rules import NORMAL_PRIORITY
from models.release import ReleaseNote
from models.run import RunState


class PlayStart(Carried):
    """A decision to start one play: everything its workflow needs, the playbook frozen inside."""

    workflow_id: str
    customer: CustomerId
    playbook: Playbook
    fingerprint: str
    occurrence: int = 1
    cycle: int = 1
    started: Instant
    not_before: Instant | None = None
    clock: Clock = Clock()
    owner: str = ""
    plan: str = ""
    values: dict[str, JsonValue] = Field(default_factory=dict)
    dates: dict[str, Instant] = Field(default_factory=dict)
    trigger: str = Field(default="", exclude_if=not_, description="Name of the event that started it.")
    calendar: Calendar | None = Field(default=None, exclude_if=not_, description="Of the customer's place.")
    tells_end: bool = Field(
        default=False, exclude_if=not_, description="Others wait for its end: the lifecycle is told of it."
    )
    release: ReleaseNote | None = Field(default=None, exclude_if=not_, description="Who released it, and why.")

    @property
    def counted_from(self) -> Instant:
        """From when stalls and target days count: an import knows nothing of earlier progress."""
        return self.not_before or self.started

    @property
    def wants(self) -> tuple[str, ...]:
        """The events that can move it."""
        return self.playbook.wants()


class PlayInput(Carried):
    """Input of a play's workflow. ``state`` is there after continue-as-new."""

    start: PlayStart
    generation: int = 0
    state: RunState | None = None
    onboarding: "OnboardingState | None" = None
    seen: tuple[str, ...] = ()
    keys: dict[str, str] = Field(
        default_factory=dict, exclude_if=not_, description="Step to the name its effect is kept under, where another."
    )


class StepInput(Carried):
    """What a step's activity is asked. ``key`` is the idempotency key of the effect.

    It is in the history once a step, so what is empty or as usual is left out of it (see docs/benchmarks.md).
    """

    key: str
    customer: CustomerId
    playbook: str
    step_id: str
    params: dict[str, JsonValue] = Field(default_factory=dict, exclude_if=not_)
    when: str | None = Field(default=None, exclude_if=not_)
    goals: tuple[tuple[str, str], ...] = Field(
        default=(), exclude_if=not_, description="(condition, reason) of goals on facts."
    )
    exits: tuple[tuple[str, str], ...] = Field(
        default=(), exclude_if=not_, description="(condition, reason) of exits on facts."
    )
    cycle: int = 1
    started: Instant
    due: Instant
    now: Instant
    clock: Clock = Field(default=REAL, exclude_if=REAL.__eq__)
    values: dict[str, JsonValue] = Field(default_factory=dict, exclude_if=not_)
    priority: int = Field(
        default=NORMAL_PRIORITY, exclude_if=NORMAL_PRIORITY.__eq__, description="Of the playbook, for the weekly cap."
    )

    @property
    def workflow_id(self) -> str:
        """The run's, which its key begins with."""
        return self.key.partition("|")[0]


class RunRecord(Carried):
    """A run as the read model keeps it; sent when it starts, and when it ends."""

    workflow_id: str
    customer: CustomerId
    process: str
    playbook: str
    version: int
    fingerprint: str
    generation: int = 0
    status: RunStatus
    reason: str = ""
    started: Instant
    ended: Instant | None = None
    steps: tuple["StepRecord", ...] = ()
    wants: tuple[str, ...] = ()


class StepRecord(Carried):
    """One step of a run, as the read model keeps it."""

    step_id: str
    status: str
    result: str = ""
    reason: str = ""
    due: Instant | None = None
    ended: Instant | None = None


class RunView(Carried):
    """What a query of a running play answers."""

    workflow_id: str
    type: str
    playbook: str
    version: int
    fingerprint: str
    status: RunStatus
    waiting_for: WaitingFor
    until: Instant | None
    reason: str
    escalation_level: int = 0
    escalates_to: Role | None = None
    steps: tuple[StepRecord, ...] = ()
    open_outcomes: tuple[str, ...] = ()


class EscalationInput(Carried):
    """A level of the escalation path was reached: tell its role."""

    key: str
    workflow_id: str
    customer: CustomerId
    playbook: str
    role: Role
    level: int
    reason: str
    now: Instant
    since: Instant | None = Field(
        default=None, exclude_if=not_, description="How long nobody has said what came of it."
    )
    step: str = Field(default="", exclude_if=not_, description="The await that an answer would be for.")
    outcomes: tuple[str, ...] = Field(default=(), exclude_if=not_)


class CalendarAsked(Carried):
    """A run's calendar is about to end: what is the next one?"""

    customer: CustomerId
    now: Instant


class DeliveryInput(Carried):
    """An outbound webhook to deliver, by its outbox id."""

    delivery_id: int
    customer: CustomerId
    workflow: str
    clock: Clock = Clock()


class SaveOnboarding(Carried):
    """The onboarding record to keep."""

    record: "OnboardingRecord"
    now: Instant


class StepRefused(Carried):
    """An onboarding step that the program does not have was reported: our people should know."""

    key: str
    workflow_id: str
    customer: CustomerId
    message: str
    now: Instant


class OutcomeRequest(Carried):
    """A person's answer to an open step of a play: an update with a validator."""

    outcome: str
    by: str
    note: str = Field(default="", max_length=2000)
    step: str = Field(
        default="", description="The await, or the task, that it is for; empty: the first that knows the outcome."
    )
    request_id: str = Field(default="", description="Unique per answer; a repeat is recognised and changes nothing.")


class OnboardingState(Carried):
    """A customer's onboarding record as folded by ``rules.onboarding`` (section 4.4)."""

    completed: dict[str, Instant] = Field(default_factory=dict, description="Step id to when it was done.")
    milestones: dict[str, Instant] = Field(default_factory=dict)
    late: tuple[str, ...] = ()
    last_progress: Instant
    stalls: int = 0
    stalled: bool = False
    finished: Instant | None = None
    first_value: Instant | None = None


class OnboardingRecord(Carried):
    """What the database keeps of an onboarding (section 0.5)."""

    customer: CustomerId
    cycle: int
    program: str
    version: int
    status: str
    started: Instant
    completed_steps: tuple[str, ...]
    current_step: str | None
    progress: int
    milestones: dict[str, Instant]
    late: tuple[str, ...]
    blockers: tuple[str, ...]
    last_progress: Instant
    finished: Instant | None = None
    first_value: Instant | None = None
    time_to_first_value: timedelta | None = None


class StepDone(Carried):
    """A request to mark an onboarding step done, by its id or its criterion: an update with a validator."""

    step_id: str = ""
    criterion: str = ""
    at: Instant | None = None
    by: str = ""


class LifecycleInput(Carried):
    """Input of a customer's lifecycle; the bounded memory after continue-as-new."""

    customer: CustomerId
    clock: Clock = Clock()
    seen: tuple[str, ...] = ()
    running: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="Open plays and what they want.")
    stage: LifecycleStage | None = None
    owner: str = ""
    plan: str = ""
    pending: tuple[Occurrence, ...] = ()


class DecideInput(Carried):
    """What the deciding activity is asked: this happened to this customer, what follows?"""

    customer: CustomerId
    occurrence: Occurrence
    now: Instant
    clock: Clock = Clock()


class Decided(Carried):
    """What follows: the stage now, plays to start, webhook deliveries to make, plays that have ended since."""

    cause: str = Field(default="", description="Key of the occurrence decided on: the history of a lifecycle shows it.")
    stage: LifecycleStage | None = None
    changed: bool = False
    reason: str = ""
    plan: str = ""
    owner: str = ""
    plays: tuple[PlayStart, ...] = ()
    deliveries: tuple["DeliveryInput", ...] = ()
    stops: tuple["Stop", ...] = Field(default=(), exclude_if=not_)
    ended: tuple[str, ...] = ()


class Stop(Carried):
    """An open run that what happened ends: superseded by a worse signal, or its customer left."""

    workflow_id: str
    status: RunStatus
    reason: str


for _model in (PlayInput, RunRecord, SaveOnboarding, Decided):
    _model.model_rebuild()
