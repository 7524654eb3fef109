"""Where one simulated customer stands, and the facts that follow from it at a moment.

A fact is what the simulation itself knows (stage, onboarding, what was said), what the calendar says (days until
renewal), what the responses file declared, or what is stored; and otherwise it is unknown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from analysis.simulation.world import Account, World
from models.calendar import Calendar
from models.condition import names
from models.enums import LifecycleStage, SubscriptionStatus
from models.events import Occurrence
from models.lifecycle import StageVerdict
from models.play import OnboardingState
from models.playbook import Playbook
from models.signals import ChurnSignal
from rules import onboarding
from rules.segments import guided

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


class Situation:
    """One customer, changing. Only what differs from the account is kept here."""

    def __init__(self, world: World, account: Account) -> None:
        self.world = world
        self.account = account
        self.stage = account.stage
        self.status = account.status
        self.cycle = account.cycle
        self.subscribed_at = account.subscribed_at
        self.has_csm = account.csm is not None
        self.has_plan = account.has_plan
        self.held = account.held
        self.capped: list[datetime] = list(account.capped)
        self.reviews: set[tuple[int, str]] = set()
        self.signals: tuple[ChurnSignal, ...] = account.signals
        self.surveyed = account.surveyed_at
        self.renewal: str | None = account.renewal
        self.at_risk_causes: tuple[str, ...] | None = None
        self.at_risk_origin: str | None = None
        self.due_told: dict[str, str] = dict(account.due_told)
        self.surveys: dict[str, Survey] = {}
        self.invited = account.invited
        self.held_since: dict[str, datetime] = {}
        self.told: dict[str, JsonValue] = {}
        self._told_at: dict[str, datetime] = {}
        self.logins = world.logins_declared
        self.last_login: datetime | None = None
        self.last_response: datetime | None = None
        self.answered_at: datetime | None = None
        self.tracker: Tracker | None = self._recorded()
        days = account.facts.get("days_since_last_login")
        if isinstance(days, int) and not isinstance(days, bool):
            self.last_login = world.begins - days * DAY

    def _recorded(self) -> Tracker | None:
        recorded = self.account.onboarding
        found = self.world.find(recorded.playbook, self.account.segment) if recorded is not None else None
        if recorded is None or found is None or found.program is None:
            return None
        return Tracker(found, recorded.started, recorded.state)

    def hear(self, seen: Occurrence) -> None:
        """What an event changes about the customer."""
        kind = seen.kind
        if kind == "user_logged_in":
            self.last_login, self.logins = seen.at, True
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
            self.held = False
        elif kind == "renewal_decided":
            self.renewal = str(seen.data.get("decision") or seen.subject)
        if kind in ANSWERS:
            self.last_response = seen.at

    def move(self, verdict: StageVerdict) -> None:
        """To another stage; entry into ``at_risk`` keeps its causes and where it came from (L6)."""
        before, self.stage = self.stage, verdict.to
        if verdict.to is LifecycleStage.AT_RISK:
            causes = verdict.facts.get("at_risk_causes")
            self.at_risk_causes = tuple(str(one) for one in causes) if isinstance(causes, list) else None
            self.at_risk_origin = before.value if before is not None else None

    def tell(self, name: str, value: JsonValue, at: datetime) -> None:
        """A fact becomes something."""
        if self.stored(name) != value:
            self.told[name] = value
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
        return self.told[name] if name in self.told else self.account.facts.get(name)

    def facts(self, names: Iterable[str], now: datetime, since: datetime) -> dict[str, JsonValue]:
        """Facts as of a moment of the simulation; ``since`` is the start of the run that asks."""
        found: dict[str, JsonValue] = {}
        told, kept = self.told, self.account.facts
        for name in names:
            if name in told:
                found[name] = told[name]
            else:
                reader = READERS.get(name)
                found[name] = kept.get(name) if reader is None else reader(self, now, since)
        return found


Reader = Callable[[Situation, datetime, datetime], JsonValue]


def _still_no_login(who: Situation, _now: datetime, since: datetime) -> JsonValue:
    if who.last_login is not None and who.last_login > since:
        return False
    return None if who.account.imported and who.last_login is None else True


def _since_login(who: Situation, now: datetime, _since: datetime) -> JsonValue:
    """Ages where logins are declared; where they are not, nobody can say, and it stays as it is stored."""
    if not who.logins:
        return who.account.facts.get("days_since_last_login")
    return None if who.last_login is None else (now - who.last_login) // DAY


def _trial(who: Situation, now: datetime, _since: datetime) -> JsonValue:
    ends = who.account.trial_ends_at
    return None if ends is None else (ends - now) // DAY


def _renewal(who: Situation, now: datetime, _since: datetime) -> JsonValue:
    at = who.account.renewal_at
    return None if at is None else (at.date() - now.astimezone(UTC).date()) // DAY


def _since_nps(who: Situation, now: datetime, _since: datetime) -> JsonValue:
    if who.answered_at is not None:
        return (now - who.answered_at) // DAY
    days = who.account.facts.get("days_since_nps")
    return days + (now - who.world.begins) // DAY if isinstance(days, int) else None


def _onboarding(value: Callable[[Tracker, Situation], JsonValue]) -> Reader:
    return lambda who, _now, _since: None if who.tracker is None else value(who.tracker, who)


def _completion(tracker: Tracker, _who: Situation) -> JsonValue:
    assert tracker.playbook.program is not None
    return onboarding.progress(tracker.playbook.program, tracker.state)


def _first_value_days(tracker: Tracker, _who: Situation) -> JsonValue:
    first = tracker.state.first_value
    return None if first is None else max(first - tracker.started, timedelta(0)) // DAY


def _ended(who: Situation) -> bool:
    return who.stage is LifecycleStage.CHURNED


READERS: dict[str, Reader] = {
    "stage": lambda who, _now, _since: who.stage,
    "plan": lambda who, _now, _since: who.account.plan,
    "segment": lambda who, _now, _since: who.account.segment,
    "subscription_status": lambda who, _now, _since: who.status,
    "has_csm": lambda who, _now, _since: who.has_csm,
    "has_email": lambda who, _now, _since: who.account.has_email,
    "has_success_plan": lambda who, _now, _since: who.has_plan,
    "has_kickoff": lambda who, _now, _since: None if who.account.segment is None else guided(who.account.segment),
    "still_no_login": _still_no_login,
    "no_response": lambda who, _now, since: who.last_response is None or who.last_response <= since,
    "days_since_last_login": _since_login,
    "trial_days_remaining": _trial,
    "days_until_renewal": _renewal,
    "days_as_customer": lambda who, now, _since: (
        None if who.subscribed_at is None else (now - who.subscribed_at) // DAY
    ),
    "days_since_nps": _since_nps,
    "onboarding_completion": _onboarding(_completion),
    "onboarding_status": _onboarding(lambda tracker, who: onboarding.status(tracker.state, ended=_ended(who))),
    "first_value_reached": _onboarding(lambda tracker, _who: tracker.state.first_value is not None),
    "time_to_value": _onboarding(_first_value_days),
}
"""How each fact that moves by itself is read; every other fact is as stored or declared."""
