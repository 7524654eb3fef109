"""Intercom: conversations and tickets, ratings, replies, opt-outs, and who a contact is.

Signature: ``X-Hub-Signature: sha1=…``, HMAC-SHA1 of the body under the app's client secret. It has no timestamp: an old
message that is played again is recognised by its notification id, for as long as the row is kept.
"""

from collections.abc import Mapping
from datetime import datetime

from pydantic import SecretStr

from intake.vendors.node import Node, data, given, loads
from intake.vendors.scheme import Call, fits, from_hex, header
from intake.vendors.tickets import LISTED, LONGEST_SUBJECT, listed
from intake.vendors.vendor import Arrival, Terms, Vendor, body_of
from models.errors import Rejected
from models.vendor import Notice, Ref, Said

NAME = "intercom"

_OPENED = ("conversation.user.created", "ticket.created")
_CLOSED = ("conversation.admin.closed", "ticket.closed")
_REPLIED = ("conversation.user.replied", "ticket.contact.replied")
_RATED = ("conversation.rating.added", "conversation_rating.created")
_OPTED_OUT = ("contact.unsubscribed", "contact.email.unsubscribed", "user.unsubscribed")
_CONTACT = ("contact.user.created", "contact.user.updated", "user.created", "contact.created")
_COMPANY = ("company.created", "company.updated")
_SILENT = ("ping", "ticket.state.updated", "ticket.note.created", "ticket.attribute.updated")
_FAMILIES = ("conversation.", "ticket.", "contact.", "user.", "company.", "visitor.", "event.", "admin.", "job.")


def verify(secret: SecretStr, call: Call, wall: datetime) -> None:
    """Intercom's scheme."""
    scheme, _, signature = header(call, "x-hub-signature").partition("=")
    if scheme != "sha1":
        raise Rejected("the signature is not sha1")
    fits(secret, call.body, [from_hex(signature)], "sha1")


def read(arrival: Arrival) -> list[Notice]:
    """One notification a body."""
    body = loads(arrival.body)
    node = Node(body)
    at = given(node["created_at"].unix(), node["created_at"])
    kind = node["topic"].must().text() or "unknown"
    return [Notice(id=node["id"].must_ident(), kind=kind, at=at, body=body_of(body))]


def interpret(event: Notice, terms: Terms) -> list[Said] | None:
    """Conversations are tickets, as in section 0.3 (Zendesk or Intercom)."""
    kind = event.kind
    if kind == LISTED:
        return _listed(event)
    item = Node(event.body)["data"]["item"]
    if kind in _CONTACT or kind in _OPTED_OUT:
        says = "unsubscribed" if kind in _OPTED_OUT else ""
        return [_of_contact(event, item["contact"] if item.has("contact") else item, says)]
    if kind in _COMPANY:
        return [_of_company(event, item)]
    if kind in (*_OPENED, *_CLOSED, *_REPLIED, *_RATED):
        return [_of_conversation(event, item)]
    if kind in _SILENT:
        return []
    return [] if kind.startswith(_FAMILIES) else None


def _listed(event: Notice) -> list[Said]:
    """Tickets that were read. Conversations have ids of their own, so a ticket's says which of the two it is."""
    number = Node(event.body)["ticket_id"].must_ident()
    ours = {"ticket_id": f"{NAME}:ticket:{number}"}
    return [one.model_copy(update={"data": {**one.data, **ours}}) for one in listed(NAME, "company", event)]


def _of_conversation(event: Notice, item: Node) -> Said:
    # Ids of conversations are used by ticket events too, bare: a prefix keeps the two apart.
    family = "ticket" if event.kind.startswith("ticket.") else "conversation"
    number = item["id"].must_ident()
    told: dict[str, object] = {"ticket_id": f"intercom:{family}:{number}"}
    stamp = int(event.at.timestamp())
    if event.kind in _OPENED:
        opened = {"ticket": item["ticket_attributes"], "conversation": item["source"]}[family]
        title = opened["_default_title_"].text(LONGEST_SUBJECT) if family == "ticket" else opened["subject"].text(300)
        text = opened["_default_description_"].prose() if family == "ticket" else opened["body"].prose()
        tags = [tag for tag in (each["name"].text(80) for each in list(item["tags"]["tags"])[:20]) if tag]
        told |= data(subject=title, text=text, **({"tags": tags} if tags else {}))
        return _about(event, item, "ticket_opened", f"{family}:{number}:opened", told)
    if event.kind in _CLOSED:
        return _about(event, item, "ticket_closed", f"{family}:{number}:closed:{stamp}", told)
    if event.kind in _RATED:
        told |= data(csat=item["conversation_rating"]["rating"].whole(1, 5))
        return _about(event, item, "ticket_closed", f"{family}:{number}:rated:{stamp}", told)
    # A message of the customer is an answer to us; it may well be one to a conversation that we began.
    reply = data(message_id=f"intercom:{family}:{number}", channel="in_app")
    return _about(event, item, "message_replied", f"{family}:{number}:replied:{stamp}", reply)


def _about(event: Notice, item: Node, kind: str, event_id: str, told: Mapping[str, object]) -> Said:
    contact = next(iter(item["contacts"]["contacts"]), item["user"])
    author = item["source"]["author"]
    company = item["company"]["id"].ident() or item["company_id"].ident()
    refs = [
        Ref(system=NAME, id=f"{what}:{found}")
        for what, found in (("company", company), ("contact", contact["id"].ident()))
        if found is not None
    ]
    return Said.model_validate(
        {
            "type": kind,
            "event_id": event_id,
            "at": event.at,
            "refs": refs or (Ref(system=NAME, id=f"conversation:{item['id'].must_ident()}"),),
            "email": contact["email"].email() or author["email"].email(),
            "name": contact["name"].text() or author["name"].text(),
            "data": told,
        }
    )


def _of_contact(event: Notice, contact: Node, kind: str) -> Said:
    companies = [each["id"].ident() for each in contact["companies"]["data"]] if contact["companies"].value else []
    refs = [Ref(system=NAME, id=f"company:{each}") for each in companies[:1] if each is not None]
    refs.append(Ref(system=NAME, id=f"contact:{contact['id'].must_ident()}"))
    email = contact["email"].email()
    told = data(address=email) if kind else {}
    return Said(
        type=kind, event_id=event.id, at=event.at, refs=tuple(refs), email=email, name=contact["name"].text(), data=told
    )


def _of_company(event: Notice, company: Node) -> Said:
    """``company_id`` is the id that the product gave: ours, where the product tells both the same."""
    ref = Ref(system=NAME, id=f"company:{company['id'].must_ident()}")
    own = company["company_id"].text(128)
    return Said(event_id=event.id, at=event.at, refs=(ref,), customer=own, name=company["name"].text())


VENDOR = Vendor(NAME, verify, read, interpret, "x-hub-signature")
