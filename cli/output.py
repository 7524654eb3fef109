"""Printing: one JSON document on stdout and nothing else, or tables for people."""

import json
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from pydantic import BaseModel, TypeAdapter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

_ANY: TypeAdapter[object] = TypeAdapter(object)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")

WIDE = 4_000
"""Columns where nobody looks: what is piped or written to a file is not cut to the width of a terminal."""

out = Console(highlight=False)


def _print(shown: Table | str) -> None:
    if out.is_terminal:
        out.print(shown)
    else:
        Console(highlight=False, width=shutil.get_terminal_size((WIDE, 24)).columns).print(shown)


def json_text(document: object) -> str:
    """The document, snake_case, moments in RFC 3339."""
    plain = document.model_dump(mode="json") if isinstance(document, BaseModel) else document
    return json.dumps(_ANY.dump_python(plain, mode="json"), ensure_ascii=False, indent=2) + "\n"


def print_json(document: object) -> None:
    """The document on stdout."""
    sys.stdout.write(json_text(document))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table; text of customers is shown literally, moments in UTC to the minute."""
    table = Table(*columns, title=escape(title), title_justify="left", title_style="bold", pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"  # an id or an amount that is cut off cannot be used, or is read as another
    for row in rows:
        table.add_row(*(escape(cell_text(cell)) for cell in row))
    _print(table)


def cell_text(cell: object) -> str:
    """As a person reads it: a moment as ``2027-01-04 11:05``, in UTC; nothing for what is not there."""
    if isinstance(cell, str) and _MOMENT.fullmatch(cell):
        cell = datetime.fromisoformat(cell)
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        return f"{cell.astimezone(UTC):%Y-%m-%d %H:%M}"
    return "" if cell is None else str(cell)


def say(text: str) -> None:
    """One line, literally."""
    _print(escape(text))
