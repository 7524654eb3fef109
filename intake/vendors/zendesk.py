"""Zendesk: tickets opened, changed and closed, by event webhooks and by the incremental export.

Signature: ``X-Zendesk-Webhook-Signature``, base64 HMAC-SHA256 of ``X-Zendesk-Webhook-Signature-Timestamp`` + body, no
separator; the window is ours (5 minutes). Event id: ``id``; a repeat has the same. Statements have ids of the ticket
itself, so that what a webhook told and the export tells again is one event.
"""

from collections.abc import Mapping
from datetime import datetime

from pydantic import SecretStr

from intake.vendors.node import Node, data, given, loads
from intake.vendors.scheme import MINUTES_5, Call, fits, from_base64, header
from intake.vendors.tickets import LISTED, LONGEST_SUBJECT, closed, listed, severity, tags
from intake.vendors.vendor import Arrival, Terms, Vendor, body_of
from models.errors import Rejected
from models.vendor import Notice, Ref, Said

NAME = "zendesk"

_PREFIX = "zen:event-type:"
_CHANGES = ("priority_changed", "status_changed", "tags_changed", "comment_added", "subject_changed")


def verify(secret: SecretStr, call: Call, wall: datetime) -> None:
    """Zendesk's scheme; the timestamp is ISO 8601 (and signed as it is written)."""
    signature = header(call, "x-zendesk-webhook-signature")
    stamp = header(call, "x-zendesk-webhook-signature-timestamp")
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        raise Rejected("the timestamp is not ISO 8601") from None
    if at.tzinfo is None or abs((wall - at).total_seconds()) > MINUTES_5.total_seconds():
        raise Rejected("the timestamp is more than 300 seconds from now")
    fits(secret, stamp.encode() + call.body, [from_base64(signature)])


def read(arrival: Arrival) -> list[Notice]:
    """One event a body."""
    body = loads(arrival.body)
    node = Node(body)
    kind = (node["type"].must().text() or "unknown").removeprefix(_PREFIX)
    at = given(node["time"].moment(), node["time"])
    return [Notice(id=node["id"].must_ident(), kind=kind, at=at, body=body_of(body))]


def interpret(event: Notice, terms: Terms) -> list[Said] | None:
    """Tickets, and who an organization is."""
    node = Node(event.body)
    if event.kind == LISTED:
        return listed(NAME, "organization", event)
    scope, _, what = event.kind.partition(".")
    detail = node["detail"]
    if scope == "organization":
        return [_organization(event, detail)] if what in ("created", "external_id_changed") else []
    if scope != "ticket":
        return [] if scope in ("user", "article", "agent", "community_post", "messaging_ticket") else None
    if what == "created":
        return [_opened(event, detail)]
    if what in _CHANGES:
        return _changed(event, detail, node["event"], what)
    return []


def _changed(event: Notice, detail: Node, change: Node, what: str) -> list[Said]:
    if what == "status_changed" and closed(change["current"].text(40)):
        return [_closed(event, detail)]
    text = change["comment"]["body"].prose() if what == "comment_added" else None
    return [_updated(event, detail, text)]


def _opened(event: Notice, ticket: Node) -> Said:
    at = ticket["created_at"].moment() or event.at
    told = data(
        severity=severity(ticket["priority"].text(40)),
        subject=ticket["subject"].text(LONGEST_SUBJECT),
        text=ticket["description"].prose(),
        tags=tags(ticket),
    )
    return _said(event, ticket, "ticket_opened", f"ticket:{_number(ticket)}:opened", at, told)


def _updated(event: Notice, ticket: Node, text: str | None = None) -> Said:
    labels = tags(ticket) or []
    told = data(
        severity=severity(ticket["priority"].text(40)), escalated=True if "escalated" in labels else None, text=text
    )
    number = _number(ticket)
    stamp = f"{event.at.timestamp():.0f}"
    return _said(event, ticket, "ticket_updated", f"ticket:{number}:{stamp}:{event.kind}", event.at, told)


def _closed(event: Notice, ticket: Node) -> Said:
    number, rating = _number(ticket), ticket["satisfaction_rating"]
    score = rating["score"].text(20) if isinstance(rating.value, dict) else None
    # Zendesk asks for good or bad only: the ends of the scale of section 0.3.
    told = data(csat={"good": 5, "bad": 1}.get(score or ""))
    stamp = f"{event.at.timestamp():.0f}"
    return _said(event, ticket, "ticket_closed", f"ticket:{number}:closed:{stamp}", event.at, told)


def _said(event: Notice, ticket: Node, kind: str, event_id: str, at: datetime, told: Mapping[str, object]) -> Said:
    number = _number(ticket)
    refs = [
        Ref(system=NAME, id=f"{what}:{found}")
        for what, found in (
            ("organization", ticket["organization_id"].ident()),
            ("user", ticket["requester_id"].ident()),
        )
        if found is not None
    ]
    return Said.model_validate(
        {
            "type": kind,
            "event_id": event_id,
            "at": at,
            "refs": refs or (Ref(system=NAME, id=f"ticket:{number}"),),
            "customer": ticket["organization_external_id"].text(128),
            "email": ticket["requester_email"].email(),
            "name": ticket["organization_name"].text(),
            "data": {"ticket_id": f"zendesk:{number}", **told},
            "subject": f"ticket:{number}",
        }
    )


def _organization(event: Notice, detail: Node) -> Said:
    ref = Ref(system=NAME, id=f"organization:{detail['id'].must_ident()}")
    own, name = detail["external_id"].text(128), detail["name"].text()
    return Said(event_id=event.id, at=event.at, refs=(ref,), customer=own, name=name)


def _number(ticket: Node) -> str:
    return ticket["id"].must_ident()


VENDOR = Vendor(NAME, verify, read, interpret, "x-zendesk-webhook-signature")
