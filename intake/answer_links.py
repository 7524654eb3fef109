"""The one-click link by which one of our own people answers a play from a mail.

The token says everything: which run and step, which outcome, who was asked, and until when. It proves itself, works
once by its request id (the run remembers it) and for nobody else's question. It is a bearer token: whoever holds the
mail can answer in that person's name, which the answer records.
"""

import json
from datetime import UTC, datetime

from pydantic import SecretStr

from intake.links import sign, verify
from models.base import Carried, Instant
from models.errors import BadInput, Refused

ANSWER = "answer"


class AnswerToken(Carried):
    """What a link says."""

    workflow_id: str
    customer: str
    step: str
    outcome: str
    by: str
    request_id: str
    expires: Instant


class SignedAnswers:
    """Makes links that the console honours."""

    def __init__(self, base: str, secret: SecretStr) -> None:
        """``base``: the console's address as recipients see it."""
        self._base = base.rstrip("/")
        self._secret = secret

    def link(self, *, workflow_id: str, customer: str, step: str, outcome: str, by: str, expires: datetime) -> str:
        """The same for the same question, outcome and person; the run knows a second click by it."""
        subject = json.dumps(
            [workflow_id, customer, step, outcome, by, int(expires.timestamp())], separators=(",", ":")
        )
        return f"{self._base}/answer/{sign(self._secret, ANSWER, subject)}"

    def account(self, customer_path: str) -> str:
        """The customer's page in the console."""
        return f"{self._base}/customers/{customer_path}"


def read_answer(secret: SecretStr, token: str, *, now: datetime) -> AnswerToken:
    """What a token says.

    Raises:
        BadInput: it is not one of ours.
        Refused: it has expired; ``value`` is when.
    """
    try:
        workflow_id, customer, step, outcome, by, expires = json.loads(verify(secret, ANSWER, token))
        until = datetime.fromtimestamp(int(expires), tz=UTC)
    except (ValueError, TypeError, OverflowError):
        raise BadInput("not a link of ours", field="token") from None
    if until <= now:
        raise Refused(f"this link was good until {until:%Y-%m-%d %H:%M} UTC", field="token", value=until)
    return AnswerToken(
        workflow_id=workflow_id,
        customer=customer,
        step=step,
        outcome=outcome,
        by=by,
        request_id=f"link:{workflow_id}:{step}:{outcome}:{by}",
        expires=until,
    )
