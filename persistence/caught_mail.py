"""The local catcher's mailbox."""

from datetime import datetime

from sqlalchemy import insert, select

from models.records import CaughtMail
from persistence.engine import Database
from persistence.rows import value_of
from persistence.tables.messages import caught_mail


class CaughtMailStore:
    """Mail that was caught instead of sent, newest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        *,
        received_at: datetime,
        envelope_from: str,
        envelope_to: list[str],
        message_id: str,
        subject: str,
        raw: bytes,
    ) -> None:
        """Store one message; returns once it is durable."""
        async with self._database.write() as connection:
            await connection.execute(
                insert(caught_mail).values(
                    received_at=received_at,
                    envelope_from=envelope_from.replace("\0", ""),
                    envelope_to=[each.replace("\0", "") for each in envelope_to],
                    message_id=message_id.replace("\0", ""),
                    subject=subject.replace("\0", ""),
                    raw=raw,
                )
            )

    async def page(self, limit: int, before_id: int | None = None) -> list[CaughtMail]:
        """The newest, or the newest before an id; without their bodies (``raw`` is empty)."""
        columns = [column for column in caught_mail.c if column is not caught_mail.c.raw]
        query = select(*columns).order_by(caught_mail.c.id.desc()).limit(limit)
        if before_id is not None:
            query = query.where(caught_mail.c.id < before_id)
        async with self._database.read() as connection:
            return [value_of(CaughtMail, row) for row in (await connection.execute(query)).mappings()]

    async def get(self, mail_id: int) -> CaughtMail | None:
        """One message with its body, or None."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(caught_mail).where(caught_mail.c.id == mail_id))
            row = rows.mappings().one_or_none()
        return None if row is None else value_of(CaughtMail, row)
