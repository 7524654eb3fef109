"""What ticket systems have in common: severity, when a ticket is over, and tickets that are listed instead of told."""

from collections.abc import Mapping
from datetime import datetime

from intake.vendors.node import Node, data, given
from intake.vendors.vendor import body_of
from models.vendor import Notice, Ref, Said

SEVERITY = {
    "urgent": "high",
    "high": "high",
    "normal": "medium",
    "medium": "medium",
    "low": "low",
}
"""Priorities of Zendesk and Freshdesk to the severities of section 0.2."""

CLOSED = frozenset({"solved", "closed", "resolved"})

LONGEST_SUBJECT = 300
LISTED = "list.ticket"


def severity(priority: str | None) -> str | None:
    """The severity of a priority; None where it has none, or one of somebody's own."""
    return SEVERITY.get((priority or "").lower())


def closed(status: str | None) -> bool | None:
    """Whether a status means that the ticket is over; None: not told."""
    return None if status is None else status.lower() in CLOSED


def tags(ticket: Node) -> list[str] | None:
    """At most twenty tags; None where there are none."""
    return [tag for tag in (each.text(80) for each in list(ticket["tags"])[:20]) if tag] or None


def record(ticket: object) -> Notice:
    """A ticket that was listed (``models.outside.OutsideTicket``): as it was when it was last changed."""
    node = Node(ticket)
    number, changed = node["ticket_id"].must_ident(), given(node["updated_at"].moment(), node["updated_at"])
    return Notice(id=f"list:{number}:{int(changed.timestamp())}", kind=LISTED, at=changed, body=body_of(ticket))


def listed(system: str, company: str, event: Notice) -> list[Said]:
    """Opened, how it is now, and over: under the ids that a webhook's statements have, so that each is told once."""
    node = Node(event.body)
    number = node["ticket_id"].must_ident()
    opened = given(node["created_at"].moment(), node["created_at"])
    rank, labels = data(severity=severity(node["priority"].text(40))), tags(node)
    words = data(subject=node["subject"].text(LONGEST_SUBJECT), text=node["text"].prose(), tags=labels)
    state = data(escalated=True if "escalated" in (labels or []) else None)
    says = [
        _said(system, company, node, "ticket_opened", f"ticket:{number}:opened", opened, rank | words),
        _said(system, company, node, "ticket_updated", f"ticket:{number}:{event.id}", event.at, rank | state),
    ]
    if closed(node["status"].text(40)):
        over, rated = node["closed_at"].moment() or event.at, data(csat=node["csat"].whole(1, 5))
        stamp = f"ticket:{number}:closed:{int(over.timestamp())}"
        says.append(_said(system, company, node, "ticket_closed", stamp, over, rated))
    return says


def _said(
    system: str, company: str, node: Node, kind: str, event_id: str, at: datetime, told: Mapping[str, object]
) -> Said:
    number, email = node["ticket_id"].must_ident(), node["requester_email"].email()
    refs = [
        Ref(system=system, id=f"{what}:{found}")
        for what, found in ((company, node["company"].ident()), ("contact", node["contact"].ident()), ("email", email))
        if found is not None
    ]
    return Said.model_validate(
        {
            "type": kind,
            "event_id": event_id,
            "at": at,
            "refs": refs or (Ref(system=system, id=f"ticket:{number}"),),
            "customer": node["external_id"].text(128),
            "email": email,
            "data": {"ticket_id": f"{system}:{number}", **told},
            "subject": f"ticket:{number}",
        }
    )
