"""JSON that means one thing: no duplicate keys, no NaN, no unbounded nesting, no text that a database cannot hold."""

import json
import math
from typing import NoReturn

from pydantic import JsonValue

from models.errors import BadInput

DEEPEST = 16
"""Levels of nesting accepted."""


def loads(raw: bytes) -> JsonValue:
    """Parse one UTF-8 document.

    Raises:
        BadInput: with the path of the offending field, or ``body``, and the reason.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"not UTF-8 at byte {error.start}", field="body") from None
    try:
        value: JsonValue = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_int
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadInput(f"not JSON: {error.msg.lower()} at {where}", field="body") from None
    except RecursionError:
        raise BadInput(f"nested deeper than {DEEPEST} levels", field="body") from None
    _check(value, "", 0)
    return value


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadInput("given twice", field=_clean(twice) or "body")
    return made


def _constant(name: str) -> NoReturn:
    raise BadInput(f"{name} is not a JSON number", field="body")


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise BadInput("a number is too large", field="body")
    return number


def _int(text: str) -> int:
    if len(text) > 18:
        raise BadInput("a whole number has more than 18 digits", field="body")
    return int(text)


def _clean(name: str) -> str:
    """A key as it may stand in an error: it comes from outside."""
    return "".join(c if c.isprintable() else "?" for c in name[:80])


def _check(value: JsonValue, path: str, depth: int) -> None:
    if depth > DEEPEST:
        raise BadInput(f"nested deeper than {DEEPEST} levels", field=_clean(path) or "body")
    if isinstance(value, dict):
        for name, inner in value.items():
            inner_path = f"{path}.{name}" if path else name
            _check_text(name, inner_path)
            _check(inner, inner_path, depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _check(inner, f"{path}[{index}]", depth + 1)
    elif isinstance(value, str):
        _check_text(value, path)


def _check_text(text: str, path: str) -> None:
    # PostgreSQL stores no NUL, and half a surrogate pair cannot be encoded at all.
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise BadInput("contains a NUL or half a surrogate pair", field=_clean(path) or "body")
