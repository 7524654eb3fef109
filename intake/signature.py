"""Standard Webhooks signatures of ``POST /events``, over the raw bytes as they came.

The same scheme as the ``standardwebhooks`` library, which the tests sign with. Its own ``verify`` is not used: it reads
the wall clock itself, and raises on bodies that are not UTF-8 and on signatures that are not base64. Here the moment
is an argument, and it is wall time: virtual time never decides whether a message is fresh.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import SecretStr

from models.errors import Misconfigured, Rejected

TOLERANCE = timedelta(minutes=5)
"""The replay window: how far a timestamp may be from the wall clock, either way."""

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")

_PREFIX = "whsec_"
_SHORTEST_KEY = 24
_MOST_SIGNATURES = 16
_SECONDS = re.compile(r"[0-9]{1,12}")


class Verifier:
    """Checks messages under one secret.

    Raises:
        Misconfigured: the secret is not ``whsec_`` and at least 24 bytes in base64.
    """

    def __init__(self, secret: SecretStr) -> None:
        self._key = decode_secret(secret)

    def verify(self, body: bytes, headers: Mapping[str, str], *, wall: datetime) -> None:
        """Accept the message or raise. ``headers`` has lower-case names; ``wall`` is the wall clock.

        Raises:
            Rejected: a header is missing or malformed, the timestamp is outside the window, or no signature fits.
        """
        missing = [name for name in HEADERS if not headers.get(name)]
        if missing:
            raise Rejected(f"missing header {missing[0]}")
        message_id, stamp, signatures = (headers[name] for name in HEADERS)
        if not _SECONDS.fullmatch(stamp):
            raise Rejected("webhook-timestamp is not whole seconds since 1970")
        if abs(wall.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
            raise Rejected("webhook-timestamp is more than 5 minutes from now")
        expected = sign(self._key, message_id, int(stamp), body)
        # Every candidate is compared, so that the time taken does not tell which one came close.
        fits = [
            hmac.compare_digest(expected, _decoded(candidate)) for candidate in signatures.split(" ")[:_MOST_SIGNATURES]
        ]
        if not any(fits):
            raise Rejected("no signature fits")


def decode_secret(secret: SecretStr) -> bytes:
    """The key bytes of a ``whsec_…`` secret; the prefix and the padding may be left out.

    Raises:
        Misconfigured: not base64, or shorter than 24 bytes.
    """
    text = secret.get_secret_value().strip().removeprefix(_PREFIX).rstrip("=")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < _SHORTEST_KEY:
        raise Misconfigured("expected whsec_ and at least 24 bytes in base64", field="STEADFAST_EVENTS_SECRET")
    return key


def sign(key: bytes, message_id: str, seconds: int, body: bytes) -> bytes:
    """The bare HMAC-SHA256 of ``id.timestamp.body``."""
    head = f"{message_id}.{seconds}.".encode("utf-8", "surrogateescape")
    return hmac.new(key, head + body, hashlib.sha256).digest()


def _decoded(candidate: str) -> bytes:
    version, _, text = candidate.partition(",")
    if version != "v1":
        return b""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
