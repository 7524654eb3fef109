"""What never reaches a log: secrets, addresses of people, and what messages say."""

import re
from collections.abc import Mapping
from typing import Any

from structlog.typing import EventDict, WrappedLogger

MASK = "[redacted]"
LONGEST = 8_000
"""Characters kept of one value: enough for a traceback."""

_PARTS = (
    "secret",
    "token",
    "password",
    "passwd",
    "authorization",
    "cookie",
    "api_key",
    "apikey",
    "payload_key",
    "signature",
)
_NAMES = frozenset(
    ("email", "text", "html", "body", "subject", "recipient", "first_name", "mrr", "payload", "raw", "headers")
)
_PATTERNS = (
    (re.compile(r"(://[^\s:/@]*):[^\s@]+@"), rf"\1:{MASK}@"),  # a password in a URL
    (re.compile(r"\[parameters: [^\n]*"), f"[parameters: {MASK}]"),  # SQLAlchemy repeats the row
    (re.compile(r"input_value=.*?, input_type=", re.DOTALL), f"input_value={MASK}, input_type="),  # so does pydantic
    (re.compile(r"\bwhsec_[A-Za-z0-9+/=]+"), MASK),
    (re.compile(r"(?i)\b(bearer|basic) [A-Za-z0-9._~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), "[address]"),
)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask values by the name they are under, and what is recognised inside any string."""
    return {name: _value(name, value, depth=0) for name, value in event.items()}


def _value(name: str, value: Any, *, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if _secret(name):
        return MASK
    if isinstance(value, int | float):
        return value
    if depth > 6:
        return MASK
    if isinstance(value, Mapping):
        return {str(key): _value(str(key), inner, depth=depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_value("", inner, depth=depth + 1) for inner in value]
    return _string(str(value))


def _secret(name: str) -> bool:
    lower = name.lower()
    return lower in _NAMES or any(part in lower for part in _PARTS)


def _string(value: str) -> str:
    shown = value[:LONGEST]
    for pattern, replacement in _PATTERNS:
        shown = pattern.sub(replacement, shown)
    return shown if len(value) <= LONGEST else f"{shown}… ({len(value)} characters)"
