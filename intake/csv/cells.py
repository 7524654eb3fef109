"""Cells to values. Every reading is exact or refused with a ``ValueError`` that says what was expected."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from intake.csv.columns import DateColumn
from intake.csv.mapping import Booleans, Mapping, Numbers

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?")
_LIKE_A_DATE = re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}.*")


def boolean(text: str, words: Booleans) -> bool:
    """One of the mapping's words."""
    if text in words.are_true:
        return True
    if text in words.are_false:
        return False
    raise ValueError(f"expected one of {', '.join((*words.are_true, *words.are_false))}")


def decimal(text: str, numbers: Numbers, *, places: int | None = None) -> Decimal:
    """A plain number, not negative, of at most ``places`` decimals and 14 digits."""
    whole = r"\d+"
    if numbers.thousands_mark:
        whole = rf"(?:\d+|\d{{1,3}}(?:{re.escape(numbers.thousands_mark)}\d{{3}})+)"
    if not re.fullmatch(rf"{whole}(?:{re.escape(numbers.decimal_mark)}\d+)?", text, re.ASCII):
        raise ValueError(f"expected a number such as 1234{numbers.decimal_mark}5")
    plain = text.replace(numbers.thousands_mark, "") if numbers.thousands_mark else text
    value = Decimal(plain.replace(numbers.decimal_mark, "."))
    if len(value.as_tuple().digits) > 14:
        raise ValueError("has more than 14 digits")
    exponent = value.normalize().as_tuple().exponent
    if places is not None and isinstance(exponent, int) and -exponent > places:
        raise ValueError(f"has more than {places} decimals")
    return value


def integer(text: str, numbers: Numbers, *, most: int = 1_000_000_000) -> int:
    """A whole number from 0 to ``most``; ``4.0`` is whole, ``4.5`` is refused."""
    value = decimal(text, numbers)
    if value != value.to_integral_value():
        raise ValueError("expected a whole number")
    if value > most:
        raise ValueError(f"is more than {most}")
    return int(value)


def day(text: str, column: DateColumn, mapping: Mapping) -> date:
    """A calendar day; a moment is the day it is in the mapping's zone."""
    if column.format is None and _ISO_DATE.fullmatch(text):
        return _checked(date.fromisoformat(text))
    value = _moment(text, column)
    if value.tzinfo is not None:
        value = value.astimezone(ZoneInfo(mapping.zone))
    return _checked(value.date())


def moment(text: str, column: DateColumn, mapping: Mapping) -> datetime:
    """A moment in UTC; a bare day is its first instant, and a moment without a zone is in the mapping's."""
    if column.format is None and _ISO_DATE.fullmatch(text):
        value = datetime.combine(date.fromisoformat(text), time(0, 0))
    else:
        value = _moment(text, column)
    _checked(value.date())
    return (value if value.tzinfo is not None else value.replace(tzinfo=ZoneInfo(mapping.zone))).astimezone(UTC)


def _moment(text: str, column: DateColumn) -> datetime:
    if column.format is not None:
        try:
            return datetime.strptime(text, column.format)  # noqa: DTZ007 (the caller sets the mapping's zone)
        except ValueError:
            raise ValueError(f"expected a date written as {column.format}") from None
    if _ISO_MOMENT.fullmatch(text):
        return datetime.fromisoformat(text)
    if _LIKE_A_DATE.fullmatch(text):
        raise ValueError("the order of day, month and year is not stated; the mapping must give this column a format")
    raise ValueError("expected an ISO 8601 date such as 2024-12-31")


def _checked(value: date) -> date:
    if not 1990 <= value.year <= 2200:
        raise ValueError("its year is outside 1990 to 2200")
    return value
