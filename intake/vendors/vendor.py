"""What a vendor's file provides, and what it is told of the house."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from pydantic import JsonValue, SecretStr

from intake.vendors.scheme import Verify, keys
from models.enums import Plan
from models.vendor import Notice, Said


class Terms(NamedTuple):
    """What mapping needs to know of the house. ``plans``: a price or product id of billing to our plan."""

    plans: Mapping[str, Plan] = MappingProxyType({})


class Arrival(NamedTuple):
    """A verified body and when it came (wall clock)."""

    body: bytes
    at: datetime


Read = Callable[[Arrival], list[Notice]]
"""The vendor's events in a body. Raises BadInput when it is none of the vendor's bodies."""

Interpret = Callable[[Notice, Terms], list[Said] | None]
"""What an event says; empty: nothing that is used here; None: of a type that is not known. Raises BadInput."""


class Vendor(NamedTuple):
    """A vendor whose events are taken in.

    ``header``: what carries the signature or the secret. ``check``: refuses (Misconfigured) what can be no secret.
    """

    name: str
    verify: Verify
    read: Read
    interpret: Interpret
    header: str
    check: Callable[[SecretStr, str], object] = keys


def fingerprint(*parts: str | bytes) -> str:
    """An id for what has none: the same for the same content."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\x1f")
    return f"sha256:{digest.hexdigest()[:48]}"


def body_of(value: object) -> dict[str, JsonValue]:
    """A JSON object, as a notice keeps it."""
    return value if isinstance(value, dict) else {}
