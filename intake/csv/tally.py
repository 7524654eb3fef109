"""What is counted while a file is read, and when a row repeats an earlier one."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

from pydantic import BaseModel

from intake.csv.fields import RowRefusedError
from intake.csv.mapping import Mapping
from intake.csv.reader import CsvReader, Row
from intake.csv.report import FileReport, Note, Refusal
from models.book import LoadCount
from models.errors import BadInput

V = TypeVar("V", bound=BaseModel)


class Tally:
    """Counts of one file, becoming its report."""

    def __init__(self, file: str, ignored: list[str]) -> None:
        self.file, self.ignored = file, ignored
        self.read = self.valid = self.repeated = 0
        self.refused: list[Refusal] = []
        self.notes: Counter[str] = Counter()
        self.loaded = LoadCount()

    def report(self) -> FileReport:
        """The counts as a value."""
        return FileReport(
            file=self.file,
            read=self.read,
            valid=self.valid,
            inserted=self.loaded.inserted,
            updated=self.loaded.updated,
            unchanged=self.loaded.unchanged,
            repeated=self.repeated,
            ignored_columns=tuple(self.ignored),
            notes=tuple(Note(rows=rows, text=text) for text, rows in sorted(self.notes.items()) if rows),
            refused=tuple(self.refused),
        )

    def require_some(self) -> None:
        """Refuse a file of which nothing can be loaded: its mapping is wrong, and nothing was written yet.

        Raises:
            BadInput: every row was refused.
        """
        if self.refused and not self.valid:
            first = self.refused[0]
            raise BadInput(f"every one of its {self.read} rows is refused; the first: {first}", field=self.file)


class Source(Generic[V]):
    """One file with how its rows are converted and told apart."""

    def __init__(
        self,
        reader: CsvReader,
        mapping: Mapping,
        convert: Callable[[Row, Mapping], V],
        identity: Callable[[V], Hashable],
        check: Callable[[V], str | None] = lambda _: None,
    ) -> None:
        self.reader = reader
        self._mapping, self._convert, self._identity, self._check = mapping, convert, identity, check

    @property
    def file(self) -> str:
        """Name of the file."""
        return self.reader.path.name

    def values(self, tally: Tally) -> Iterator[V]:
        """The values to load, in order; everything else is counted.

        A row whose identity was seen is a repetition when its value is the same one, and is refused when not.
        ``check`` says why a value cannot be loaded, or None.
        """
        seen: dict[Hashable, tuple[int, int]] = {}
        for row in self.reader.rows():
            tally.read += 1
            if isinstance(row, Refusal):
                tally.refused.append(row)
                continue
            try:
                value = self._convert(row, self._mapping)
            except RowRefusedError as error:
                tally.refused.append(error.refusal)
                continue
            identity, content = self._identity(value), hash(value)
            reason = self._check(value)
            if reason is None and identity in seen:
                line, first = seen[identity]
                if first == content:
                    tally.repeated += 1
                    continue
                reason = f"has the id of line {line} and is not the same"
            if reason is not None:
                tally.refused.append(Refusal(file=tally.file, line=row.line, reason=reason))
                continue
            seen[identity] = (row.line, content)
            tally.valid += 1
            yield value
