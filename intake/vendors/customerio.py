"""Customer.io: what became of the mails it sent (delivered, opened, clicked, bounced), and who opted out.

Signature: ``X-CIO-Signature``, hex HMAC-SHA256 of ``v0:`` + ``X-CIO-Timestamp`` + ``:`` + body; the window is ours (5
minutes). Event id: ``event_id``. The id that people have there is ours, as our own adapter gives it.
"""

from datetime import datetime

from pydantic import SecretStr

from intake.vendors.node import Node, data, given, loads
from intake.vendors.scheme import MINUTES_5, Call, fits, fresh, from_hex, header
from intake.vendors.vendor import Arrival, Terms, Vendor, body_of
from models.vendor import Notice, Ref, Said

NAME = "customerio"

_SAYS = {
    "delivered": "message_delivered",
    "opened": "message_opened",
    "human_opened": "message_opened",
    "clicked": "message_clicked",
    "human_clicked": "message_clicked",
    "bounced": "message_bounced",
    "failed": "message_bounced",
    "unsubscribed": "unsubscribed",
    "spammed": "unsubscribed",
}
_SILENT = (
    "drafted", "attempted", "sent", "converted", "deferred", "dropped", "undeliverable", "subscribed",
    "cio_subscription_preferences_changed", "topic_unsubscribed", "failed_attempt",
)  # fmt: skip
_OBJECTS = ("email", "customer", "in_app", "push", "sms", "slack", "webhook", "whatsapp", "inbox_message")


def verify(secret: SecretStr, call: Call, wall: datetime) -> None:
    """Customer.io's scheme, version 0."""
    signature, stamp = header(call, "x-cio-signature"), header(call, "x-cio-timestamp")
    fresh(stamp, wall, within=MINUTES_5)
    fits(secret, b"v0:" + stamp.encode() + b":" + call.body, [from_hex(signature)])


def read(arrival: Arrival) -> list[Notice]:
    """One event a body."""
    body = loads(arrival.body)
    node = Node(body)
    kind = f"{node['object_type'].must().text(80)}.{node['metric'].must().text(80)}"
    at = given(node["timestamp"].unix(), node["timestamp"])
    return [Notice(id=node["event_id"].must_ident(), kind=kind, at=at, body=body_of(body))]


def interpret(event: Notice, terms: Terms) -> list[Said] | None:
    """Mails, and people who opted out; other channels are known and say nothing."""
    kind, _, metric = event.kind.partition(".")
    if kind not in _OBJECTS or metric not in (*_SAYS, *_SILENT):
        return None
    if metric in _SILENT or kind not in ("email", "customer"):
        return []
    body = Node(event.body)["data"]
    own = body["identifiers"]["id"].text(128) or body["customer_id"].text(128)
    person = own or body["identifiers"]["cio_id"].text(128)
    address = body["recipient"].email() or body["identifiers"]["email"].email() or body["email_address"].email()
    ref = f"person:{person}" if person else f"email:{address}" if address else None
    if ref is None:
        body["identifiers"].wrong("names nobody")
    says = _SAYS[metric]
    told = data(address=address if says in ("message_bounced", "unsubscribed") else None)
    if says != "unsubscribed":
        told |= data(message_id=f"customerio:{body['delivery_id'].must_ident()}")
    if says == "message_bounced":
        # What may still arrive is told as deferred; a failure is one of sending, not of the address.
        told |= data(permanent=metric == "bounced")
    refs = (Ref(system=NAME, id=ref),)
    return [Said(type=says, event_id=event.id, at=event.at, refs=refs, customer=own, email=address, data=told)]


VENDOR = Vendor(NAME, verify, read, interpret, "x-cio-signature")
