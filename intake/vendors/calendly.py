"""Calendly: meetings booked, cancelled and missed.

Signature: ``Calendly-Webhook-Signature: t=…,v1=…``, hex HMAC-SHA256 of ``t.body``, 3 minutes. An event has no id: it is
made of its kind, the invitee and the moment. A rescheduling is a cancellation and a booking. That a meeting was held is
not told; that nobody came is.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from pydantic import SecretStr

from intake.vendors.node import Node, data, given, loads
from intake.vendors.scheme import MINUTES_3, Call, fits, fresh, from_hex, header, stamped
from intake.vendors.vendor import Arrival, Terms, Vendor, body_of, fingerprint
from models.vendor import Notice, Ref, Said

NAME = "calendly"

_SILENT = ("invitee_no_show.deleted", "routing_form_submission.created", "event_type.created", "event_type.updated")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def verify(secret: SecretStr, call: Call, wall: datetime) -> None:
    """Calendly's scheme, version 1."""
    stamp, signatures = stamped(header(call, "calendly-webhook-signature"))
    fresh(stamp, wall, within=MINUTES_3)
    fits(secret, stamp.encode() + b"." + call.body, map(from_hex, signatures))


def read(arrival: Arrival) -> list[Notice]:
    """One event a body."""
    body = loads(arrival.body)
    node = Node(body)
    at = given(node["created_at"].moment(), node["created_at"])
    kind, uri = node["event"].must().text() or "unknown", node["payload"]["uri"].must().text(500) or ""
    return [Notice(id=fingerprint(kind, uri, at.isoformat()), kind=kind, at=at, body=body_of(body))]


def interpret(event: Notice, terms: Terms) -> list[Said] | None:
    """Of the invitee; ``utm_content`` of a link of ours carries a signed token that says which customer it was for."""
    payload = Node(event.body)["payload"]
    if event.kind == "invitee.created":
        scheduled = payload["scheduled_event"]
        start = given(scheduled["start_time"].moment(), scheduled["start_time"])
        kind = _NOT_A_WORD.sub("_", (scheduled["name"].text(80) or "").lower()).strip("_") or "meeting"
        return [_said(event, payload, "meeting_booked", data(kind=kind, scheduled_at=start))]
    if event.kind == "invitee.canceled":
        return [_said(event, payload, "meeting_cancelled", {})]
    if event.kind == "invitee_no_show.created":
        invitee = payload if payload["email"].value is not None else payload["invitee"]
        about = invitee if isinstance(invitee.value, dict) else payload
        return [_said(event, about, "meeting_held", data(attended=False), uri=invitee)]
    return [] if event.kind in _SILENT else None


def _said(event: Notice, invitee: Node, kind: str, told: Mapping[str, object], *, uri: Node | None = None) -> Said:
    where = invitee["uri"] if uri is None or isinstance(uri.value, dict) else uri
    number = _last(where)
    email = invitee["email"].email()
    refs = [Ref(system=NAME, id=f"email:{email}")] if email else [Ref(system=NAME, id=f"invitee:{number}")]
    return Said.model_validate(
        {
            "type": kind,
            "event_id": f"invitee:{number}:{event.kind}",
            "at": event.at,
            "refs": refs,
            "token": invitee["tracking"]["utm_content"].text(2048),
            "email": email,
            "name": invitee["name"].text(),
            "data": {"meeting_id": f"calendly:{number}", **told},
        }
    )


def _last(uri: Node) -> str:
    """The id at the end of an address."""
    whole = uri.text(500) or ""
    number = whole.rstrip("/").rpartition("/")[2]
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", number):
        uri.wrong("expected the address of an invitee")
    return number


VENDOR = Vendor(NAME, verify, read, interpret, "calendly-webhook-signature")
