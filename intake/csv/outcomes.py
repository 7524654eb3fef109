"""A CSV of accounts with what then became of them, read through a mapping: what ``calibrate --csv`` is fed.

The mapping names the columns; every row that cannot be read is refused with its line, field, value and reason.
"""

import csv
import math
from collections.abc import Callable
from collections.abc import Mapping as Table
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, NamedTuple, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from models.base import Value
from models.errors import BadInput
from models.health_metrics import METRICS

_LARGEST = 512 * 1024 * 1024
_LONGEST_MAPPING = 65_536
_REFUSALS = 20

Days = Annotated[int, Field(strict=True, ge=1, le=1000)]


class DayColumn(Value):
    """A column of days and how they are written (``strptime``)."""

    column: str
    format: str = "%Y-%m-%d"

    def read(self, text: str) -> date:
        """The day. Raises ValueError."""
        return datetime.strptime(text, self.format).replace(tzinfo=UTC).date()


class MetricColumn(Value):
    """A column of numbers; ``scale`` turns them into the registry's unit (0.01 for percents)."""

    column: str
    scale: float = 1.0


class FlagOutcome(Value):
    """A column that says whether the account left within that many days of the row's day."""

    column: str
    days: Days
    left: tuple[str, ...] = ("1", "true", "True", "yes")
    stayed: tuple[str, ...] = ("0", "false", "False", "no")


class OutcomeMapping(Value):
    """The file. Exactly one of ``left_on`` (with ``seen_until``) and ``left_within`` says what happened."""

    customer: str
    as_of: DayColumn | None = None
    as_of_day: date | None = Field(default=None, description="Where every row is of one day.")
    segment: str | None = None
    metrics: dict[str, MetricColumn] = Field(min_length=1)
    left_on: DayColumn | None = None
    seen_until: date | None = Field(default=None, description="Last day on which leaving would have been noticed.")
    left_within: FlagOutcome | None = None

    @field_validator("metrics", mode="before")
    @classmethod
    def _short(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        return {name: {"column": one} if isinstance(one, str) else one for name, one in given.items()}

    @field_validator("metrics")
    @classmethod
    def _known(cls, given: dict[str, MetricColumn]) -> dict[str, MetricColumn]:
        strange = sorted(set(given) - METRICS)
        if strange:
            raise ValueError(f"unknown metric '{strange[0]}'; known: {', '.join(sorted(METRICS))}")
        return given

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.as_of is None) == (self.as_of_day is None):
            raise ValueError("exactly one of as_of and as_of_day")
        if (self.left_on is None) == (self.left_within is None):
            raise ValueError("exactly one of left_on and left_within")
        if (self.left_on is None) != (self.seen_until is None):
            raise ValueError("seen_until goes with left_on")
        return self

    def columns(self) -> tuple[str, ...]:
        """Every column that must be in the file."""
        days = [one.column for one in (self.as_of, self.left_on, self.left_within) if one is not None]
        return (self.customer, *days, *([self.segment] if self.segment else []), *self._metric_columns())

    def _metric_columns(self) -> list[str]:
        return [one.column for one in self.metrics.values()]


class OutcomeRow(NamedTuple):
    """One account at one day. ``left_on`` None: not seen to leave by ``seen_until``."""

    customer: str
    day: date
    segment: str
    metrics: Table[str, float | None]
    left_on: date | None
    seen_until: date


def load_mapping(path: Path) -> OutcomeMapping:
    """The mapping in a YAML file.

    Raises:
        BadInput: it cannot be read or is wrong; the field is named.
    """
    if not path.is_file() or path.stat().st_size > _LONGEST_MAPPING:
        raise BadInput("no such file, or too large for a mapping", field="--mapping", value=str(path))
    try:
        return OutcomeMapping.model_validate(YAML(typ="safe").load(path))
    except MarkedYAMLError as error:
        place = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise BadInput(f"not YAML: {error.problem}", field=f"{path.name}{place}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(first["msg"].removeprefix("Value error, "), field=f"{path.name}: {where}") from None


def read(path: Path, mapping: OutcomeMapping) -> list[OutcomeRow]:
    """Every row of the file.

    Raises:
        BadInput: a column is missing, or rows cannot be read; the first twenty are named, and nothing is used.
    """
    if not path.is_file() or path.stat().st_size > _LARGEST:
        raise BadInput("no such file, or too large", field="--csv", value=str(path))
    found, refused = [], []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        for column in mapping.columns():
            if column not in (reader.fieldnames or ()):
                raise BadInput(f"no column '{column}'", field=path.name)
        for row in reader:
            try:
                found.append(_row(row, mapping))
            except BadInput as error:
                refused.append(f"line {reader.line_num}: {error}")
                if len(refused) == _REFUSALS:
                    break
    if refused:
        raise BadInput("; ".join(refused), field=path.name)
    if not found:
        raise BadInput("no rows", field=path.name)
    return found


def _row(row: Table[str, str | None], mapping: OutcomeMapping) -> OutcomeRow:
    def cell(column: str) -> str:
        return (row.get(column) or "").strip()

    customer = cell(mapping.customer)
    if not customer or len(customer) > 200:
        raise BadInput("expected 1 to 200 characters", field=mapping.customer, value=customer[:40])
    day = mapping.as_of_day or _day(mapping.as_of, cell)
    if day is None:
        raise BadInput("no day", field=mapping.as_of.column if mapping.as_of else "as_of")
    metrics = {name: _number(one, cell(one.column)) for name, one in mapping.metrics.items()}
    segment = cell(mapping.segment)[:80] if mapping.segment else ""
    if mapping.left_within is not None:
        flag, ends = mapping.left_within, date.fromordinal(day.toordinal() + mapping.left_within.days)
        said = cell(flag.column)
        if said not in (*flag.left, *flag.stayed):
            raise BadInput("neither left nor stayed", field=flag.column, value=said[:40])
        return OutcomeRow(customer, day, segment, metrics, ends if said in flag.left else None, ends)
    left = _day(mapping.left_on, cell)
    assert mapping.seen_until is not None, "goes with left_on"
    if left is not None and left <= day:
        raise BadInput(f"not after the day of the row, {day}", field="left_on", value=str(left))
    return OutcomeRow(customer, day, segment, metrics, left, mapping.seen_until)


def _day(column: DayColumn | None, cell: Callable[[str], str]) -> date | None:
    text = cell(column.column) if column is not None else ""
    if column is None or not text:
        return None
    try:
        return column.read(text)
    except ValueError:
        raise BadInput(f"not a day as in {column.format}", field=column.column, value=text[:40]) from None


def _number(column: MetricColumn, text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text) * column.scale
    except ValueError:
        raise BadInput("not a number", field=column.column, value=text[:40]) from None
    if not math.isfinite(value):
        raise BadInput("not a finite number", field=column.column, value=text[:40])
    return value
