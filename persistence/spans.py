"""Reads subscriptions and what events said of them, for MRR by month."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.figure import Documented
from models.mrr import Statement
from persistence.queries import query
from persistence.types import Money, UtcDateTime

RawSpan = Sequence[Any]
"""account, started, ended, mrr, is_trial: days and amounts as the driver gives them (a text or a value)."""

MRR_ROWS = Documented(
    name="mrr_rows", version=1, text=query("subscription_spans").text + "\n" + query("mrr_statements").text
)
"""Both queries together: what every figure of MRR is made from."""


class SpanReader:
    """Columns, not objects: a book of a hundred thousand accounts is read in one pass, as it lies there."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def spans(self) -> Sequence[RawSpan]:
        """Every imported subscription."""
        return (await self._connection.execute(text(query("subscription_spans").text))).all()

    async def statements(self) -> list[Statement]:
        """What events said, by account and time."""
        told = text(query("mrr_statements").text).columns(
            customer=String, kind=String, at=UtcDateTime, event_id=String, mrr=Money
        )
        return [Statement(*row) for row in await self._connection.execute(told)]
