"""Moving what is known of one customer to another, row by row and back: the journal of a merge.

A row keeps its key. Where the other customer has a row of the same key already (the same day's report, say), the row
stays where it is and waits to be alone again.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Date, Table, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.tables import book, customers, identity, measures, messages, revenue, reviews, work
from persistence.tables.identity import identity_merge_row
from persistence.types import UtcDateTime

MOVED: tuple[Table, ...] = (
    customers.login,
    customers.response,
    customers.subscription_event,
    revenue.mrr_statement,
    book.subscription,
    book.usage_event,
    book.ticket,
    measures.ticket_severity,
    book.churn_event,
    measures.source_report,
    measures.conversation_day,
    measures.limit_usage,
    measures.blocked_attempt,
    measures.seat_count,
    measures.competitor_mention,
    measures.survey_send,
    measures.survey_response,
    measures.meeting,
    measures.outreach_message,
    measures.message_news,
    measures.renewal_word,
    reviews.agreed_input,
    reviews.lead_day,
    measures.invoice,
    measures.growth_potential,
    measures.cancellation_request,
    messages.communication,
    work.csm_task,
    work.notice,
    identity.identity,
    identity.identity_domain,
    identity.vendor_event,
)
"""Facts, messages, tasks and accounts. What is computed from them is computed again; processes stay where they ran."""

_PAGE = 500


class MergeRows:
    """The rows of merges, on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def move(self, merge: int, loser: str, winner: str) -> int:
        """Everything movable of the loser becomes the winner's; how many rows."""
        return sum([await self._move(table, merge, loser, winner) for table in MOVED])

    async def give_back(self, merge: int, loser: str, winner: str) -> int:
        """The inverse of every move of this merge; how many rows."""
        count = 0
        for table in MOVED:
            keys = await self._journal(merge, table, copied=False)
            copies = await self._journal(merge, table, copied=True)
            await self._each(delete(table), table, copies, winner)
            if table.c.customer.primary_key:
                # Told again under the loser's name meanwhile: the same row, which is now coming back.
                await self._each(delete(table), table, keys, loser)
            await self._each(update(table).values(customer=loser), table, keys, winner)
            count += len(keys)
        await self._connection.execute(delete(identity_merge_row).where(identity_merge_row.c.merge == merge))
        return count

    async def note_copy(self, merge: int, table: Table, *key: str) -> None:
        """A row was written for the winner beside the loser's own."""
        await self._connection.execute(
            identity_merge_row.insert().values(merge=merge, table_name=table.name, key=list(key), copied=True)
        )

    async def count(self, merge: int) -> int:
        """How many rows are moved."""
        query = select(func.count()).where(identity_merge_row.c.merge == merge, identity_merge_row.c.copied.is_(False))
        return int((await self._connection.execute(query)).scalar_one())

    async def _move(self, table: Table, merge: int, loser: str, winner: str) -> int:
        key = _key(table)
        movable: list[ColumnElement[bool]] = [table.c.customer == loser]
        if table.c.customer.primary_key:
            other = table.alias("other")
            same = [other.c[column.name] == column for column in key]
            movable.append(~select(other.c.customer).where(other.c.customer == winner, *same).exists())
        rows = [list(row) for row in (await self._connection.execute(select(*key).where(*movable))).all()]
        if rows:
            journal = [
                {"merge": merge, "table_name": table.name, "key": [_plain(value) for value in row], "copied": False}
                for row in rows
            ]
            await self._connection.execute(identity_merge_row.insert(), journal)
            await self._connection.execute(update(table).where(*movable).values(customer=winner))
        return len(rows)

    async def _journal(self, merge: int, table: Table, *, copied: bool) -> list[list[Any]]:
        rows = await self._connection.execute(
            select(identity_merge_row.c.key).where(
                identity_merge_row.c.merge == merge,
                identity_merge_row.c.table_name == table.name,
                identity_merge_row.c.copied.is_(copied),
            )
        )
        return [
            [_typed(column, value) for column, value in zip(_key(table), key, strict=True)] for key in rows.scalars()
        ]

    async def _each(self, statement: Any, table: Table, keys: Sequence[list[Any]], of: str) -> None:
        where = [column == bindparam(f"key_{number}") for number, column in enumerate(_key(table))]
        for page in _pages(keys):
            values = [{f"key_{number}": value for number, value in enumerate(key)} for key in page]
            await self._connection.execute(statement.where(table.c.customer == of, *where), values)


def _key(table: Table) -> list[Column[Any]]:
    return [column for column in table.primary_key.columns if column.name != "customer"]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _typed(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def _pages(keys: Sequence[list[Any]]) -> Iterable[Sequence[list[Any]]]:
    return (keys[start : start + _PAGE] for start in range(0, len(keys), _PAGE))
