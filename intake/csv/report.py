"""What an import did: rows read, loaded and refused, what was assumed, and what was started."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, computed_field

from models.base import Value

Count = Annotated[int, Field(ge=0)]

_SHOWN = 80


class Refusal(Value):
    """A row that was not loaded: where it is, and why."""

    file: str
    line: int = Field(description="Physical line on which the row begins; the header is line 1.")
    column: str = ""
    value: str = ""
    reason: str

    def __str__(self) -> str:
        column = f" {self.column}" if self.column else ""
        value = f" = {self.value!r}" if self.value else ""
        return f"{self.file}:{self.line}{column}{value}: {self.reason}"


def shown(value: str | None) -> str:
    """A cell as a report may show it: bounded."""
    text = value or ""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


class Note(Value):
    """Something odd about rows that were loaded, and how they were taken."""

    rows: Count
    text: str


class FileReport(Value):
    """One file: ``read = repeated + refused + valid``, and ``valid = inserted + updated + unchanged`` once loaded."""

    file: str
    read: Count = 0
    valid: Count = 0
    inserted: Count = 0
    updated: Count = 0
    unchanged: Count = 0
    repeated: Count = Field(default=0, description="Rows identical to an earlier one; they count once.")
    ignored_columns: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    refused: tuple[Refusal, ...] = ()

    @computed_field  # type: ignore[prop-decorator]  # mypy does not support decorated properties
    @property
    def loaded(self) -> int:
        """Rows of the file that the database holds now."""
        return self.inserted + self.updated + self.unchanged


class Started(Value):
    """What followed for the accounts."""

    stages: dict[str, Count] = Field(default_factory=dict, description="Accounts by the stage they begin in.")
    rules: dict[str, Count] = Field(default_factory=dict, description="Accounts by the rule that chose the stage.")
    lifecycles: Count = 0
    waiting: Count = Field(default=0, description="Accounts whose first stage no worker has written yet.")
    onboarding_programs: Count = Field(default=0, description="Accounts whose stage starts an onboarding program.")
    not_yet: Count = Field(default=0, description="Accounts that signed up after the as-of moment: data only.")
    unknown: Count = Field(default=0, description="Accounts whose state no row tells: a lifecycle without a stage.")
    live: Count = Field(default=0, description="Customers that signed up by themselves: not held, not started again.")
    disputed: Count = Field(default=0, description="Accounts that pay though their last churn event says they left.")
    without_email: Count = Field(default=0, description="Accounts without an address: steps that need one are skipped.")
    without_zone: Count = Field(default=0, description="Accounts without a time zone.")


class ImportReport(Value):
    """The whole import."""

    source: str
    as_of: datetime
    dry_run: bool = False
    assumptions: tuple[str, ...] = ()
    files: tuple[FileReport, ...] = ()
    started: Started = Started()

    @property
    def refused(self) -> int:
        """Rows refused in all files."""
        return sum(len(file.refused) for file in self.files)
