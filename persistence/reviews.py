"""Quarterly reviews as they are kept, and the numbers agreed for them (section 12 of the domain)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.agreed_input import AgreedInput, AgreedInputName
from models.errors import NotFound, Refused
from models.qbr import QbrStatus, StoredQbr
from persistence.rows import bounded, insert, row_of, value_of
from persistence.tables.reviews import agreed_input, qbr


class ReviewTable:
    """One review for each customer and quarter."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def draft(self, review: StoredQbr) -> StoredQbr:
        """Keep a draft; it replaces an earlier draft of the quarter, never what somebody approved.

        Raises:
            Refused: the quarter's review is approved already.
        """
        known = await self.of_quarter(review.customer, review.quarter)
        if known is not None and known.status is not QbrStatus.DRAFT:
            raise Refused(f"already {known.status.value} by {known.approved_by}", field="quarter", value=review.quarter)
        kept = review.model_copy(update={"id": known.id}) if known is not None else review
        row = row_of(kept)
        statement = insert(self._connection, qbr).values(row)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["customer", "quarter"],
                set_={"agenda": statement.excluded.agenda, "generated_at": statement.excluded.generated_at},
                where=qbr.c.status == QbrStatus.DRAFT.value,
            )
        )
        return await self.get(kept.id)

    async def approve(self, id_: str, *, by: str, at: datetime) -> StoredQbr:
        """A named person approves exactly what is kept; again by anyone changes nothing.

        Raises:
            NotFound: there is none of that id.
        """
        await self.get(id_)
        await self._connection.execute(
            update(qbr)
            .where(qbr.c.id == id_, qbr.c.status == QbrStatus.DRAFT.value)
            .values(status=QbrStatus.APPROVED.value, approved_by=bounded(by), approved_at=at)
        )
        return await self.get(id_)

    async def held(self, id_: str, *, on: date, notes: str) -> StoredQbr:
        """The meeting took place.

        Raises:
            NotFound: there is none of that id.
            Refused: nobody approved it.
        """
        known = await self.get(id_)
        if known.status is QbrStatus.DRAFT:
            raise Refused("a draft cannot be held: it is approved first", field="qbr", value=id_)
        await self._connection.execute(
            update(qbr)
            .where(qbr.c.id == id_)
            .values(status=QbrStatus.HELD.value, held_on=on, notes=bounded(notes or known.notes))
        )
        return await self.get(id_)

    async def get(self, id_: str) -> StoredQbr:
        """That one. Raises NotFound."""
        found = await self._one(select(qbr).where(qbr.c.id == id_))
        if found is None:
            raise NotFound("no such review", field="qbr", value=id_)
        return found

    async def of_quarter(self, customer: str, quarter: str) -> StoredQbr | None:
        """The customer's review of a quarter such as ``2026-Q1``."""
        return await self._one(select(qbr).where(qbr.c.customer == customer, qbr.c.quarter == quarter))

    async def of(self, customer: str) -> list[StoredQbr]:
        """The customer's reviews, oldest quarter first."""
        rows = await self._connection.execute(select(qbr).where(qbr.c.customer == customer).order_by(qbr.c.quarter))
        return [value_of(StoredQbr, row) for row in rows.mappings()]

    async def agree(self, agreed: AgreedInput) -> None:
        """Keep a number the customer agreed to; earlier ones stay, for the reviews that used them."""
        await self._connection.execute(
            insert(self._connection, agreed_input)
            .values(row_of(agreed))
            .on_conflict_do_nothing(index_elements=["customer", "name", "at"])
        )

    async def agreed(self, customer: str, *, as_of: datetime) -> Sequence[AgreedInput]:
        """The latest of each number, as agreed by then."""
        rows = await self._connection.execute(
            select(agreed_input)
            .where(agreed_input.c.customer == customer, agreed_input.c.at <= as_of)
            .order_by(agreed_input.c.at)
        )
        latest = {AgreedInputName(row["name"]): value_of(AgreedInput, row) for row in rows.mappings()}
        return [latest[name] for name in AgreedInputName if name in latest]

    async def _one(self, query: Select[Any]) -> StoredQbr | None:
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return None if row is None else value_of(StoredQbr, row)
