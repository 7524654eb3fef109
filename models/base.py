"""The base of every value: frozen, closed to unknown fields, strict about time zones."""

from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

_UNITS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}


class Value(BaseModel):
    """A frozen value that refuses unknown fields: a misspelt field is an error, not a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Definition(BaseModel):
    """A frozen value of a file that is also carried by runs.

    The file is read with ``extra="forbid"`` (``playbooks.load``), so a misspelt field is an error there; a run that
    carries a definition of an older release, with a field that is no more, still decodes.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Carried(BaseModel):
    """A frozen value that travels through Temporal: unknown fields of a newer writer are ignored by an older reader."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


Model = TypeVar("Model", bound=BaseModel)


def trusted(kind: type[Model], values: dict[str, Any]) -> Model:
    """A value made of every field of it without a check: for rows of our own and results of rules, by the thousand.

    As ``model_construct``, at a fifth of its cost; ``values`` belongs to the value afterwards, and which fields are set
    is kept once for all values of a kind (whoever copies one copies that first).
    """
    one = kind.__new__(kind)
    put = object.__setattr__
    put(one, "__dict__", values)
    put(one, "__pydantic_fields_set__", _fields(kind))
    put(one, "__pydantic_extra__", None)
    put(one, "__pydantic_private__", None)
    return one


@cache
def _fields(kind: type[BaseModel]) -> set[str]:
    return set(kind.model_fields)


def parse_delay(value: object) -> object:
    """Read ``0``, ``"3 days"`` or ``"48 hours"``; anything else (ISO 8601, timedelta) is left to pydantic."""
    if value == 0:
        return timedelta(0)
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError("a delay needs a unit, such as '3 days' or '48 hours'")
    if isinstance(value, str):
        words = value.split()
        if len(words) == 2 and words[1].rstrip("s") in _UNITS:
            try:
                return int(words[0]) * _UNITS[words[1].rstrip("s")]
            except ValueError:
                raise ValueError(f"'{words[0]}' is not a whole number of {words[1]}") from None
            except OverflowError:
                raise ValueError(f"{words[0]} {words[1]} is longer than any calendar") from None
        if not value.startswith(("P", "-P")):
            raise ValueError("expected 0 or a number and a unit, such as '3 days' or '48 hours'")
    return value


Delay = Annotated[
    timedelta,
    BeforeValidator(parse_delay, json_schema_input_type=str),
    Field(examples=["0", "3 days", "48 hours"]),
]

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,79}$")]
"""A lower-case name: of a step, a playbook, a template, an event."""

Instant = AwareDatetime
"""A moment with its zone; naive datetimes are refused."""

__all__ = ["Carried", "Delay", "Instant", "Slug", "Value", "datetime", "parse_delay", "trusted"]
