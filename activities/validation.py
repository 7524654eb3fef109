"""One validation of the figures: read in one state, judged in a thread, kept once (section 18.4 of the domain).

One that forbids publishing is told to the team queue, where it stays until a later one allows it.
"""

import asyncio
from datetime import date, datetime, timedelta
from typing import Protocol

from temporalio import activity

from activities.colleagues import TEAM
from activities.house import House
from activities.ports import Store, Transaction
from models.enums import Language, Priority, Role, Severity
from models.metric_rows import ValidationRows
from models.records import CsmTask, Notice
from models.validating import ValidationAsked, ValidationVerdict, Window
from models.validation import ValidationResult

NOT_PUBLISHABLE = "figures_not_publishable"
"""The task's type."""

ANSWERED_WITHIN = timedelta(days=2)

_TITLES = {
    Language.ES: "Las cifras no se pueden publicar",
    Language.EN: "The figures may not be published",
}


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


async def tell(tx: Transaction, found: ValidationResult, language: Language) -> None:
    """A task of the team queue and a notice, once for each validation, while the figures may not be published.

    There is one open task: a later finding takes the place of an earlier one, and figures that may be published again
    close it.
    """
    key = f"validation:{found.id}"
    for earlier in await tx.tasks.open_of(TEAM):
        if earlier.type == NOT_PUBLISHABLE and earlier.key != key:
            if found.publishable:
                note = f"publishable again: {found.id}"
                await tx.tasks.close(earlier.key, outcome="done", note=note, by="metrics validation", at=found.at)
            else:
                await tx.tasks.replaced(earlier.key)
    if found.publishable:
        return
    title = f"{_TITLES[language]} ({found.at:%Y-%m-%d})"
    why = "; ".join(found.blocking)
    task = CsmTask(
        key=key,
        customer="",
        workflow_id=key,
        type=NOT_PUBLISHABLE,
        title=title,
        description=f"{why}. See `starter.py validate`.",
        priority=Priority.HIGH,
        assignee=TEAM,
        owner_role=Role.CS_MANAGER,
        due=found.at + ANSWERED_WITHIN,
        created_at=found.at,
    )
    await tx.work.add_task(task)
    notice = Notice(
        key=key,
        customer="",
        workflow_id=key,
        role=Role.CS_MANAGER,
        recipient=TEAM,
        message=f"{title}: {why}",
        severity=Severity.HIGH,
        at=found.at,
    )
    await tx.work.add_notice(notice)


class ValidationActivities:
    """The workflow's only step."""

    def __init__(self, store: Store, judge: Judge, house: House) -> None:
        self._store, self._judge, self._house = store, judge, house

    @activity.defn
    async def validate_metrics(self, asked: ValidationAsked) -> ValidationVerdict:
        """Validate, keep, tell our own people, and say what came of it."""
        found = await validate(self._store, self._judge, asked)
        async with self._store.begin() as tx:
            await tell(tx, found, self._house.language)
        return ValidationVerdict.of(found)
