"""Tables as CSV that a spreadsheet reads as data, never as formulas. ``docs/reports.md`` has the dialect.

RFC 4180: UTF-8 without a mark, commas, CRLF, quotes doubled, one header line. Unknown is empty. Numbers are plain
digits with a point; text that a spreadsheet would take for a formula gets an apostrophe before it.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

Cell = str | int | float | Decimal | date | datetime | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """The whole file."""
    kept = io.StringIO(newline="")
    writer = csv.writer(kept, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([cell(each) for each in row] for row in rows)
    return kept.getvalue()


def cell(value: Cell) -> str:
    """One cell: a number is written as one, text is made harmless."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value)
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case _:
            return f"'{value}" if value.startswith(_FORMULA) or value.lstrip().startswith(_FORMULA) else value
