"""What a simulation is given: customers as they stand, playbooks, texts, the house's rules. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cached_property

from pydantic import JsonValue

from analysis.simulation.dates import CalendarOf, due, no_holidays
from models.calendar import Calendar
from models.enums import Channel, LifecycleStage, MessageClass, Segment, SubscriptionStatus
from models.play import OnboardingState
from models.playbook import Playbook
from models.playbook_rules import named_by
from models.responses import Reaction, Responses, Scripted
from models.run import StepState
from models.signals import ChurnSignal

NOBODY_ANSWERS = Responses()


@dataclass(frozen=True)
class Text:
    """A template as far as a simulation needs it: its class, and the values without which it is not sent."""

    message_class: MessageClass
    required: frozenset[str]


@dataclass(frozen=True)
class Rules:
    """The house's rules: quiet hours on the recipient's clock, the weekly cap, when the daily sweep runs (UTC)."""

    quiet_from: time
    quiet_until: time
    weekly_cap: int
    business_zone: str
    country: str | None = None
    sweep_at: time = time(5, 0)


@dataclass(frozen=True)
class Manager:
    """Somebody who looks after customers: of which segments, and how many tasks a week they can do (None: unknown)."""

    id: str
    segments: tuple[Segment, ...] = ()
    customers: int = 0
    weekly_tasks: int | None = None


@dataclass(frozen=True)
class OpenOnboarding:
    """The onboarding of the present cycle as recorded."""

    playbook: str
    started: datetime
    state: OnboardingState


@dataclass(frozen=True)
class OpenRun:
    """A run that is under way at the beginning: which playbook, since when, and its steps as recorded."""

    playbook: str
    process: str
    started: datetime
    steps: Mapping[str, StepState]
    name: str = ""
    trigger: str = ""


@dataclass(frozen=True)
class PastRun:
    """A run that is over, as far as others ask of it.

    ``name``: of one of which there is one, such as ``renewal:<term>``; ``signal``: what it was the save play of.
    """

    playbook: str
    process: str
    started: datetime
    ended: datetime
    name: str = ""
    signal: str = ""


@dataclass(frozen=True)
class Account:
    """A customer at the beginning. ``facts`` are those stored as of then; None or absent is unknown."""

    id: str
    segment: Segment | None = None
    plan: str | None = None
    stage: LifecycleStage | None = None
    status: SubscriptionStatus | None = None
    cycle: int = 0
    zone: str | None = None
    named: bool = True
    has_email: bool = True
    suppressed: str | None = None
    consent_marketing: bool | None = None
    consent_relationship: bool | None = None
    csm: str | None = None
    held: bool = False
    imported: bool = False
    has_plan: bool = False
    subscribed_at: datetime | None = None
    trial_ends_at: datetime | None = None
    renewal_at: datetime | None = None
    facts: Mapping[str, JsonValue] = field(default_factory=dict)
    signals: tuple[ChurnSignal, ...] = ()
    surveyed_at: datetime | None = None
    invited: bool = False
    """To the advocacy program, or in it already."""
    renewal: str | None = None
    """What was decided of the present term: renewed, declined, or nothing yet."""
    due_told: Mapping[str, str] = field(default_factory=dict)
    """What the daily check has told already, as it remembers it (``rules.due``)."""
    capped: tuple[datetime, ...] = ()
    onboarding: OpenOnboarding | None = None
    running: tuple[OpenRun, ...] = ()
    past: tuple[PastRun, ...] = ()
    country: str | None = None


@dataclass(frozen=True)
class World:
    """Everything that is the same for every customer of a simulation."""

    begins: datetime
    ends: datetime
    playbooks: tuple[Playbook, ...]
    texts: Mapping[tuple[str, Channel], Text]
    rules: Rules
    team: tuple[Manager, ...] = ()
    tips: frozenset[str] = frozenset()
    responses: Responses = NOBODY_ANSWERS
    calendar: CalendarOf = no_holidays
    daily: bool = True
    """Whether the daily sweep runs."""
    only: str | None = None
    """Simulate the starts of this playbook only; other plays neither start nor go on."""

    _started: dict[tuple[str, Segment], tuple[Playbook, ...]] = field(default_factory=dict, repr=False, compare=False)
    _reacting: dict[tuple[str, str, str], list[tuple[int, Reaction]]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _dues: dict[tuple[str | None, datetime], datetime] = field(default_factory=dict, repr=False, compare=False)

    def plays(self, playbook: Playbook) -> bool:
        """Whether runs of it are simulated."""
        return self.only is None or playbook.id == self.only

    @cached_property
    def pauses(self) -> dict[str, tuple[str, ...]]:
        """What each playbook pauses while it runs; without those that pause nothing."""
        return {playbook.id: playbook.excludes.pauses for playbook in self.playbooks if playbook.excludes.pauses}

    def ours(self, now: datetime) -> Calendar:
        """The calendar our own people work by."""
        return self.calendar(self.rules.business_zone, self.rules.country, now)

    def started_by(self, occurrence: str, segment: Segment) -> tuple[Playbook, ...]:
        """Playbooks of that trigger or of its kind, for the segment, the most important first; no programs."""
        if (known := self._started.get((occurrence, segment))) is not None:
            return known
        kind = occurrence.partition(":")[0]
        found = {
            playbook.id: playbook
            for name in dict.fromkeys((occurrence, kind))
            for playbook in self._by_trigger.get(name, ())
            if not playbook.segments or segment in playbook.segments
        }
        starting = tuple(sorted(found.values(), key=lambda one: (-one.priority, one.id)))
        self._started[occurrence, segment] = starting
        return starting

    def tells_end(self, playbook: Playbook) -> bool:
        """Whether others wait for the end of its runs."""
        return playbook.id in self._awaited

    @cached_property
    def _awaited(self) -> frozenset[str]:
        return frozenset(
            one.id
            for one in self.playbooks
            if one.excludes.pauses or any(named_by(other.excludes.held_by, one.id) for other in self.playbooks)
        )

    def due(self, text: str | None, now: datetime) -> datetime:
        """The moment of a ``due`` of a playbook, on our own people's calendar."""
        if (known := self._dues.get((text, now))) is None:
            known = self._dues[text, now] = due(text, now, self.ours(now))
        return known

    def program(self, segment: Segment) -> Playbook | None:
        """The onboarding program of a segment (section 4.4): its own, else the self-serve one."""
        for wanted in (segment, Segment.SELF_SERVE):
            for playbook in self.playbooks:
                suits = not playbook.segments or wanted in playbook.segments
                if playbook.process == "onboarding" and suits:
                    return playbook
        return None

    def find(self, name: str, segment: Segment | None) -> Playbook | None:
        """The playbook of that id for the segment."""
        named = [playbook for playbook in self.playbooks if playbook.id == name]
        fitting = [playbook for playbook in named if not playbook.segments or segment in playbook.segments]
        return next(iter(fitting or named), None)

    @cached_property
    def logins_declared(self) -> bool:
        """Whether the responses say anything of logins: if not, nobody knows who would have logged in."""
        said = self.responses
        names = (*(habit.event for habit in said.habits), *(one.event for one in said.reactions))
        return "user_logged_in" in (*names, *(one.event for one in said.script))

    def served(self, segment: Segment) -> bool:
        """Whether anybody of the team can be assigned to a customer of the segment."""
        return any(segment in manager.segments for manager in self.team)

    @cached_property
    def heard(self) -> frozenset[str]:
        """Kinds of events that start or move a play: others need not happen."""
        names = [name for playbook in self.playbooks for name in (playbook.trigger, *playbook.wants())]
        return frozenset(name.partition(":")[0] for name in names)

    def script_of(self, customer: str) -> list[Scripted]:
        """What the responses script for a customer."""
        return self._scripts.get(customer, [])

    def reactions_to(self, playbook: str, step: str, template: str) -> list[tuple[int, Reaction]]:
        """Reactions, with their numbers, to a step of a playbook (``step`` empty: to its start) or to a message."""
        if (known := self._reacting.get((playbook, step, template))) is not None:
            return known
        found = [
            (number, one)
            for number, one in enumerate(self.responses.reactions)
            if (one.playbook is None or one.playbook == playbook)
            and (one.template is None or one.template == template)
            and (one.step == step if one.step is not None else one.template is not None or not step)
        ]
        self._reacting[playbook, step, template] = found
        return found

    @cached_property
    def _scripts(self) -> dict[str, list[Scripted]]:
        found: dict[str, list[Scripted]] = {}
        for one in self.responses.script:
            found.setdefault(one.customer, []).append(one)
        return found

    @cached_property
    def _by_trigger(self) -> dict[str, list[Playbook]]:
        found: dict[str, list[Playbook]] = {}
        for playbook in sorted(self.playbooks, key=lambda one: (-one.priority, one.id)):
            if playbook.process != "onboarding":
                found.setdefault(playbook.trigger, []).append(playbook)
        return found
