"""Rows of the whole book and kept validations, as repositories of a transaction (section 18.4)."""

from datetime import date, datetime
from typing import Protocol

from models.metric_rows import BookRows, ValidationRows
from models.nps_figures import Period
from models.validation import ValidationResult


class MetricRows(Protocol):
    """What figures are made from; it only reads."""

    async def read(self, period: Period, *, first: date, last: date, as_of: datetime) -> BookRows:
        """The rows; ``first`` and ``last`` are the days of the period in the business calendar."""
        ...

    async def validation(
        self, period: Period, *, first: date, last: date, as_of: datetime, predicted_at: datetime
    ) -> ValidationRows:
        """What the validator needs besides."""
        ...


class Validations(Protocol):
    """Validations that were made."""

    async def add(self, found: ValidationResult) -> None:
        """Keep one; a second with its id changes nothing."""
        ...

    async def get(self, id_: str) -> ValidationResult | None:
        """That one."""
        ...

    async def latest(self, *, as_of: datetime, limit: int = 1) -> list[ValidationResult]:
        """The newest ones up to a moment."""
        ...
