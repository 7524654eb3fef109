"""Months and days as they are written on the command line."""

from datetime import date, timedelta

from models.errors import BadInput


def month(text: str, field: str) -> date:
    """The first day of ``2024-12``.

    Raises:
        BadInput: it is no month.
    """
    try:
        if len(text) != len("2024-12"):
            raise ValueError
        found = date.fromisoformat(f"{text}-01")
        if not 1970 <= found.year <= 2200:
            raise ValueError
    except ValueError:
        raise BadInput("expected a month such as 2024-12", field=field, value=text) from None
    return found


def last_day(first: date) -> date:
    """The last day of a month."""
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def span(start: str | None, until: str | None, today: date, *, months: int = 12) -> tuple[date, date]:
    """First days of the first and the last month asked for; without them the last ``months`` that are over.

    Raises:
        BadInput: not a month, in the wrong order, or one that is not over (its last day may be today).
    """
    this = today.replace(day=1)
    whole = this if last_day(this) == today else (this - timedelta(days=1)).replace(day=1)
    last = month(until, "--to") if until is not None else whole
    if last_day(last) > today:
        raise BadInput(f"that month is not over yet: it is {today}", field="--to", value=f"{last:%Y-%m}")
    first = month(start, "--from") if start is not None else _back(last, months - 1)
    if first > last:
        raise BadInput(f"lies after the last month, {last:%Y-%m}", field="--from", value=f"{first:%Y-%m}")
    if (last.year - first.year) * 12 + last.month - first.month > 600:
        raise BadInput("at most 50 years at once", field="--from", value=f"{first:%Y-%m}")
    return first, last


def _back(month: date, months: int) -> date:
    number = month.year * 12 + month.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
