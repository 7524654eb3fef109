"""Typeform: answers to a survey.

Signature: ``Typeform-Signature: sha256=…``, base64 HMAC-SHA256 of the body. It has no timestamp: an old message played
again is recognised by the token of the response. Whose answer it is says a signed token of ours in the hidden field
``steadfast`` of the link; an address that somebody typed in is a claim, and goes to the review queue.
"""

import re
from datetime import datetime

from pydantic import SecretStr

from intake.vendors.node import Node, data, given, loads
from intake.vendors.scheme import Call, fits, from_base64, header
from intake.vendors.vendor import Arrival, Terms, Vendor, body_of
from models.errors import Rejected
from models.vendor import Notice, Ref, Said

NAME = "typeform"
HIDDEN = "steadfast"
FORM_RESPONSE = "form_response"

_SCALES = {"nps": (0, 10), "csat": (1, 5)}


def verify(secret: SecretStr, call: Call, wall: datetime) -> None:
    """Typeform's scheme."""
    scheme, _, signature = header(call, "typeform-signature").partition("=")
    if scheme != "sha256":
        raise Rejected("the signature is not sha256")
    fits(secret, call.body, [from_base64(signature)])


def read(arrival: Arrival) -> list[Notice]:
    """One response a body."""
    return [_notice(loads(arrival.body), arrival.at)]


def record(response: object) -> Notice:
    """A response that was read, as a webhook would have brought it; one without its moment is none."""
    node = Node(response)["form_response"]
    return _notice(response, given(node["submitted_at"].moment(), node["submitted_at"]))


def _notice(body: object, at: datetime) -> Notice:
    """The response's token is the id, so that it is told once whatever delivers it."""
    node = Node(body)
    kind, response = node["event_type"].must().text() or "unknown", node["form_response"]
    token = response["token"].ident() or node["event_id"].must_ident()
    said = response["submitted_at"].moment()
    if said is None and kind == FORM_RESPONSE:
        response["submitted_at"].wrong("is missing")
    return Notice(id=f"{kind}:{token}"[:200].replace(" ", "_"), kind=kind, at=said or at, body=body_of(body))


def interpret(event: Notice, terms: Terms) -> list[Said] | None:
    """A response with a score: a question of type ``nps``, or one whose reference is ``nps`` or ``csat``."""
    if event.kind != FORM_RESPONSE:
        return [] if event.kind == "form_response_partial" else None
    response = Node(event.body)["form_response"].must()
    found = _score(response)
    if found is None:
        return []
    kind, score = found
    feedback = _answer(response, "text")["text"].prose()
    token = response["token"].must_ident()
    return [
        Said(
            type="survey_answered",
            event_id=f"response:{token}",
            at=event.at,
            refs=(Ref(system=NAME, id=f"response:{token}"),),
            token=response["hidden"][HIDDEN].text(2048) or response["hidden"]["customer"].text(2048),
            email=_answer(response, "email")["email"].email(),
            email_claimed=True,
            data=data(survey_id=_survey(response), kind=kind, score=score, feedback=feedback),
        )
    ]


def _score(response: Node) -> tuple[str, int] | None:
    types = {field["id"].text(): field["type"].text() for field in response["definition"]["fields"]}
    for answer in response["answers"]:
        field = answer["field"]
        ref = (field["ref"].text() or "").lower()
        kind = "nps" if types.get(field["id"].text()) == "nps" or field["type"].text() == "nps" else ref
        if kind in _SCALES and answer["number"].value is not None:
            score = answer["number"].whole(*_SCALES[kind])
            assert score is not None
            return kind, score
    return None


def _survey(response: Node) -> str | None:
    """The survey of the link; what somebody wrote in its place says nothing."""
    found = response["hidden"]["survey"].text(128) or ""
    return found if re.fullmatch(r"[\x21-\x7e]+", found) else None


def _answer(response: Node, kind: str) -> Node:
    """The first answer of that type."""
    found = (answer for answer in response["answers"] if answer["type"].text() == kind)
    return next(found, Node(None))


VENDOR = Vendor(NAME, verify, read, interpret, "typeform-signature")
