"""The wrapped key of each customer, under which its payloads are encrypted.

A key is needed before the customer's first row exists, so the table refers to no other. Destroying a key overwrites it
with nothing: an erasure is then told apart from a database that lost its rows.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from models.clock import utc_now
from persistence.engine import Database
from persistence.rows import insert
from persistence.tables.operations import customer_key

DESTROYED = b""
"""What a destroyed key leaves behind."""


class CustomerKeyStore:
    """Wrapped keys, one for each customer; each call commits before it returns. ``now`` is the wall clock."""

    def __init__(self, database: Database, *, now: Callable[[], datetime] = utc_now) -> None:
        self._database, self._now = database, now

    async def get(self, customer: str) -> bytes | None:
        """The wrapped key, ``DESTROYED`` after an erasure, None if there never was one."""
        async with self._database.read() as connection:
            found = await connection.execute(
                select(customer_key.c.wrapped_key).where(customer_key.c.customer == customer)
            )
            stored: bytes | None = found.scalar_one_or_none()
        return stored

    async def create(self, customer: str, wrapped: bytes) -> bytes:
        """Store the key unless a live one is there (of two callers the first wins); returns the stored one."""
        async with self._database.write() as connection:
            statement = insert(connection, customer_key).values(
                customer=customer, wrapped_key=wrapped, created_at=self._now()
            )
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["customer"],
                    set_={"wrapped_key": wrapped, "created_at": self._now()},
                    where=customer_key.c.wrapped_key == DESTROYED,
                )
            )
            found = await connection.execute(
                select(customer_key.c.wrapped_key).where(customer_key.c.customer == customer)
            )
            return bytes(found.scalar_one())

    async def destroy(self, customer: str) -> None:
        """Overwrite the key. Idempotent."""
        async with self._database.write() as connection:
            statement = insert(connection, customer_key).values(
                customer=customer, wrapped_key=DESTROYED, created_at=self._now()
            )
            await connection.execute(
                statement.on_conflict_do_update(index_elements=["customer"], set_={"wrapped_key": DESTROYED})
            )
