"""The small types that events are made of, with the reason when a value is not one."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

_ZONES = available_timezones()
_DECIMAL = re.compile(r"\d{1,12}(\.\d{1,2})?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
_FIRST, _LAST = 2000, 2199

LONGEST_TEXT = 8000
"""Most characters of free text in an event; rules look at half of them (``rules.themes.LONGEST``)."""


def _printable(value: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise ValueError("control characters are not allowed")
    return value


def _check_email(value: str) -> str:
    local, at, domain = value.rpartition("@")
    if not at or not local or "." not in domain or any(c in value for c in ' \t\r\n<>",;') or len(value) > 254:
        raise ValueError("expected an address such as ana@example.com")
    return value


def _check_zone(value: str) -> str:
    if value not in _ZONES:
        raise ValueError("expected an IANA time zone such as Europe/Madrid")
    return value


def _check_name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("expected a name of letters, digits, '_', '.' and '-'")
    return value


def _check_decimal(value: object) -> Decimal:
    # A Decimal already, because the strict reader of a text would take nothing else.
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return Decimal(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Decimal(value)
    raise ValueError('expected a decimal string such as "49.00", not negative')


def _check_year(value: date) -> date:
    if not _FIRST <= value.year <= _LAST:
        raise ValueError(f"expected a year from {_FIRST} to {_LAST}")
    return value


def _check_moment(value: datetime) -> datetime:
    _check_year(value)
    return value


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_printable)
]
"""One line."""

Prose = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
"""What people wrote: kept as data, bounded, never obeyed (section 19)."""

Reference = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]
"""The id that another system gave to a thing of its own."""

Name = Annotated[str, AfterValidator(_check_name)]
"""A name of letters, digits, ``_``, ``.`` and ``-``: of a feature, a limit, a kind of meeting."""

Email = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_check_email)]
Zone = Annotated[str, AfterValidator(_check_zone)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
Price = Annotated[Decimal, BeforeValidator(_check_decimal), Field(ge=0, max_digits=14, decimal_places=2)]
"""An amount in an event's data: a decimal string or a whole number, never a binary fraction."""

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
Day = Annotated[date, AfterValidator(_check_year)]
Moment = Annotated[AwareDatetime, AfterValidator(_check_moment)]
