"""Signed tokens for links that recipients follow: they say what they are for and cannot be altered.

A token is ``subject.signature`` in URL-safe base64. Its key is derived from the events secret and the purpose, so a
token made for one purpose is worthless for another. It hides nothing: it proves.
"""

import base64
import binascii
import hashlib
import hmac
import json

from pydantic import SecretStr

from intake.signature import decode_secret
from models.errors import BadInput

UNSUBSCRIBE = "unsubscribe"
CUSTOMER = "customer"
"""Purpose of tokens in links of other systems (a survey, a booking): they come back and say for whom it was."""

SURVEY = "survey"
FEED = "feed"
_LONGEST = 2048


def sign(secret: SecretStr, purpose: str, subject: str) -> str:
    """A token that proves we wrote ``subject`` for ``purpose``."""
    return f"{_encode(subject.encode())}.{_encode(_mac(secret, purpose, subject.encode()))}"


def verify(secret: SecretStr, purpose: str, token: str) -> str:
    """The subject of a token that we made for this purpose.

    Raises:
        BadInput: it is not one of ours, or was altered.
    """
    head, _, tail = token.partition(".")
    try:
        if len(token) > _LONGEST:
            raise ValueError
        subject, given = _decode(head), _decode(tail)
        text = subject.decode()
    except (binascii.Error, ValueError):
        raise BadInput("not a link of ours", field="token") from None
    if not hmac.compare_digest(_mac(secret, purpose, subject), given):
        raise BadInput("not a link of ours", field="token")
    return text


def customer_token(secret: SecretStr, customer: str) -> str:
    """A token that says for whom a link was made, for the hidden field or the campaign field of another system."""
    return sign(secret, CUSTOMER, customer)


def unsubscribe_url(base: str, secret: SecretStr, *, customer: str, address: str) -> str:
    """The one-click address (RFC 8058) for ``List-Unsubscribe``; ``base`` is the console's public address."""
    token = sign(secret, UNSUBSCRIBE, json.dumps([customer, address.strip()]))
    return f"{base.rstrip('/')}/unsubscribe/{token}"


def survey_url(base: str, secret: SecretStr, *, customer: str, survey: str) -> str:
    """The address of a customer's own survey page; ``base`` is the console's public address."""
    return f"{base.rstrip('/')}/survey/{sign(secret, SURVEY, json.dumps([customer, survey]))}"


def survey_subject(secret: SecretStr, token: str) -> tuple[str, str]:
    """(customer, survey) of a survey token.

    Raises:
        BadInput: it is not one of ours.
    """
    customer, survey = json.loads(verify(secret, SURVEY, token))
    return str(customer), str(survey)


def feed_token(secret: SecretStr, customer: str) -> str:
    """What a page of the product shows to read one customer's feed."""
    return sign(secret, FEED, customer)


def feed_customer(secret: SecretStr, token: str) -> str:
    """The customer of a feed token.

    Raises:
        BadInput: it is not one of ours.
    """
    return verify(secret, FEED, token)


def unsubscribe_subject(secret: SecretStr, token: str) -> tuple[str, str]:
    """(customer, address) of an unsubscribe token.

    Raises:
        BadInput: it is not one of ours.
    """
    customer, address = json.loads(verify(secret, UNSUBSCRIBE, token))
    return str(customer), str(address)


def _mac(secret: SecretStr, purpose: str, subject: bytes) -> bytes:
    key = hmac.new(decode_secret(secret), b"link:" + purpose.encode(), hashlib.sha256).digest()
    return hmac.new(key, subject, hashlib.sha256).digest()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    # Only the canonical spelling: the loose decoder skips foreign characters, and one token would have many forms.
    data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if _encode(data) != text:
        raise ValueError("not canonical")
    return data
