"""Rows of a CSV file with the physical line each begins on; what cannot be a row is refused, and reading goes on."""

import csv
import re
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from intake.csv.report import Refusal
from models.errors import BadInput

if TYPE_CHECKING:
    import _csv

MAX_CELL = 20_000
"""Longest cell, in characters."""

_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")  # what cannot be decoded arrives as lone surrogates
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Row(NamedTuple):
    """One record: cells by header, stripped; None is empty."""

    line: int
    cells: dict[str, str | None]


class CsvReader:
    """One file, read as a stream."""

    def __init__(self, path: Path, *, encoding: str, delimiter: str, empty_values: tuple[str, ...]) -> None:
        self.path = path
        self.header: list[str] = []
        self._encoding = "utf-8-sig" if encoding == "utf-8" else encoding
        self._delimiter = delimiter
        self._empty = frozenset(empty_values)

    def rows(self) -> Generator[Row | Refusal, None, None]:
        """Every record after the header, in order. Blank lines are no records.

        Raises:
            BadInput: the file cannot be read, has no header, or names a column twice.
        """
        self.header = []
        try:
            with self.path.open("rb") as stream_of_bytes:
                if stream_of_bytes.read(2) in _UTF16_MARKS:
                    raise BadInput("is UTF-16; the mapping states another encoding", field=self.path.name)
            with self.path.open(encoding=self._encoding, errors="surrogateescape", newline="") as stream:
                yield from self._records(csv.reader(stream, delimiter=self._delimiter, strict=True))
        except OSError as error:
            raise BadInput(f"cannot be read: {error.strerror}", field=str(self.path)) from None

    def require(self, needed: Iterable[tuple[str, str]]) -> list[str]:
        """Check that the header has these (field of the mapping, column); the columns nobody asked for.

        Raises:
            BadInput: as :meth:`rows`, or a column is not there.
        """
        wanted = list(needed)
        rows = self.rows()
        next(rows, None)
        rows.close()
        for field, column in wanted:
            if column not in self.header:
                place = f"{self.path.name}:1"
                raise BadInput(f"has no column '{column}', which the mapping names for {field}", field=place)
        return sorted(set(self.header) - {column for _, column in wanted})

    def _records(self, lines: "_csv.Reader") -> Generator[Row | Refusal, None, None]:
        while True:
            line = lines.line_num + 1
            try:
                cells = next(lines)
            except StopIteration:
                break
            except csv.Error as error:
                if not self.header:
                    raise BadInput(f"its header is not CSV: {error}", field=f"{self.path.name}:1") from None
                yield self._refuse(line, "", f"not CSV up to line {lines.line_num}: {error}")
                continue
            if not cells:
                continue
            if not self.header:
                self._set_header(line, cells)
                continue
            yield self._row(line, cells)
        if not self.header:
            raise BadInput("is empty; expected a header", field=f"{self.path.name}:1")

    def _set_header(self, line: int, cells: list[str]) -> None:
        names = [cell.strip() for cell in cells]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise BadInput(f"two columns are called '{doubled[0]}'", field=f"{self.path.name}:{line}")
        self.header = names

    def _row(self, line: int, cells: list[str]) -> Row | Refusal:
        if len(cells) != len(self.header):
            return self._refuse(line, "", f"has {len(cells)} cells; the header has {len(self.header)}")
        for name, cell in zip(self.header, cells, strict=True):
            reason = _impossible(cell)
            if reason is not None:
                return self._refuse(line, name, reason)
        return Row(line, {n: self._value(c) for n, c in zip(self.header, cells, strict=True)})

    def _value(self, cell: str) -> str | None:
        text = cell.strip()
        return None if not text or text in self._empty else text

    def _refuse(self, line: int, column: str, reason: str) -> Refusal:
        return Refusal(file=self.path.name, line=line, column=column, reason=reason)


def _impossible(cell: str) -> str | None:
    if len(cell) > MAX_CELL:
        return f"longer than {MAX_CELL} characters"
    found = _FORBIDDEN.search(cell)
    if found is None:
        return None
    return "contains a NUL character" if found[0] == "\x00" else "contains bytes that are not in the stated encoding"
