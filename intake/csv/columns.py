"""How a mapping names one column: by its header alone, or with how its values are to be read."""

import re
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, Field, model_validator

from models.base import Value

T = TypeVar("T")

_DIRECTIVES = frozenset("YmdHMSfz%")
_DIRECTIVE = re.compile(r"%(.)")


def _check_format(value: str) -> str:
    used = _DIRECTIVE.findall(value)
    if value.rstrip("%") != value and (len(value) - len(value.rstrip("%"))) % 2:
        raise ValueError("ends in a lone %")
    for directive in used:
        if directive == "y":
            raise ValueError("%y does not say the century; only %Y is read")
        if directive not in _DIRECTIVES:
            raise ValueError(f"%{directive} is not known; known: %Y %m %d %H %M %S %f %z %%")
    for directive, meaning in (("Y", "year"), ("m", "month"), ("d", "day")):
        if used.count(directive) != 1:
            raise ValueError(f"must name the {meaning} (%{directive}) exactly once")
    return value


DateFormat = Annotated[str, AfterValidator(_check_format)]
"""A strptime pattern of numbers only: what depends on a locale or on a pivot year is refused."""

Header = Annotated[str, Field(min_length=1, max_length=200)]


class Column(Value):
    """A column by its header. A bare string in the file is the header."""

    column: Header

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"column": value} if isinstance(value, str) else value


class TextColumn(Column):
    """Text; ``values`` translates some of it, and the rest passes as it is."""

    values: dict[str, str] = Field(default_factory=dict)


class DateColumn(Column):
    """A date or a moment. Without ``format`` only ISO 8601 is read: it is the one order that states itself."""

    format: DateFormat | None = None


class CodeColumn(Column, Generic[T]):
    """A closed list: a value that ``values`` does not name is refused."""

    values: dict[str, T] = Field(min_length=1)
