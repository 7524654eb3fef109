"""Results of effects under their keys: the port ``Effects`` (section 0.1, G8)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Retryable
from models.run import StepResult
from persistence.rows import insert
from persistence.tables.plays import effect


class EffectTable:
    """One result for each key."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, key: str) -> StepResult | None:
        """The stored result, or None if the effect was never finished."""
        stored = (
            await self._connection.execute(select(effect.c.result).where(effect.c.key == key))
        ).scalar_one_or_none()
        return None if stored is None else StepResult.model_validate(stored)

    async def put(self, key: str, workflow_id: str, result: StepResult, at: datetime) -> None:
        """Store the result.

        Raises:
            Retryable: the key has a result; this transaction must not stand, and the next try finds that result.
        """
        added = await self._connection.execute(
            insert(self._connection, effect)
            .values(
                key=key, workflow_id=workflow_id, status=result.status, result=result.model_dump(mode="json"), at=at
            )
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(effect.c.key)
        )
        if added.scalar_one_or_none() is None:
            raise Retryable("another attempt finished this effect; its result is stored")
