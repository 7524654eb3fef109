"""One row being read: each field from its column, and the first one that is wrong named."""

from collections.abc import Callable
from collections.abc import Mapping as Map
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from intake.csv import cells
from intake.csv.columns import CodeColumn, Column, DateColumn, TextColumn
from intake.csv.mapping import Mapping
from intake.csv.reader import Row
from intake.csv.report import Refusal, shown

V = TypeVar("V", bound=BaseModel)


class RowRefusedError(Exception):
    """The row cannot be loaded; caught where rows are converted."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class Fields:
    """Fields of one row, collected and then built into a value."""

    def __init__(self, row: Row, file: str, mapping: Mapping) -> None:
        self._row, self._file, self._mapping = row, file, mapping
        self._values: dict[str, Any] = {}
        self._columns: dict[str, str] = {}

    def refuse(self, field: str, reason: str) -> RowRefusedError:
        """The refusal of this row because of a field."""
        column = self._columns.get(field, "")
        value = shown(self._row.cells.get(column)) if column else ""
        return RowRefusedError(Refusal(file=self._file, line=self._row.line, column=column, value=value, reason=reason))

    def set(self, field: str, value: object) -> None:
        """A field that no column gives."""
        self._values[field] = value

    def _read(self, field: str, column: Column | None, read: Callable[[str], object], required: bool) -> None:
        if column is None:
            return
        self._columns[field] = column.column
        text = self._row.cells[column.column]
        if text is None:
            if required:
                raise self.refuse(field, "is empty")
            return
        try:
            self._values[field] = read(text)
        except ValueError as error:
            raise self.refuse(field, str(error)) from None

    def text(self, field: str, column: Column | None, *, required: bool = False) -> None:
        """Text, translated where the column says so."""
        values: Map[str, str] = column.values if isinstance(column, TextColumn) else {}
        self._read(field, column, lambda text: values.get(text, text), required)

    def code(self, field: str, column: CodeColumn[Any] | None) -> None:
        """One of the column's closed list."""
        if column is not None:
            self._read(field, column, lambda text: _listed(text, column.values), False)

    def plan(self, field: str, column: Column | None) -> None:
        """A plan of the mapping."""
        self._read(field, column, lambda text: _listed(text, self._mapping.plans), False)

    def boolean(self, field: str, column: Column | None, *, required: bool = False) -> None:
        """One of the mapping's words for true and false."""
        self._read(field, column, lambda text: cells.boolean(text, self._mapping.booleans), required)

    def integer(self, field: str, column: Column | None, *, required: bool = False) -> None:
        """A whole number."""
        self._read(field, column, lambda text: cells.integer(text, self._mapping.numbers), required)

    def money(self, field: str, column: Column | None) -> None:
        """An amount of at most two decimals."""
        self._read(field, column, lambda text: cells.decimal(text, self._mapping.numbers, places=2), False)

    def day(self, field: str, column: DateColumn | None, *, required: bool = False) -> None:
        """A calendar day."""
        if column is not None:
            self._read(field, column, lambda text: cells.day(text, column, self._mapping), required)

    def moment(self, field: str, column: DateColumn | None, *, required: bool = False) -> None:
        """A moment in UTC."""
        if column is not None:
            self._read(field, column, lambda text: cells.moment(text, column, self._mapping), required)

    def build(self, model: type[V]) -> V:
        """The value, or a refusal naming the column of the first field it does not take."""
        try:
            return model.model_validate(self._values)
        except ValidationError as error:
            first = error.errors()[0]
            field = str(first["loc"][0]) if first["loc"] else ""
            raise self.refuse(field, first["msg"].removeprefix("Value error, ")) from None


def _listed(text: str, values: Map[str, Any]) -> Any:
    if text not in values:
        raise ValueError(f"the mapping does not name it; it names {', '.join(sorted(values))}")
    return values[text]
