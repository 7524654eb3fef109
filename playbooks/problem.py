"""What is wrong with a playbook's file, and where."""

from enum import StrEnum
from typing import NamedTuple


class Weight(StrEnum):
    """Whether a problem keeps the file from being used."""

    ERROR = "error"
    WARNING = "warning"


class Problem(NamedTuple):
    """One thing wrong: lines and columns count from 1, as editors do."""

    file: str
    line: int
    column: int
    message: str
    expected: str = ""
    severity: Weight = Weight.ERROR

    def __str__(self) -> str:
        warning = "warning: " if self.severity is Weight.WARNING else ""
        expected = f", expected {self.expected}" if self.expected else ""
        return f"{self.file}:{self.line}:{self.column}: {warning}{self.message}{expected}"


def errors(problems: list[Problem]) -> list[Problem]:
    """Those that keep the file from being used."""
    return [problem for problem in problems if problem.severity is Weight.ERROR]


def shown(value: object) -> str:
    """An untrusted value for a message: bounded, on one line."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
