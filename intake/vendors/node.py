"""Reading a vendor's JSON: what is there has a type, what is missing is None, what is wrong is named by its path.

Nothing of it is ever executed, and nothing is longer than asked for (section 19 of the domain).
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import NoReturn, Self

from pydantic import JsonValue

from models.errors import BadInput

LONG = 4000
"""Most characters kept of a text written by people."""

_IDENT = re.compile(r"[\x21-\x7e]{1,100}")
_ADDRESS = re.compile(r"[^@\s<>\",;]{1,64}@[^@\s<>\",;]{1,189}")
_EARLIEST, _LATEST = 946_684_800, 7_258_118_400  # the years 2000 and 2200
_DEEPEST = 64


def loads(raw: bytes) -> JsonValue:
    """The document of a verified body.

    Raises:
        BadInput: not UTF-8, not JSON, or nested without end.
    """
    try:
        value: JsonValue = json.loads(raw.decode("utf-8"), parse_constant=_constant)
    except UnicodeDecodeError as error:
        raise BadInput(f"not UTF-8 at byte {error.start}", field="body") from None
    except json.JSONDecodeError as error:
        raise BadInput(f"not JSON: {error.msg.lower()} at line {error.lineno}", field="body") from None
    except (RecursionError, ValueError) as error:
        raise BadInput(f"not JSON that can be read: {type(error).__name__}", field="body") from None
    if _depth(value) > _DEEPEST:
        raise BadInput(f"nested deeper than {_DEEPEST} levels", field="body")
    return value


def _constant(name: str) -> NoReturn:
    raise BadInput(f"{name} is not a JSON number", field="body")


def _depth(value: JsonValue) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        deepest = max(deepest, depth)
        if deepest > _DEEPEST:
            break
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        waiting.extend((each, depth + 1) for each in inner)
    return deepest


def clean(text: str, most: int, *, lines: bool = False) -> str:
    """Without control characters and halves of characters; one line unless ``lines``; cut to ``most``."""
    kept = "".join(c if c.isprintable() or (lines and c == "\n") else " " for c in text[: 4 * most])
    if not lines:
        kept = " ".join(kept.split())
    return kept.strip()[:most].strip()


class Node:
    """A value and the path to it. Every reader returns None where nothing is there.

    Raises:
        BadInput: (every reader) it is there and of another kind.
    """

    def __init__(self, value: object, path: str = "") -> None:
        self.value = value
        self.path = path

    def __getitem__(self, name: str) -> Self:
        """What is under that name; nothing is under a name of nothing."""
        path = f"{self.path}.{name}".lstrip(".")
        if self.value is None:
            return type(self)(None, path)
        if not isinstance(self.value, dict):
            self.wrong("expected an object")
        return type(self)(self.value.get(name), path)

    def __iter__(self) -> Iterator[Self]:
        """The members of a list; none of nothing."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            self.wrong("expected a list")
        for number, each in enumerate(self.value):
            yield type(self)(each, f"{self.path}[{number}]")

    def has(self, name: str) -> bool:
        """Whether it has that name, even with nothing under it."""
        return isinstance(self.value, dict) and name in self.value

    def wrong(self, reason: str) -> NoReturn:
        """Refuse it."""
        raise BadInput(reason, field=clean(self.path, 200) or "body")

    def must(self) -> Self:
        """Itself, if there is something."""
        if self.value is None:
            self.wrong("is missing")
        return self

    def text(self, most: int = 200) -> str | None:
        """One clean line; an empty one is nothing."""
        return self._string(most, lines=False)

    def prose(self, most: int = LONG) -> str | None:
        """Text of several lines, written by people."""
        return self._string(most, lines=True)

    def ident(self) -> str | None:
        """An id: visible ASCII, or a whole number, as text."""
        if isinstance(self.value, int) and not isinstance(self.value, bool) and abs(self.value) < 10**30:
            return str(self.value)
        found = self._string(200, lines=False)
        if found is not None and not _IDENT.fullmatch(found):
            self.wrong("expected an id")
        return found

    def must_ident(self) -> str:
        """An id that has to be there."""
        found = self.ident()
        if found is None:
            self.wrong("is missing")
        return found

    def email(self) -> str | None:
        """An address in lower case; what cannot be one is nothing."""
        found = self._string(300, lines=False)
        if found is None or not _ADDRESS.fullmatch(found) or "." not in found.rpartition("@")[2]:
            return None
        return found.lower()

    def whole(self, least: int = 0, most: int = 10**12) -> int | None:
        """A whole number in that range."""
        if self.value is None:
            return None
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            self.wrong("expected a whole number")
        if not least <= self.value <= most:
            self.wrong(f"expected {least} to {most}")
        return self.value

    def decimal(self) -> Decimal | None:
        """A number as it is written."""
        if self.value is None:
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, int | float | str):
            self.wrong("expected a number")
        if (isinstance(self.value, int) and abs(self.value) > 10**15) or len(str(self.value)) > 40:
            self.wrong("expected a number of reasonable size")
        try:
            found = Decimal(str(self.value))
        except InvalidOperation:
            self.wrong("expected a number")
        if not found.is_finite() or found.adjusted() > 15:
            self.wrong("expected a number of reasonable size")
        return found

    def flag(self) -> bool | None:
        """True or false."""
        if self.value is not None and not isinstance(self.value, bool):
            self.wrong("expected true or false")
        return self.value

    def unix(self, scale: int = 1) -> datetime | None:
        """Seconds since 1970 (``scale`` 1000: milliseconds)."""
        if self.value is None:
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.wrong("expected seconds since 1970")
        if not _EARLIEST * scale <= self.value < _LATEST * scale:
            self.wrong("expected a moment between the years 2000 and 2200")
        return datetime.fromtimestamp(self.value / scale, UTC)

    def moment(self) -> datetime | None:
        """An ISO 8601 moment with a zone."""
        found = self._string(40, lines=False)
        if found is None:
            return None
        try:
            at = datetime.fromisoformat(found)
        except ValueError:
            self.wrong("expected a moment such as 2026-03-01T09:30:00Z")
        if at.tzinfo is None or not 2000 < at.year < 2199:
            self.wrong("expected a moment with a zone, between the years 2001 and 2198")
        return at.astimezone(UTC)

    def _string(self, most: int, *, lines: bool) -> str | None:
        if self.value is None:
            return None
        if not isinstance(self.value, str):
            self.wrong("expected text")
        return clean(self.value, most, lines=lines) or None


def given(at: datetime | None, node: Node) -> datetime:
    """A moment that has to be there."""
    if at is None:
        node.wrong("is missing")
    return at


def data(**values: object) -> dict[str, JsonValue]:
    """Event data without what is unknown; moments in RFC 3339, amounts as decimal strings."""
    told: dict[str, JsonValue] = {}
    for name, value in values.items():
        if isinstance(value, datetime):
            told[name] = value.isoformat().replace("+00:00", "Z")
        elif isinstance(value, Decimal):
            told[name] = format(value, "f")
        elif isinstance(value, str | int | float):
            told[name] = value
        elif isinstance(value, list | tuple):
            told[name] = [str(each) for each in value]
        elif value is not None:
            raise TypeError(f"no event carries a {type(value).__name__}")
    return told
