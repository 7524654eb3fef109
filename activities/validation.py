"""One validation of the figures: read in one state, judged in a thread, kept once (section 18.4 of the domain)."""

import asyncio
from datetime import date, datetime
from typing import Protocol

from temporalio import activity

from activities.ports import Store
from models.metric_rows import ValidationRows
from models.validating import ValidationAsked, ValidationVerdict, Window
from models.validation import ValidationResult


class Judge(Protocol):
    """Judges rows; ``analysis`` has it."""

    def window(self, as_of: datetime, first: date | None = None) -> Window:
        """What is looked at as of a moment."""
        ...

    def judge(self, id_: str, cause: str, rows: ValidationRows, window: Window) -> ValidationResult:
        """Checks, KPIs and mandatory metrics."""
        ...


async def validate(store: Store, judge: Judge, asked: ValidationAsked, first: date | None = None) -> ValidationResult:
    """The validation of that id: as it was kept, or made and kept now."""
    window = judge.window(asked.as_of, first)
    async with store.read() as tx:
        earlier = await tx.validations.get(asked.id)
        if earlier is not None:
            return earlier
        rows = await tx.metrics.validation(
            window.period, first=window.first, last=window.last, as_of=asked.as_of, predicted_at=window.predicted_at
        )
    found = await asyncio.to_thread(judge.judge, asked.id, asked.cause, rows, window)
    async with store.begin() as tx:
        await tx.validations.add(found)
        return await tx.validations.get(asked.id) or found


class ValidationActivities:
    """The workflow's only step."""

    def __init__(self, store: Store, judge: Judge) -> None:
        self._store, self._judge = store, judge

    @activity.defn
    async def validate_metrics(self, asked: ValidationAsked) -> ValidationVerdict:
        """Validate, keep, and say what came of it."""
        return ValidationVerdict.of(await validate(self._store, self._judge, asked))
