"""Customers whom engine and simulator live through: what they hear, what people answer, and how each run ends."""

from dataclasses import dataclass, field
from typing import Any

from models.playbook import Playbook
from tests.workflows.plays import playbook

MADRID, NEW_YORK, TOKYO = "Europe/Madrid", "America/New_York", "Asia/Tokyo"
DAY = 24.0
CAME_BACK = "message_replied"
"""Starts the play below and nothing else."""

MAIL = {"template": "checkin_low_usage"}
WRITES = {"do": "send_message", "with": MAIL}
SHOWS = {"do": "send_message", "with": {"template": "no_login_in_app", "channel": "in_app"}}


def asks(task: str, due: str) -> dict[str, Any]:
    """A task of that kind."""
    return {"do": "create_task", "with": {"task": task, "title": {"es": "Mirar", "en": "Look"}, "due": due}}


def by_the_calendar() -> Playbook:
    """Weekends, holidays, a local hour that a clock change skips or repeats, hours of a mail: each in its own step."""
    window = {"from": "09:00", "until": "11:00", "working_days_only": True}
    early = {"days": ["sun"], "time": "02:30"}
    return playbook(
        {"id": "in_hours", "kind": "act", "working_days": 2, "do": "send_message", "with": {**MAIL, "window": window}},
        {"id": "small_hours", "kind": "act", "at": early, **SHOWS},
        {"id": "monday", "kind": "act", "delay": "1 hour", "at": {"days": ["mon"], "time": "08:00"}, **WRITES},
        {"id": "next", "kind": "act", "after": "monday", "working_days": 3, **asks("three_later", "3 working days")},
        {"id": "evening", "kind": "act", "after": "next", "at": {"time": "18:15", "working_days_only": True},
         **asks("evening", "end of day")},
        {"id": "night", "kind": "act", "delay": "36 hours", **WRITES},
        id="test.calendar", trigger=CAME_BACK, title="By the calendar",
    )  # fmt: skip


@dataclass(frozen=True)
class Story:
    """What one customer hears and what people answer, by hours since its beginning."""

    told: tuple[tuple[float, str, dict[str, Any]], ...]
    """Events, with what they say: of the product, or our own."""
    answers: tuple[tuple[float, str, str, str], ...] = ()
    """Hours, run (``{id}``: the customer), step, outcome."""
    reactions: tuple[dict[str, Any], ...] = ()
    """The same answers, as a responses file says them: by how long after the await began."""
    said: dict[str, Any] = field(default_factory=dict)
    row: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    ends: tuple[tuple[str, str], ...] = ()
    """Playbook and status of each run, in order of the names."""


def answer(step: str, outcome: str, hours: float) -> dict[str, Any]:
    """A person answers so long after being asked."""
    span = f"{round(hours * 60 * 60)} seconds"
    return {"step": step, "outcome": outcome, "after": {"min": span, "max": span}}


def renewing(days: int) -> dict[str, Any]:
    """A term that ends in so many days, as ``_account`` and the row need it."""
    return {"renews_in": days, "contract_length_months": 12}


DETRACTOR = "save:{id}:nps_detractor:1"
PAYMENT = "save:{id}:failed_payment:1"
STORIES: dict[str, Story] = {
    "a detractor who is called, whose plan is written, who is answered": Story(
        told=((0, "signal_opened", {"type": "nps_detractor", "severity": "high"}),),
        answers=((5, DETRACTOR, "call_outcome", "reached"), (20, DETRACTOR, "plan_outcome", "plan_recorded"),
                 (50, DETRACTOR, "resolution", "send_resolution")),
        reactions=(answer("call_outcome", "reached", 5), answer("plan_outcome", "plan_recorded", 15),
                   answer("resolution", "send_resolution", 30)),
        ends=(("save.nps_detractor", "goal_met"),),
    ),
    "a competitor was named and nobody calls": Story(
        told=((0, "signal_opened", {"type": "competitor_mention", "severity": "medium"}),),
        ends=(("save.competitor_mention", "exited"),),
    ),
    "a payment failed and was made good the next day": Story(
        told=((0, "payment_failed", {"invoice_id": "I-1"}), (29, "invoice_paid", {"invoice_id": "I-1"})),
        facts={"failed_payments": 0},
        ends=(("nps.nps_survey", "completed"), ("save.failed_payment", "goal_met")),
    ),
    "a payment failed, somebody calls, it is paid, it fails again too soon": Story(
        told=((0, "payment_failed", {"invoice_id": "I-2"}), (130, "invoice_paid", {"invoice_id": "I-2"}),
              (9 * DAY, "payment_failed", {"invoice_id": "I-3"})),
        answers=((100, PAYMENT, "call_outcome", "will_pay"),),
        reactions=(answer("call_outcome", "will_pay", 28),),
        facts={"failed_payments": 0}, said={"timezone": TOKYO},
        ends=(("nps.nps_survey", "completed"), ("save.failed_payment", "goal_met")),
    ),
    "a renewal that is decided by a person": Story(
        told=((0, "renewal_due", {"days": 60, "term": "{term}"}),
              (30 * DAY, "renewal_due", {"days": 30, "term": "{term}"})),
        answers=((31 * DAY, "renewal:{id}:{term}", "decision", "renewed"),),
        reactions=(answer("decision", "renewed", 31 * DAY),),
        row=renewing(60), facts={"health_score": 80, "contract_length": 12},
        ends=(("renewal.renewal", "goal_met"),),
    ),
    "a renewal that nobody answers": Story(
        told=((0, "renewal_due", {"days": 30, "term": "{term}"}),),
        row=renewing(30), facts={"health_score": 80, "contract_length": 12}, said={"timezone": NEW_YORK},
        ends=(("renewal.renewal", "running"),),
    ),
    "the calendar, from Friday on, in Madrid": Story(
        told=((0, CAME_BACK, {}),), ends=(("test.calendar", "completed"),)
    ),
    "the calendar, from Saturday on, in Madrid": Story(
        told=((18, CAME_BACK, {}),), ends=(("test.calendar", "completed"),)
    ),
    "the calendar, over the changed hour, in Madrid": Story(
        told=((33.6, CAME_BACK, {}),), ends=(("test.calendar", "completed"),)
    ),
    "the calendar, from Friday on, in New York": Story(
        told=((0, CAME_BACK, {}),), said={"timezone": NEW_YORK, "locale": "en-US"},
        ends=(("test.calendar", "completed"),),
    ),
}  # fmt: skip
