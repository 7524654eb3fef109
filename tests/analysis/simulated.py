"""A small world for tests of the simulator: playbooks written on the spot, and customers who are all alike."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from analysis.simulation.book import simulate
from analysis.simulation.tally import Tally
from analysis.simulation.world import Account, Manager, Rules, Text, World
from models.enums import Channel, LifecycleStage, MessageClass, Segment, SubscriptionStatus
from models.playbook import Playbook
from models.responses import Responses

BEGINS = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = Rules(quiet_from=time(20), quiet_until=time(8), weekly_cap=2, business_zone="Europe/Madrid")
TEXTS = {
    ("offer", Channel.EMAIL): Text(MessageClass.RELATIONSHIP, frozenset({"first_name"})),
    ("receipt", Channel.EMAIL): Text(MessageClass.TRANSACTIONAL, frozenset()),
    ("news", Channel.EMAIL): Text(MessageClass.MARKETING, frozenset()),
    ("hint", Channel.IN_APP): Text(MessageClass.RELATIONSHIP, frozenset()),
}


def mail(name: str, template: str = "offer", **more: Any) -> dict[str, Any]:
    """A step that sends."""
    return {"id": name, "kind": "act", "do": "send_message", "with": {"template": template}, **more}


def play(*steps: dict[str, Any], name: str = "p", trigger: str = "limit_near", **rest: Any) -> Playbook:
    """A playbook of these steps."""
    whole = {"id": name, "version": 1, "title": "t", "process": "sequence", "trigger": trigger, "steps": list(steps)}
    return Playbook.model_validate({**whole, **rest})


def account(name: str = "C-1", **fields: Any) -> Account:
    """A paying customer who may be written to."""
    given: dict[str, Any] = {
        "segment": Segment.SELF_SERVE, "plan": "starter", "zone": "Europe/Madrid", "stage": LifecycleStage.GROWING,
        "status": SubscriptionStatus.ACTIVE, "cycle": 1, "subscribed_at": BEGINS - timedelta(days=100),
    }  # fmt: skip
    return Account(id=name, **(given | fields))


def world(*playbooks: Playbook, days: int = 30, responses: dict[str, Any] | None = None, **rest: Any) -> World:
    """What is the same for everybody."""
    given: dict[str, Any] = {"rules": RULES, "team": (Manager("m", tuple(Segment)),), **rest}
    said = Responses.model_validate(responses or {})
    ends = BEGINS + timedelta(days=days)
    return World(begins=BEGINS, ends=ends, playbooks=playbooks, texts=TEXTS, responses=said, **given)


def happens(event: str, customer: str = "C-1", day: float = 0, **data: Any) -> dict[str, Any]:
    """One scripted event."""
    return {"customer": customer, "event": event, "day": day, "data": data}


def run(
    *playbooks: Playbook, script: list[dict[str, Any]] | None = None, who: Account | None = None, **rest: Any
) -> Tally:
    """One customer lived through."""
    said = {"script": script if script is not None else [happens("limit_near")], **rest.pop("responses", {})}
    return simulate(world(*playbooks, responses=said, **rest), [who or account()])
