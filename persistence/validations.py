"""Validations that were made: kept whole, newest first."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.validation import ValidationResult
from persistence.rows import insert
from persistence.tables.honesty import validation


class Validations:
    """One row for each; a second with its id changes nothing, so a retry keeps what the first attempt found."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, found: ValidationResult) -> None:
        """Keep one."""
        row = {
            "id": found.id, "at": found.at, "cause": found.cause, "passed": found.passed,
            "publishable": found.publishable, "result": found.model_dump(mode="json"),
        }  # fmt: skip
        await self._connection.execute(
            insert(self._connection, validation).values(row).on_conflict_do_nothing(index_elements=["id"])
        )

    async def get(self, id_: str) -> ValidationResult | None:
        """That one."""
        rows = await self._connection.execute(select(validation.c.result).where(validation.c.id == id_))
        found = rows.scalar_one_or_none()
        return None if found is None else ValidationResult.model_validate(found)

    async def latest(self, *, as_of: datetime, limit: int = 1) -> list[ValidationResult]:
        """The newest ones up to a moment."""
        rows = await self._connection.execute(
            select(validation.c.result)
            .where(validation.c.at <= as_of)
            .order_by(validation.c.at.desc(), validation.c.id)
            .limit(limit)
        )
        return [ValidationResult.model_validate(found) for found in rows.scalars()]
