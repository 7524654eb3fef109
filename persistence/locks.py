"""Locks on a name within a transaction, for what a unique constraint cannot say: a cap, the next number."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection


async def hold(connection: AsyncConnection, *name: str) -> None:
    """Wait until no other transaction holds this name, and hold it to the end of this one.

    SQLite has one writer at a time, which holds everything.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("\x1f".join(name), 0))))
