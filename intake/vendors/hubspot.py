"""HubSpot: growth potential of a company, opt-outs of a contact, and who they are.

Signature v3: ``X-HubSpot-Signature-v3``, base64 HMAC-SHA256 under the app's client secret of method + full public
address + body + ``X-HubSpot-Request-Timestamp`` (milliseconds), 5 minutes. A body is a list of events. ``eventId`` is
not promised to be unique, so the id of an event is made of what identifies it; a repeat has another ``attemptNumber``.
"""

from datetime import datetime

from pydantic import SecretStr

from intake.vendors.node import Node, data, given, loads
from intake.vendors.scheme import MINUTES_5, Call, fits, fresh, from_base64, header
from intake.vendors.vendor import Arrival, Terms, Vendor, body_of, fingerprint
from models.vendor import OWN_ID, Notice, Ref, Said

NAME = "hubspot"

GROWTH = "steadfast_growth_potential"
"""The company property that people set to a number from 0 to 1; a record's :data:`OWN_ID` property is our id."""

_KINDS = {"0-1": "contact", "0-2": "company", "0-3": "deal"}
_SILENT = ("creation", "deletion", "merge", "restore", "associationChange", "privacyDeletion", "newMessage")
_SCOPES = ("contact", "company", "deal", "ticket", "object", "conversation", "product", "line_item")


def verify(secret: SecretStr, call: Call, wall: datetime) -> None:
    """HubSpot's scheme, version 3."""
    signature = header(call, "x-hubspot-signature-v3")
    stamp = header(call, "x-hubspot-request-timestamp")
    fresh(stamp, wall, within=MINUTES_5, unit=1000)
    message = f"{call.method}{call.uri}".encode() + call.body + stamp.encode()
    fits(secret, message, [from_base64(signature)])


def read(arrival: Arrival) -> list[Notice]:
    """Up to a hundred events a body."""
    found = []
    for node in Node(loads(arrival.body)).must():
        parts = [
            str(node[name].value) for name in ("portalId", "subscriptionId", "eventId", "objectId", "propertyName")
        ]
        at = given(node["occurredAt"].unix(1000), node["occurredAt"])
        kind = node["subscriptionType"].must().text(100) or "unknown"
        found.append(Notice(id=fingerprint(*parts, kind, at.isoformat()), kind=kind, at=at, body=body_of(node.value)))
    return found


def interpret(event: Notice, terms: Terms) -> list[Said] | None:
    """Property changes; creations, merges and deletions are known and change nothing here."""
    scope, _, what = event.kind.partition(".")
    if scope not in _SCOPES or what not in (*_SILENT, "propertyChange"):
        return None
    if what != "propertyChange":
        return []
    node = Node(event.body)
    kind = _KINDS.get(node["objectTypeId"].text(20) or "", "") if scope == "object" else scope
    name, value = node["propertyName"].text(100), node["propertyValue"]
    if kind == "company" and name == GROWTH and value.text(40) is not None:
        return [_growth(event, node, value)]
    if kind in ("company", "contact") and name == OWN_ID:
        return [_said(event, node, kind, "", customer=value.text(128))]
    if kind == "contact" and name == "hs_email_optout" and value.text(10) == "true":
        return [_said(event, node, kind, "unsubscribed")]
    return []


def _growth(event: Notice, node: Node, value: Node) -> Said:
    share = Node(value.text(40), value.path).decimal()
    if share is None or not 0 <= share <= 1:
        value.wrong("expected a number from 0 to 1")
    by = f"hubspot:{node['sourceId'].text(100) or node['changeSource'].text(100) or 'unknown'}"
    return _said(event, node, "company", "growth_potential_set", data=data(value=float(share), by=by))


def _said(event: Notice, node: Node, kind: str, says: str, **more: object) -> Said:
    ref = Ref(system=NAME, id=f"{kind}:{node['objectId'].must_ident()}")
    return Said.model_validate({"type": says, "event_id": event.id, "at": event.at, "refs": (ref,), **more})


VENDOR = Vendor(NAME, verify, read, interpret, "x-hubspot-signature-v3")
