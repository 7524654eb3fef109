"""One small playbook for each process of section 20, and a company whose book they are."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import JsonValue

from models.enums import LifecycleStage, SubscriptionStatus
from models.event_kinds import EventType
from models.event_making import STEADFAST, made
from models.ids import new_id
from models.playbook import Playbook
from models.records import Customer
from playbooks.catalog import Catalog, Entry
from tests.harness import Company
from tests.workflows.life import Life
from tests.workflows.plays import SAY, playbook

LEFT = [{"event": "subscription_cancelled", "reason": "they left"}]


def act(step: str, **fields: Any) -> dict[str, Any]:
    """A notice to our own people: the cheapest effect there is."""
    return {"id": step, "kind": "act", **SAY} | fields


def call(step: str = "call", **fields: Any) -> dict[str, Any]:
    """Somebody is asked to call."""
    asked = {"title": {"es": "Llamar", "en": "Call"}, "due": "2 hours", "priority": "high"}
    return {"id": step, "kind": "act", "do": "call", "with": asked} | fields


def mail(step: str, **fields: Any) -> dict[str, Any]:
    """A mail to the customer; relationship class."""
    return {"id": step, "kind": "act", "do": "send_message", "with": {"template": "onboarding_tips"}} | fields


def save(signal: str = "no_login_7_days", **fields: Any) -> Playbook:
    """Somebody calls, the answer decides, the path rises until there is one; success when the signal clears."""
    given: dict[str, Any] = {
        "id": f"save.{signal}",
        "process": "save",
        "trigger": f"signal_opened:{signal}",
        "title": f"Save: {signal}",
        "goals": [{"event": f"signal_cleared:{signal}", "reason": "the signal cleared"}],
        "exits": LEFT,
        "escalation": {"path": ["csm", "cs_manager", "executive"], "timeline": "24 hours"},
    }
    steps = [
        call(),
        {"id": "hear", "kind": "await", "after": "call", "outcomes": ["reached", "no_answer"], "timeout": "10 days"},
        act("again", after="hear", on=["no_answer", "timeout"]),
        act("thank", after="hear", on=["reached"]),
    ]
    return playbook(*steps, **(given | fields))


def renewal(**fields: Any) -> Playbook:
    """The three approaches of a term in one process, until it is decided."""
    given: dict[str, Any] = {
        "id": "renewal.term",
        "process": "renewal",
        "trigger": "renewal_due",
        "title": "Renewal",
        "goals": [{"event": "renewal_decided:renewed", "reason": "renewed"}],
        "exits": [*LEFT, {"event": "renewal_decided:declined", "reason": "declined"}],
        "expires": "120 days",
    }
    steps = [
        act("forecast", after="event:renewal_due:90"),
        act("letter", after="event:renewal_due:60"),
        act("reminder", after="event:renewal_due:30"),
        {
            "id": "rise",
            "kind": "escalate",
            "after": "event:renewal_due:30",
            "delay": "7 days",
            "role": "cs_manager",
            "reason": "no answer to the renewal",
            "when": "no_response",
        },
    ]
    return playbook(*steps, **(given | fields))


def survey(**fields: Any) -> Playbook:
    """Sent, reminded after three days, closed after seven."""
    given: dict[str, Any] = {
        "id": "nps.round",
        "process": "nps",
        "trigger": "survey_due:nps",
        "title": "Survey",
        "goals": [{"event": "survey_answered:nps", "reason": "answered"}],
        "exits": LEFT,
        "reentry": {"cool_down": "90 days"},
    }
    steps = [act("send"), act("remind", delay="3 days", when="no_response"), act("close", delay="7 days")]
    return playbook(*steps, **(given | fields))


def quarter(**fields: Any) -> Playbook:
    """A deck that a named person lets out, and an escalation where nobody held the review."""
    given: dict[str, Any] = {
        "id": "qbr.quarter",
        "process": "qbr",
        "trigger": "qbr_due",
        "title": "Quarterly review",
        "goals": [{"event": "meeting_held:qbr", "reason": "held"}],
        "exits": LEFT,
        "expires": "100 days",
    }
    asked = {"kind": "report", "title": {"es": "Presentación", "en": "Deck"}, "due": "2 working days"}
    steps = [
        act("draft"),
        {"id": "ask", "kind": "act", "after": "draft", "do": "request_approval", "with": asked},
        {
            "id": "verdict",
            "kind": "await",
            "after": "ask",
            "events": ["approval_decided:report"],
            "timeout": "14 days",
        },
        {
            "id": "choose",
            "kind": "branch",
            "after": "verdict",
            "cases": [{"if": "approved", "then": "allowed"}],
            "otherwise": "refused",
        },
        act("invite", after="choose", on=["allowed"]),
        act("redraft", after="choose", on=["refused"]),
    ]
    return playbook(*steps, **(given | fields))


def referral(**fields: Any) -> Playbook:
    """Waits for the conversion, half a year at most."""
    given: dict[str, Any] = {
        "id": "advocacy.referral",
        "process": "referral",
        "trigger": "referral_created",
        "title": "Referral",
        "exits": [*LEFT, {"event": "referral_rejected", "reason": "rejected"}],
    }
    steps = [
        act("invite"),
        {"id": "hear", "kind": "await", "after": "invite", "events": ["referral_converted"], "timeout": "180 days"},
        act("reward", after="hear", on=["referral_converted"]),
        {"id": "over", "kind": "end", "after": "hear", "on": ["timeout"], "as": "failed", "reason": "expired"},
    ]
    return playbook(*steps, **(given | fields))


def employing(here: Company, *inline: Playbook) -> Company:
    """The company with these playbooks beside the onboarding programs."""
    kept = [entry for entry in Catalog.load().entries() if entry.playbook.process == "onboarding"]
    ours = [Entry(one, one.fingerprint(), f"inline/{number}") for number, one in enumerate(inline)]
    return replace(here, given=replace(here.given, playbooks=Catalog([*kept, *ours])))


async def growing(life: Life, **fields: object) -> None:
    """The customer is there, paying and at peace; nothing was started for it yet."""
    customer = Customer(
        id=life.id,
        name=life.said.name,
        first_name=life.said.first_name,
        email=life.said.email,
        plan=life.said.plan,
        csm_id=life.said.csm_id,
        locale=life.said.locale,
        timezone=life.said.timezone,
        stage=LifecycleStage.GROWING,
        subscription_status=SubscriptionStatus.ACTIVE,
        subscribed_at=life.began - timedelta(days=100),
        cycle=1,
    )
    async with life.here.store.begin() as tx:
        await tx.customers.put(customer.model_copy(update=fields))


async def hears(life: Life, name: str, *, ident: str = "", **data: JsonValue) -> None:
    """Our own processes tell the customer's lifecycle something; ``class_`` and ``from_`` lose their underscore."""
    now = await life.now()
    said = {key.rstrip("_"): value for key, value in data.items()}
    event = made(EventType(name), life.id, now, ident or new_id("i"), **said)
    async with life.here.store.begin() as tx:
        await tx.inbox.add(STEADFAST, event, now)
    await life.here.catch_up(now)
    await life.settle()
