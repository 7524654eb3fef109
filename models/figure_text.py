"""A figure in words: value, n, numerator and denominator, interval, period and as-of; or that it cannot be told."""

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.figure import Figure, Interval

_DAY = "%Y-%m-%d"


def in_words(figure: "Figure") -> str:
    """One sentence that could stand in a report."""
    if figure.value is None:
        counted = "" if figure.n is None else f" (n = {figure.n:,} {figure.of})"
        return f"{figure.label}: cannot tell: {figure.reason}{counted}{_when(figure)}"
    parts = [f"n = {figure.n:,} {figure.of}"]
    if figure.numerator is not None and figure.denominator is not None:
        parts.append(f"{_plain(figure.numerator)} of {_plain(figure.denominator)}")
    parts.append(_interval(figure, named=True))
    return f"{figure.label}: {amount(figure, figure.value)} ({'; '.join(parts)}){_when(figure)}"


def short(figure: "Figure") -> str:
    """For a cell: ``3.2 % (n=500; 2.0..5.1 %)``."""
    if figure.value is None:
        return f"cannot tell: {figure.reason}"
    return f"{amount(figure, figure.value)} (n={figure.n:,}; {_interval(figure, named=False)})"


def amount(figure: "Figure", value: Decimal | float) -> str:
    """A value in the figure's unit; only for use beside its n and interval."""
    match figure.unit:
        case "fraction":
            return f"{float(value) * 100:.1f} %"
        case "money":
            return f"{Decimal(str(value)):,.2f} {figure.currency}"
        case "count":
            return f"{value:,}"
        case "nps_points":
            return f"{float(value):+.0f}"
        case "csat_1_to_5":
            return f"{float(value):.2f} of 5"
        case "score_0_to_100":
            return f"{float(value):.1f} of 100"
        case "days":
            return f"{float(value):.1f} days"
        case "hours":
            return f"{float(value):.1f} h"
        case "index":
            return f"{float(value):.3f}"
        case _:
            return f"{float(value):.1f} a week"


def _interval(figure: "Figure", *, named: bool) -> str:
    told: Interval | None = figure.interval
    if told is None:
        return figure.no_interval
    low = "?" if told.low is None else amount(figure, told.low)
    high = "beyond what was observed" if told.high is None else amount(figure, told.high)
    ends = f"{low} to {high}"
    return f"{told.level:.0%} interval {ends}, {told.method}" if named else ends


def _plain(value: Decimal | float) -> str:
    return f"{int(value):,}" if value == int(value) else f"{float(value):,.2f}"


def _when(figure: "Figure") -> str:
    as_of = f"as of {figure.as_of.strftime(_DAY)}"
    if figure.period is None:
        return f", {as_of}"
    return f", {figure.period.start.strftime(_DAY)} until {figure.period.end.strftime(_DAY)} (exclusive), {as_of}"
