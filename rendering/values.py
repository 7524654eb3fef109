"""Values on their way into a template: checked against its declaration, copied, bounded (sections 9.2 and 19).

A required value that is absent, None or blank refuses the message; an optional one becomes None. Values that the
template does not declare are left behind, so that a caller may offer the common ones to every template.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from models.errors import BadInput
from models.message import TemplateVariable

MAX_TEXT = 2_000
MAX_ENTRIES = 50
_EMAIL = re.compile(r"^[^\s@<>()\[\]\\,;:\"?&%#]+@[^\s@<>()\[\]\\,;:\"?&%#]+\.[^\s@<>()\[\]\\,;:\"?&%#]+$")
_UNSAFE_IN_URL = re.compile(r"[\s\x00-\x1f\x7f\\<>\"]")


def checked(variables: Sequence[TemplateVariable], values: Mapping[str, object], where: str = "") -> dict[str, object]:
    """A value or None for every declared variable.

    Raises:
        BadInput: one is missing or of the wrong type; the field is its name, such as ``steps[1].url``.
    """
    return {variable.name: _one(variable, values.get(variable.name), where + variable.name) for variable in variables}


def _one(variable: TemplateVariable, value: object, field: str) -> object:
    if value is None or (isinstance(value, str) and not value.strip()) or value == [] or value == ():
        if variable.required:
            raise BadInput("the template needs this value", field=field)
        return None
    match variable.type:
        case "text":
            return _text(value, field)
        case "url":
            return web_address(_text(value, field), field)
        case "email":
            address = _text(value, field)
            if not _EMAIL.match(address):
                raise BadInput("expected an address such as ana@example.com", field=field, value=value)
            return address
        case "number":
            if isinstance(value, bool) or not isinstance(value, int | Decimal):
                raise BadInput("expected a whole number or a decimal", field=field, value=value)
            return value
        case "date":
            return _date(value, field)
        case "flag":
            if not isinstance(value, bool):
                raise BadInput("expected true or false", field=field, value=value)
            return value
        case "list":
            return _entries(variable, value, field)


def _text(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise BadInput("expected text", field=field, value=value)
    if len(value) > MAX_TEXT:
        raise BadInput(f"longer than {MAX_TEXT} characters", field=field, value=value)
    return value


def _date(value: object, field: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise BadInput("expected a date such as 2026-05-12", field=field, value=value) from None


def _entries(variable: TemplateVariable, value: object, field: str) -> tuple[dict[str, object], ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(entry, Mapping) for entry in value):
        raise BadInput("expected a list of entries with named fields", field=field, value=value)
    if len(value) > MAX_ENTRIES:
        raise BadInput(f"more than {MAX_ENTRIES} entries", field=field)
    return tuple(checked(variable.fields, entry, f"{field}[{n}].") for n, entry in enumerate(value))


def web_address(value: str, field: str) -> str:
    """The address, if it is http or https with a host and without a user name (which would disguise the host).

    Raises:
        BadInput: it is not.
    """
    try:
        parts = urlsplit(value)
        host, user = parts.hostname, parts.username
    except ValueError:
        host, user, parts = None, None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or user is not None or _UNSAFE_IN_URL.search(value):
        raise BadInput("expected a web address beginning with https:// or http://", field=field, value=value)
    return value
