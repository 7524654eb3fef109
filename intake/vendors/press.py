"""What a button in Slack means: an event or the answer to a request, in a token that we signed when it was written.

``{"type": "renewal_decided", "customer": "C-1", "data": {}}`` or ``{"approval": 7, "approved": true}``. Who pressed it
is added, never what it does. A request is answered by whoever pressed, if that is one of our managers.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue, SecretStr

from activities.approvals import decide
from activities.ports import Transaction
from intake import links
from intake.vendors.staff import PERSON, one_of_ours
from models.approval import Verdict
from models.errors import BadInput, NotFound, Refused
from models.vendor import Said, VendorStatus

ACTION = "action"
"""Purpose of the tokens of buttons."""

PRESSED = "pressed"
ANSWERED = "approval_answered"
"""Statements that are no events of a customer: a press before it is read, and the answer to a request."""


def button(secret: SecretStr, type: str, customer: str, data: Mapping[str, JsonValue]) -> str:
    """The value of a button that tells an event of a customer."""
    return links.sign(secret, ACTION, json.dumps({"type": type, "customer": customer, "data": dict(data)}))


def answer_button(secret: SecretStr, number: int, approved: bool) -> str:
    """The value of a button that answers a request for approval, in the name of whoever presses it."""
    return links.sign(secret, ACTION, json.dumps({"approval": number, "approved": approved}))


def meant(said: Said, secret: SecretStr | None) -> Said:
    """The statement that a press makes; anything else is itself.

    Raises:
        BadInput: the token is none of ours.
    """
    if said.type != PRESSED:
        return said
    if secret is None:
        raise BadInput("no events secret is configured", field="action.value")
    means = json.loads(links.verify(secret, ACTION, said.token or ""))
    if "approval" in means:
        pressed = {**means, "pressed_by": said.name, PERSON: said.data.get(PERSON)}
        return said.model_copy(update={"type": ANSWERED, "token": None, "data": pressed})
    token = links.customer_token(secret, str(means["customer"]))
    return said.model_copy(update={"type": str(means["type"]), "token": token, "data": dict(means["data"])})


async def answered(tx: Transaction, said: Said, now: datetime) -> tuple[VendorStatus, str]:
    """Decide the request that a press answers; a press by nobody of ours, or too late, changes nothing."""
    told, number = said.data, int(str(said.data["approval"]))
    presser = str(told.get("pressed_by") or said.refs[0].id)
    person = one_of_ours(await tx.customers.csms(), str(told.get(PERSON) or ""))
    if person is None:
        return VendorStatus.REFUSED, f"{presser} is none of our managers, by STEADFAST_SLACK_PEOPLE or by address"
    reason = f"by button in Slack, pressed by {presser}"
    verdict = Verdict(approved=told["approved"] is True, by=person.id, reason=reason)
    try:
        await decide(tx, number, verdict, now)
    except (NotFound, Refused) as error:
        return VendorStatus.REFUSED, str(error)
    return VendorStatus.APPLIED, ""
