"""How each fact that moves by itself is read of a simulated customer; every other fact is as stored or declared."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import JsonValue

from models.enums import LifecycleStage
from rules import onboarding
from rules.segments import guided

if TYPE_CHECKING:
    from analysis.simulation.situation import Situation, Tracker

DAY = timedelta(days=1)

Reader = Callable[["Situation", datetime, datetime], JsonValue]


def _still_no_login(who: "Situation", now: datetime, since: datetime) -> JsonValue:
    last = who.logins.last(now)
    if last is not None and last > since:
        return False
    return None if who.account.imported and last is None else True


def _since_login(who: "Situation", now: datetime, _since: datetime) -> JsonValue:
    """Ages where logins are declared; where they are not, nobody can say, and it stays as it is stored."""
    if not who.logins_known:
        return who.account.facts.get("days_since_last_login")
    last = who.logins.last(now)
    return None if last is None else (now - last) // DAY


def _trial(who: "Situation", now: datetime, _since: datetime) -> JsonValue:
    ends = who.account.trial_ends_at
    return None if ends is None else (ends - now) // DAY


def _renewal(who: "Situation", now: datetime, _since: datetime) -> JsonValue:
    at = who.account.renewal_at
    return None if at is None else (at.date() - now.astimezone(UTC).date()) // DAY


def _since_nps(who: "Situation", now: datetime, _since: datetime) -> JsonValue:
    if who.answered_at is not None:
        return (now - who.answered_at) // DAY
    days = who.account.facts.get("days_since_nps")
    return days + (now - who.world.begins) // DAY if isinstance(days, int) else None


def _onboarding(value: Callable[["Tracker", "Situation"], JsonValue]) -> Reader:
    return lambda who, _now, _since: None if who.tracker is None else value(who.tracker, who)


def _completion(tracker: "Tracker", _who: "Situation") -> JsonValue:
    assert tracker.playbook.program is not None
    return onboarding.progress(tracker.playbook.program, tracker.state)


def _first_value_days(tracker: "Tracker", _who: "Situation") -> JsonValue:
    first = tracker.state.first_value
    return None if first is None else max(first - tracker.started, timedelta(0)) // DAY


def _ended(who: "Situation") -> bool:
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
"""By the fact's name: its value of a customer at a moment, for the run that started then."""
