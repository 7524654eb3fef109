"""Slack: a button that one of our people pressed under a message of ours.

Signature: ``X-Slack-Signature: v0=…``, hex HMAC-SHA256 of ``v0:`` + ``X-Slack-Request-Timestamp`` + ``:`` + body, 5
minutes. What a button means is in its value, a token that we signed when we wrote the message: nobody in Slack can make
one mean anything else. The body is a form with one field, ``payload``.
"""

import re
from datetime import datetime
from urllib.parse import parse_qs

from pydantic import SecretStr

from intake.vendors.node import Node, given, loads
from intake.vendors.scheme import MINUTES_5, Call, fits, fresh, from_hex, header
from intake.vendors.staff import PERSON
from intake.vendors.vendor import Arrival, Terms, Vendor, body_of
from models.errors import BadInput, Rejected
from models.vendor import Notice, Ref, Said

NAME = "slack"
ACTION = "steadfast"
"""``action_id`` of our buttons begins so; others are somebody else's and say nothing."""

_SILENT = ("view_submission", "view_closed", "shortcut", "message_action", "block_suggestion")
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")


def verify(secret: SecretStr, call: Call, wall: datetime) -> None:
    """Slack's scheme, version 0."""
    version, _, signature = header(call, "x-slack-signature").partition("=")
    stamp = header(call, "x-slack-request-timestamp")
    fresh(stamp, wall, within=MINUTES_5)
    if version != "v0":
        raise Rejected("the signature is not v0")
    fits(secret, b"v0:" + stamp.encode() + b":" + call.body, [from_hex(signature)])


def read(arrival: Arrival) -> list[Notice]:
    """One interaction a body, with each action that was taken as a notice."""
    payload = loads(_payload(arrival.body).encode())
    node = Node(payload)
    kind = node["type"].must_ident()
    if kind != "block_actions":
        key = node["trigger_id"].ident() or node["action_ts"].ident() or "none"
        return [Notice(id=f"{kind}:{key}"[:200].replace(" ", "_"), kind=kind, at=arrival.at, body=body_of(payload))]
    user = node["user"]["id"].must_ident()
    found = []
    for action in list(node["actions"])[:10]:
        stamp = action["action_ts"]
        seconds = stamp.text(40) or ""
        if not _SECONDS.fullmatch(seconds):
            stamp.wrong("expected seconds since 1970")
        at = given(Node(float(seconds), stamp.path).unix(), stamp)
        name = action["action_id"].must_ident()
        found.append(
            Notice(
                id=f"{user}:{seconds}:{name}"[:200],
                kind=kind,
                at=at,
                body={"user": user, "name": node["user"]["username"].text(), "action": body_of(action.value)},
            )
        )
    return found


def _payload(body: bytes) -> str:
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=4, strict_parsing=True)
        (payload,) = fields["payload"]
    except (ValueError, KeyError):
        raise BadInput("expected a form with one field, payload", field="body") from None
    return payload


def interpret(event: Notice, terms: Terms) -> list[Said] | None:
    """A press of a button of ours; what it means is in the token, read where the secret is."""
    if event.kind != "block_actions":
        return [] if event.kind in _SILENT else None
    node = Node(event.body)
    action, user = node["action"], node["user"].must_ident()
    if not (action["action_id"].text() or "").startswith(ACTION):
        return []
    return [
        Said(
            type="pressed",
            event_id=event.id,
            at=event.at,
            refs=(Ref(system=NAME, id=f"user:{user}"),),
            token=action["value"].must().text(2048),
            name=node["name"].text(),
            data={"by": f"slack:{user}", PERSON: node[PERSON].text(300) or ""},
        )
    ]


VENDOR = Vendor(NAME, verify, read, interpret, "x-slack-signature")
