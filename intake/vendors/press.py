"""What a button in Slack means: an event, in a token that we signed when the button was written.

``{"type": "renewal_decided", "customer": "C-1", "data": {...}}``. Who pressed it is added, never what it does.
"""

import json
from collections.abc import Mapping

from pydantic import JsonValue, SecretStr

from intake import links
from models.errors import BadInput
from models.vendor import Said

ACTION = "action"
"""Purpose of the tokens of buttons."""

PRESSED = "pressed"


def button(secret: SecretStr, type: str, customer: str, data: Mapping[str, JsonValue]) -> str:
    """The value of a button."""
    return links.sign(secret, ACTION, json.dumps({"type": type, "customer": customer, "data": dict(data)}))


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
    customer = str(means["customer"])
    token = links.customer_token(secret, customer)
    return said.model_copy(update={"type": str(means["type"]), "token": token, "data": dict(means["data"])})
