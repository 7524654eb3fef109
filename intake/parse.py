"""Bytes to an event, or a refusal that names the field and the reason (section 19 of the domain: typed at the door)."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pydantic import JsonValue, ValidationError
from pydantic_core import ErrorDetails

from intake import strict_json
from models.errors import BadInput
from models.event_base import OpenData
from models.event_bodies import DATA
from models.event_kinds import EXTERNAL, INTERNAL
from models.events import Event

AHEAD = timedelta(minutes=5)
"""How far in the (virtual) future an event may have happened: producers' clocks differ."""

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_LINE = 262_144

_WORDS = frozenset({"name", "first_name", "email", "subject", "text", "feedback", "tags", "note"})
_SHORT = 40

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
_DECIMAL = re.compile(r"\d{1,12}(\.\d{1,2})?")
_RENEWAL_YEARS = range(2000, 2200)
OPEN = frozenset(kind for kind, model in DATA.items() if issubclass(model, OpenData))
"""Kinds whose further data are stored and not interpreted, whatever they are called."""


class Line(NamedTuple):
    """An event and the number of its line, from 1."""

    number: int
    event: Event


def parse(raw: bytes, *, now: datetime, currency: str) -> Event:
    """The event in one JSON document. ``now`` is virtual; ``currency`` is the only one accepted.

    Raises:
        BadInput: the first thing wrong, by its path such as ``customer.email``.
    """
    value = strict_json.loads(raw)
    if not isinstance(value, dict):
        raise BadInput("expected an object", field="body")
    _check_type(value.get("type"))
    _check_moment(value.get("occurred_at"))
    customer = value.get("customer")
    if isinstance(customer, dict):
        _check_customer(customer, currency)
    event = _validated(value, customer)
    moment = event.occurred_at
    if moment > now + AHEAD:
        raise BadInput("is more than 5 minutes in the future", field="occurred_at")
    if moment < EARLIEST:
        raise BadInput("is before the year 2000", field="occurred_at")
    if event.customer.renewal_date is not None and event.customer.renewal_date.year not in _RENEWAL_YEARS:
        raise BadInput("expected a year from 2000 to 2199", field="customer.renewal_date")
    _check_data(event, now, currency)
    return event.model_copy(update={"occurred_at": moment.astimezone(UTC)})


def parse_lines(lines: Iterable[bytes], *, now: datetime, currency: str, longest: int = LONGEST_LINE) -> Iterator[Line]:
    """One event a line (a binary file will do); empty lines are passed over.

    Raises:
        BadInput: at the first bad line; its field begins with ``line 3``.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            if len(line) > longest:
                raise BadInput(f"longer than {longest} bytes")
            yield Line(number, parse(line, now=now, currency=currency))
        except BadInput as error:
            where = f"line {number}" if error.field in (None, "body") else f"line {number}: {error.field}"
            raise BadInput(error.message, field=where, value=_given(line, error.field or "")) from None


def _given(line: bytes, path: str) -> JsonValue:
    """What stands at that path, where it may be shown: a short value, and nobody's words or address."""
    if path.rpartition(".")[2] in _WORDS:
        return None
    try:
        found = strict_json.loads(line)
    except BadInput:
        return None
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, bool | int | float) or (isinstance(found, str) and len(found) <= _SHORT) else None


def _validated(value: dict[str, JsonValue], customer: JsonValue) -> Event:
    """Types are judged strictly (``"5"`` is no number), except the amount, whose own check is above."""
    judged = dict(value)
    if isinstance(customer, dict):
        judged["customer"] = {name: inner for name, inner in customer.items() if name != "mrr"}
    try:
        Event.model_validate_json(json.dumps(judged), strict=True)
        return Event.model_validate(value)
    except ValidationError as error:
        raise _first(error.errors(include_url=False, include_input=False)) from None


def _first(errors: list[ErrorDetails]) -> BadInput:
    """The error of the outermost field, told in our words; a misspelt field is told before one that it left missing."""
    chosen = min(errors, key=lambda error: (error["type"] != "extra_forbidden", error["loc"] == ()))
    path = ".".join(str(part) for part in chosen["loc"])[:200]
    told = {
        "missing": "is required",
        "extra_forbidden": "is not a known field",
        "model_type": "expected an object",
        "dict_type": "expected an object",
    }
    kind, said = chosen["type"], chosen["msg"]
    if kind == "event_data":
        context = chosen["ctx"]
        kind, said, path = context["kind"], context["reason"], context["path"]
    reason = told.get(kind, said.removeprefix("Value error, ").removeprefix("Input should be "))
    return BadInput(_spoken(reason), field=_named(reason) if path in ("", "data") else path)


def _named(reason: str) -> str:
    """The field that a rule about the whole event speaks of."""
    named = re.search(r"\b(customer|data)\.\w+", reason)
    return named[0] if named else "data"


def _spoken(reason: str) -> str:
    reason = re.sub(r"^String should match pattern '(.*)'$", r"the form \1", reason)
    return f"expected {reason}" if reason.startswith(("a valid", "'", "greater", "less", "the form")) else reason


def _check_type(value: JsonValue) -> None:
    if not isinstance(value, str) or value in EXTERNAL:
        return
    if value in INTERNAL:
        raise BadInput(f"'{value}' is said by Steadfast itself and not taken from outside", field="type")
    shown = "".join(c if c.isprintable() else "?" for c in value[:40])
    raise BadInput(f"unknown type '{shown}'; known: {', '.join(sorted(EXTERNAL))}", field="type")


def _check_moment(value: JsonValue) -> None:
    if value is not None and not (isinstance(value, str) and _RFC3339.fullmatch(value)):
        raise BadInput("expected RFC 3339 with a zone, such as 2026-03-01T09:30:00Z", field="occurred_at")


def _check_customer(customer: dict[str, JsonValue], currency: str) -> None:
    for name, value in customer.items():
        if isinstance(value, str) and any(ord(c) < 0x20 or ord(c) == 0x7F for c in value):
            raise BadInput("contains a control character", field=f"customer.{name}"[:200])
    mrr = customer.get("mrr")
    whole = isinstance(mrr, int) and not isinstance(mrr, bool) and mrr >= 0
    if mrr is not None and not whole and not (isinstance(mrr, str) and _DECIMAL.fullmatch(mrr)):
        raise BadInput('expected a decimal string such as "49.00"', field="customer.mrr")
    given = customer.get("currency")
    if isinstance(given, str) and re.fullmatch("[A-Z]{3}", given) and given != currency:
        raise BadInput(f"is {given}; amounts here are in {currency}", field="customer.currency")


def _check_data(event: Event, now: datetime, currency: str) -> None:
    """What only the present and the configuration can judge."""
    given = event.data.get("currency")
    if event.type not in OPEN and isinstance(given, str) and given != currency:
        raise BadInput(f"is {given}; amounts here are in {currency}", field="data.currency")
    said = event.said()
    for name in said.PAST:
        # A producer's day may have begun while it is still yesterday here.
        if getattr(said, name) > now.date() + timedelta(days=1):
            raise BadInput("lies in the future", field=f"data.{name}")
