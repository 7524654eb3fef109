"""The weekly validation, as its workflow and its activity speak of it (section 20 of the domain)."""

from datetime import date
from typing import NamedTuple

from models.base import Carried, Instant
from models.clock import Clock
from models.nps_figures import Period
from models.validation import ValidationResult


class ValidationInput(Carried):
    """What starts the workflow."""

    clock: Clock = Clock()


class ValidationAsked(Carried):
    """One validation. ``id`` makes it once: a retry finds what the first attempt kept."""

    id: str
    cause: str
    as_of: Instant


class ValidationVerdict(Carried):
    """What came of it; the whole of it is kept under the id."""

    id: str
    passed: bool
    publishable: bool
    blocking: tuple[str, ...] = ()

    @classmethod
    def of(cls, found: ValidationResult) -> "ValidationVerdict":
        """Of a whole one; a workflow's history holds no more."""
        return cls(id=found.id, passed=found.passed, publishable=found.publishable, blocking=found.blocking[:20])


class Window(NamedTuple):
    """What is looked at: a period of whole days, and the moment whose predictions have come due."""

    period: Period
    first: date
    last: date
    predicted_at: Instant
