"""n8n: what a workflow of the company reports back (sections 3.5 and 14.3 of the domain).

Signature: Standard Webhooks, as what we post to n8n carries (docs/n8n.md shows the nodes); 5 minutes. The body::

    {"event_id": "…", "type": "meeting_booked", "occurred_at": "2026-03-01T09:30:00Z", "customerId": "C-1",
     "workflow": "onboarding_kickoff", "in_reply_to": "…", "data": {…}}
"""

import re
from datetime import datetime

from pydantic import SecretStr

from intake.signature import Verifier
from intake.vendors.node import Node, given, loads
from intake.vendors.scheme import Call
from intake.vendors.vendor import Arrival, Terms, Vendor, body_of
from models.errors import Misconfigured, Rejected
from models.event_kinds import EXTERNAL
from models.vendor import Notice, Ref, Said

NAME = "n8n"

DONE = "workflow_done"
"""A callback that only says that a workflow ran: known, kept, and nothing follows."""

_TYPE = re.compile(r"[a-z][a-z0-9_]{0,60}")


def verify(secret: SecretStr, call: Call, wall: datetime) -> None:
    """Standard Webhooks; of several secrets (``new,old``) one has to fit."""
    refusal: Rejected | None = None
    for part in secret.get_secret_value().split(","):
        try:
            Verifier(SecretStr(part.strip())).verify(call.body, call.headers, wall=wall)
        except Rejected as error:
            refusal = refusal or error
        else:
            return
    assert refusal is not None
    raise refusal


def read(arrival: Arrival) -> list[Notice]:
    """One event a body."""
    body = loads(arrival.body)
    node = Node(body)
    at = given(node["occurred_at"].moment(), node["occurred_at"])
    kind = node["type"].must().text(80) or ""
    if not _TYPE.fullmatch(kind):
        node["type"].wrong("expected a type such as meeting_booked")
    return [Notice(id=node["event_id"].must_ident(), kind=kind, at=at, body=body_of(body))]


def interpret(event: Notice, terms: Terms) -> list[Said] | None:
    """An event of a customer, with the data of its type; its data are judged like those of ``POST /events``."""
    if event.kind == DONE:
        return []
    if event.kind not in EXTERNAL:
        return None
    node = Node(event.body)
    own = node["customerId"].must().text(128)
    data = node["data"]
    if data.value is not None and not isinstance(data.value, dict):
        data.wrong("expected an object")
    if own is None:
        node["customerId"].wrong("is missing")
    return [
        Said(
            type=event.kind,
            event_id=event.id,
            at=event.at,
            refs=(Ref(system=NAME, id=f"customer:{own}"),),
            customer=own,
            data=body_of(data.value),
        )
    ]


def check(secret: SecretStr, setting: str) -> None:
    """A secret of Standard Webhooks, or two.

    Raises:
        Misconfigured: it is none.
    """
    for part in secret.get_secret_value().split(","):
        try:
            Verifier(SecretStr(part.strip()))
        except Misconfigured as error:
            raise Misconfigured(error.message, field=setting) from None


VENDOR = Vendor(NAME, verify, read, interpret, "webhook-signature", check)
