"""Signatures of vendors: HMAC over the raw bytes, compared in constant time, fresh where the scheme has a timestamp.

A secret setting may hold two secrets during a rotation, ``new,old``: a message fits if it fits one of them.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import SecretStr

from models.errors import Misconfigured, Rejected

MINUTES_5 = timedelta(minutes=5)
MINUTES_3 = timedelta(minutes=3)

_NUMBER = re.compile(r"[0-9]{1,14}")
_SHORTEST = 8
_MOST_SIGNATURES = 16


class Call(NamedTuple):
    """A request as it came. ``uri``: the address it was sent to, as the sender knows it; header names in lower case."""

    method: str
    uri: str
    headers: Mapping[str, str]
    body: bytes


Verify = Callable[[SecretStr, Call, datetime], None]
"""(secret, call, wall clock): returns, or raises Rejected."""


def keys(secret: SecretStr, setting: str = "webhook secret") -> list[bytes]:
    """The secrets of a setting.

    Raises:
        Misconfigured: one is too short to be a secret.
    """
    found = [part.strip().encode() for part in secret.get_secret_value().split(",") if part.strip()]
    if not found or any(len(key) < _SHORTEST for key in found):
        raise Misconfigured(f"expected a secret of at least {_SHORTEST} characters", field=setting)
    return found


def header(call: Call, name: str) -> str:
    """A header that has to be there.

    Raises:
        Rejected: it is not, or is not ASCII.
    """
    value = call.headers.get(name, "").strip()
    if not value or not value.isascii():
        raise Rejected(f"missing header {name}")
    return value


def fresh(stamp: str, wall: datetime, *, within: timedelta, unit: int = 1) -> None:
    """Accept a timestamp (``unit`` 1000: milliseconds) near the wall clock.

    Raises:
        Rejected: it is no number, or too far away.
    """
    if not _NUMBER.fullmatch(stamp):
        raise Rejected("the timestamp is not a whole number")
    if abs(wall.timestamp() - int(stamp) / unit) > within.total_seconds():
        raise Rejected(f"the timestamp is more than {int(within.total_seconds())} seconds from now")


def fits(secret: SecretStr, message: bytes, candidates: Iterable[bytes], digest: str = "sha256") -> None:
    """Accept if one candidate is the HMAC of the message under one of the secrets; all are always compared.

    Raises:
        Rejected: none is.
    """
    expected = [hmac.new(key, message, digest).digest() for key in keys(secret)]
    given = list(candidates)[:_MOST_SIGNATURES]
    found = [hmac.compare_digest(one, candidate) for one in expected for candidate in given]
    if not any(found):
        raise Rejected("no signature fits")


def same(secret: SecretStr, given: str) -> None:
    """Accept a shared secret, for vendors that sign nothing.

    Raises:
        Rejected: it is another one.
    """
    # Digests are compared: texts of different length would tell the length.
    digest = hashlib.sha256(given.encode()).digest()
    found = [hmac.compare_digest(hashlib.sha256(key).digest(), digest) for key in keys(secret)]
    if not any(found):
        raise Rejected("the secret does not fit")


def from_hex(text: str) -> bytes:
    """Bytes of a hexadecimal signature; what is none fits nothing."""
    try:
        return bytes.fromhex(text) if len(text) <= 256 else b""
    except ValueError:
        return b""


def from_base64(text: str) -> bytes:
    """Bytes of a base64 signature; what is none fits nothing."""
    try:
        return base64.b64decode(text, validate=True) if len(text) <= 512 else b""
    except (binascii.Error, ValueError):
        return b""


def stamped(value: str) -> tuple[str, list[str]]:
    """Timestamp and signatures of ``t=1700000000,v1=…,v1=…``, as Stripe and Calendly write them.

    Raises:
        Rejected: it has no timestamp, or several.
    """
    parts = [part.strip().partition("=") for part in value.split(",")[: _MOST_SIGNATURES + 4]]
    stamps = [text for name, _, text in parts if name == "t"]
    if len(stamps) != 1:
        raise Rejected("the signature header has no timestamp")
    return stamps[0], [text for name, _, text in parts if name == "v1"]
