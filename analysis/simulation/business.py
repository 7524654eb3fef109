"""Verbs of renewals, surveys, advocacy and recovery, as their activities decide them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from analysis.simulation.asked import DONE, Answer, Asked
from analysis.simulation.situation import Survey
from models.nps import NpsConfig
from models.playbook import ActStep
from rules import churn, nps, renewal

if TYPE_CHECKING:
    from analysis.simulation.effects import Effects

_DAY = timedelta(days=1)
_CONFIG = NpsConfig()


def _class(effects: "Effects", asked: Asked) -> Answer:
    def tell(one: Asked) -> Answer:
        facts = one.who.facts(("health_score", "cancellation_requested"), one.now, one.started)
        health, cancels = facts["health_score"], facts["cancellation_requested"]
        found = renewal.likelihood(
            health if isinstance(health, int) else None,
            high_signal_open=churn.has_open_high(one.who.signals),
            cancellation_requested=cancels if isinstance(cancels, bool) else None,
        )
        if found is None:
            return Answer("skipped", "health unknown: no class can be told")
        return Answer("done", values=(("renewal_class", found),))

    return effects.checked(asked, tell, contacts=False)


def _survey(effects: "Effects", asked: Asked) -> Answer:
    """Not within ninety days of the last send (N1)."""
    allowed = nps.may_survey(asked.who.surveyed_at, asked.now, _CONFIG)
    if asked.run not in asked.who.surveys and not allowed.allowed:
        return Answer("skipped", allowed.reason)
    answer = effects.mail(asked, "nps_survey")
    if answer.status == "done":
        asked.who.surveyed_at = asked.now
        asked.who.surveys[asked.run] = Survey(asked.now)
    return answer


def _remind(effects: "Effects", asked: Asked) -> Answer:
    survey = asked.who.surveys.get(asked.run)
    if survey is None:
        return Answer("skipped", "no survey was sent")
    if survey.reminded or survey.closed or asked.now >= survey.sent + _CONFIG.close_after:
        return Answer("skipped", "reminded already" if survey.reminded else "the survey is closed")
    answer = effects.mail(asked, "nps_reminder")
    survey.reminded = answer.status == "done"
    return answer


def _close(effects: "Effects", asked: Asked) -> Answer:
    def close(one: Asked) -> Answer:
        survey = one.who.surveys.get(one.run)
        if survey is None:
            return Answer("skipped", "no survey was sent")
        survey.closed = True
        return DONE

    return effects.checked(asked, close, contacts=False)


def _invite(effects: "Effects", asked: Asked) -> Answer:
    if asked.who.invited:
        return Answer("skipped", "advocacy status is invited")
    answer = effects.mail(asked, "advocacy_invite")
    asked.who.invited = answer.status == "done"
    return answer


def _recovery(effects: "Effects", asked: Asked) -> Answer:
    """Success once the condition held at each look of the last days, as far as the simulation has looked."""
    step = asked.step
    assert isinstance(step, ActStep)
    condition, days, reason = str(step.params["holds"]), step.params.get("days", 0), step.params.get("reason")
    assert isinstance(days, int)

    def look(one: Asked) -> Answer:
        holds = one.who.holds(condition, one.now, one.started)
        key = f"{one.run}>{step.id}"
        if holds is not True:
            one.who.held_since.pop(key, None)
            return _again(condition, days, one.now + max(days + 1, 1) * _DAY)
        since = one.who.held_since.setdefault(key, min(one.now, one.who.changed_at(condition, one.now)))
        if one.now - since >= days * _DAY:
            return Answer("goal_met", str(reason or f"held for {days} days: {condition}"))
        return _again(condition, days, max(since + days * _DAY, one.now + _DAY))

    return effects.checked(asked, look, contacts=False)


def _again(condition: str, days: int, at: datetime) -> Answer:
    return Answer("deferred", f"not for {days} days yet: {condition}", at)


VERBS: dict[str, Callable[["Effects", Asked], Answer]] = {
    "calculate_renewal_health": _class,
    "send_nps_survey": _survey,
    "remind_survey": _remind,
    "close_survey": _close,
    "invite_advocate": _invite,
    "confirm_recovery": _recovery,
}
