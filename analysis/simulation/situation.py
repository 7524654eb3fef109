"""Where one simulated customer stands, and the facts that follow from it at a moment.

A fact is what the simulation itself knows (stage, onboarding, what was said), what the calendar says (days until
renewal), what the responses file declared, or what is stored; and otherwise it is unknown.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from pydantic import JsonValue

from analysis.simulation.heard import Heard
from analysis.simulation.logins import Logins
from analysis.simulation.readers import READERS, Reader
from analysis.simulation.remembered import evaluate, names
from analysis.simulation.world import Account, World
from models.calendar import Calendar
from models.enums import LifecycleStage, SubscriptionStatus
from models.lifecycle import StageVerdict
from models.play import OnboardingState
from models.playbook import Playbook
from models.signals import ChurnSignal, ChurnSignalType
from rules import churn, due, lifecycle

DAY = timedelta(days=1)

ANSWERS = frozenset({"message_replied", "meeting_booked", "survey_answered", "renewal_decided"})
"""What counts as a response (section 14.1)."""

COUNTED: dict[str, tuple[str, int]] = {
    "ticket_opened": ("open_tickets", 1),
    "ticket_closed": ("open_tickets", -1),
    "payment_failed": ("failed_payments", 1),
    "invoice_paid": ("failed_payments", -1),
}
"""Events that raise or lower a count, where it is known or was never told (a first report makes it known)."""

SET: dict[str, tuple[str, JsonValue]] = {
    "cancellation_requested": ("cancellation_requested", True),
    "cancellation_withdrawn": ("cancellation_requested", False),
}


@dataclass(slots=True)
class Tracker:
    """The onboarding under way or done: the tracker of ``rules.onboarding`` and what it belongs to."""

    playbook: Playbook
    started: datetime
    state: OnboardingState


@dataclass(slots=True)
class Survey:
    """A survey sent by a run."""

    sent: datetime
    reminded: bool = False
    closed: bool = False


_UNKNOWN: dict[str, JsonValue] = {
    **dict.fromkeys((*lifecycle.FACTS_FULL, *churn.FACTS, *due.FACTS)),
    "health_provisional": False,
}
"""What an evaluation reads, where nothing is known."""

_MOVING = tuple((name, reader) for name, reader in READERS.items() if name in _UNKNOWN)


class Moved(NamedTuple):
    """A stage change, by which rule and for what."""

    from_stage: LifecycleStage | None
    to_stage: LifecycleStage
    rule: str
    facts: Mapping[str, JsonValue]


class Situation:
    """One customer, changing. Only what differs from the account is kept here."""

    def __init__(self, world: World, account: Account) -> None:
        self.world = world
        self.account: Account = account
        self.stage: LifecycleStage | None = account.stage
        self.status: SubscriptionStatus | None = account.status
        self.cycle = account.cycle
        self.subscribed_at: datetime | None = account.subscribed_at
        self.has_csm: bool = account.csm is not None
        self.has_plan: bool = account.has_plan
        self.outreach_held = account.held
        self.capped: list[datetime] = list(account.capped)
        self.reviews: set[tuple[int, str]] = set()
        self.signals: tuple[ChurnSignal, ...] = account.signals
        self.standing: frozenset[ChurnSignalType] | None = None
        self.surveyed_at = account.surveyed_at
        self.segment = account.segment
        self.renewal_date = account.renewal_at.date() if account.renewal_at is not None else None
        self.renewal: str | None = account.renewal
        self.at_risk_causes: tuple[str, ...] | None = None
        self.at_risk_origin: str | None = None
        self.due_told: dict[str, str] = dict(account.due_told)
        self.surveys: dict[str, Survey] = {}
        self.invited = account.invited
        self.held_since: dict[str, datetime] = {}
        self._told: dict[str, JsonValue] = {}
        self._known: dict[str, JsonValue] = {**_UNKNOWN, **account.facts}
        self._told_at: dict[str, datetime] = {}
        self.logins_known = world.logins_declared
        self.last_response: datetime | None = None
        self.answered_at: datetime | None = None
        self.tracker: Tracker | None = self._recorded()
        days, last = account.facts.get("days_since_last_login"), None
        if isinstance(days, int) and not isinstance(days, bool):
            last = world.begins - days * DAY
        self.logins = Logins(last)

    def _recorded(self) -> Tracker | None:
        recorded = self.account.onboarding
        found = self.world.find(recorded.playbook, self.account.segment) if recorded is not None else None
        if recorded is None or found is None or found.program is None:
            return None
        return Tracker(found, recorded.started, recorded.state)

    def hear(self, seen: Heard) -> None:
        """What an event changes about the customer."""
        kind = seen.kind
        if kind == "user_logged_in":
            self.logins.add(seen.at)
            self.logins_known = True
        elif kind == "subscription_created":
            if self.status is not SubscriptionStatus.ACTIVE:
                self.subscribed_at, self.cycle = seen.at, self.cycle + 1
            self.status = SubscriptionStatus.ACTIVE
        elif kind == "subscription_cancelled":
            self.status = SubscriptionStatus.CANCELLED
        elif kind == "trial_started":
            self.status = SubscriptionStatus.TRIALING
        elif kind in SET:
            name, value = SET[kind]
            self.tell(name, value, seen.at)
        elif kind in COUNTED:
            name, by = COUNTED[kind]
            before = self.stored(name)
            self.tell(name, max((before if isinstance(before, int) else 0) + by, 0), seen.at)
        elif kind == "survey_answered" and isinstance(seen.data.get("score"), int):
            self.tell("nps_score", seen.data["score"], seen.at)
            self.answered_at = seen.at
        elif kind == "outreach_activated":
            self.outreach_held = False
        elif kind == "renewal_decided":
            self.renewal = str(seen.data.get("decision") or seen.subject)
        if kind in ANSWERS:
            self.last_response = seen.at

    def move(self, verdict: StageVerdict) -> Moved:
        """To another stage; entry into ``at_risk`` keeps its causes and where it came from (L6)."""
        before, self.stage = self.stage, verdict.to
        if verdict.to is LifecycleStage.AT_RISK:
            causes = verdict.facts.get("at_risk_causes")
            self.at_risk_causes = tuple(str(one) for one in causes) if isinstance(causes, list) else None
            self.at_risk_origin = before.value if before is not None else None
        return Moved(before, verdict.to, verdict.rule, verdict.facts)

    @property
    def renewal_completed(self) -> bool:
        """Whether the present term is renewed."""
        return self.renewal == "renewed"

    @property
    def renewal_declined(self) -> bool:
        """Whether the customer will not renew."""
        return self.renewal == "declined"

    def tell(self, name: str, value: JsonValue, at: datetime) -> None:
        """A fact becomes something."""
        if self.stored(name) != value:
            self._told[name] = self._known[name] = value
            self._told_at[name] = at

    def changed_at(self, condition: str, now: datetime) -> datetime:
        """Since when what a condition reads is as it is now; what never changed here was so before the beginning."""
        moments = [self._told_at[name] for name in names(condition) if name in self._told_at]
        return max(moments, default=now - timedelta(days=366))

    def calendar(self, now: datetime) -> Calendar:
        """Of the customer's place: its own zone and country, else the house's (``activities.places``)."""
        zone = self.account.zone or self.world.rules.business_zone
        return self.world.calendar(zone, self.account.country or self.world.rules.country, now)

    def stored(self, name: str) -> JsonValue:
        """A fact as declared, else as stored at the beginning; None is unknown."""
        return self._known.get(name)

    def facts(self, names: Collection[str], now: datetime, since: datetime) -> dict[str, JsonValue]:
        """Facts as of a moment of the simulation; ``since`` is the start of the run that asks."""
        told, known, readers = self._told, self._known, READERS
        return {
            name: readers[name](self, now, since) if name in readers and name not in told else known.get(name)
            for name in names
        }

    def evaluated(self, now: datetime) -> dict[str, JsonValue]:
        """At least what an evaluation at that moment reads. No stage change makes any of it another."""
        found = self._known.copy()
        found["renewal_completed"] = self.renewal_completed
        found["at_risk_origin"] = self.at_risk_origin
        found["at_risk_causes"] = list(self.at_risk_causes) if self.at_risk_causes is not None else None
        told = self._told
        for name, reader in _MOVING:
            if name not in told:
                found[name] = reader(self, now, now)
        return found

    def holds(self, condition: str, now: datetime, since: datetime) -> bool | None:
        """Whether a condition holds at a moment, for the run that started then; None: something it reads is unknown."""
        told, known = self._told, self._known
        values = [
            known.get(name) if reader is None or name in told else reader(self, now, since)
            for name, reader in _reads(condition)
        ]
        return evaluate(condition, tuple(values))


@lru_cache(maxsize=4096)
def _reads(condition: str) -> tuple[tuple[str, Reader | None], ...]:
    """What a condition reads, and how."""
    return tuple((name, READERS.get(name)) for name in names(condition))
