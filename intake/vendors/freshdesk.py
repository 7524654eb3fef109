"""Freshdesk: tickets, by a call of an automation rule whose body we give (docs/webhooks.md), and by reading lists.

Freshdesk signs nothing: the rule sends a secret header. It tells neither an id nor a moment, so a repeat is recognised
by its content within ten minutes, and it counts from when it came; the list, read later, has the exact moments.
"""

from collections.abc import Mapping
from datetime import datetime

from pydantic import SecretStr

from intake.vendors.node import Node, data, loads
from intake.vendors.scheme import Call, header, same
from intake.vendors.tickets import LISTED, LONGEST_SUBJECT, closed, listed, severity
from intake.vendors.vendor import Arrival, Terms, Vendor, body_of, fingerprint
from models.vendor import Notice, Ref, Said

NAME = "freshdesk"

_RULE = "rule.ticket"
_WINDOW = 600


def verify(secret: SecretStr, call: Call, wall: datetime) -> None:
    """A secret header."""
    same(secret, header(call, "x-steadfast-secret"))


def read(arrival: Arrival) -> list[Notice]:
    """One ticket a body, bare or under ``freshdesk_webhook`` as the simple form of a rule sends it."""
    node = Node(loads(arrival.body)).must()
    if node.has("freshdesk_webhook"):
        node = node["freshdesk_webhook"]
    window = str(int(arrival.at.timestamp()) // _WINDOW)
    node["ticket_id"].must_ident()
    return [Notice(id=fingerprint(window, arrival.body), kind=_RULE, at=arrival.at, body=body_of(node.value))]


def interpret(event: Notice, terms: Terms) -> list[Said] | None:
    """Tickets."""
    node = Node(event.body)
    if event.kind == LISTED:
        return listed(NAME, "company", event)
    if event.kind != _RULE:
        return None
    number = node["ticket_id"].must_ident()
    triggered, status = node["triggered_event"].text(200) or "", node["ticket_status"].text(40)
    told = data(severity=severity(node["ticket_priority"].text(40)))
    words = data(subject=node["ticket_subject"].text(LONGEST_SUBJECT), text=node["ticket_description"].prose())
    if closed(status):
        return [_said(event, node, number, "ticket_closed", f"closed:{_minute(event.at)}", event.at, {})]
    if "created" in triggered:
        return [_said(event, node, number, "ticket_opened", "opened", event.at, told | words)]
    return [_said(event, node, number, "ticket_updated", f"changed:{event.id[-24:]}", event.at, told)]


def _said(
    event: Notice, node: Node, number: str, kind: str, suffix: str, at: datetime, told: Mapping[str, object]
) -> Said:
    company = node["company_id"].ident() or node["ticket_company_id"].ident()
    person = node["requester_id"].ident()
    email = node["requester_email"].email() or node["ticket_contact_email"].email() or node["email"].email()
    refs = [
        Ref(system=NAME, id=f"{what}:{found}")
        for what, found in (("company", company), ("contact", person), ("email", email))
        if found is not None
    ]
    return Said.model_validate(
        {
            "type": kind,
            "event_id": f"ticket:{number}:{suffix}",
            "at": at,
            "refs": refs or (Ref(system=NAME, id=f"ticket:{number}"),),
            "email": email,
            "name": node["company_name"].text(),
            "data": {"ticket_id": f"freshdesk:{number}", **told},
            "subject": f"ticket:{number}",
        }
    )


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // 60


VENDOR = Vendor(NAME, verify, read, interpret, "x-steadfast-secret")
