"""Calibrations that were made, and who signed them (sections 18.4, check 6, and 18.6 of the domain)."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.calibration import StoredCalibration
from models.errors import NotFound, Refused
from persistence.rows import bounded, insert, row_of, value_of
from persistence.tables.calibration import calibration


class Calibrations:
    """Kept comparisons, newest first."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, made: StoredCalibration) -> None:
        """Keep one; a second with its id changes nothing."""
        await self._connection.execute(
            insert(self._connection, calibration).values(row_of(made)).on_conflict_do_nothing(index_elements=["id"])
        )

    async def sign(self, id_: str, *, by: str, at: datetime) -> StoredCalibration:
        """A named person has looked at it: from now on it counts.

        Raises:
            NotFound: there is none of that id.
            Refused: somebody else signed it; or nothing could be told, so there is nothing to sign.
        """
        found = await self.get(id_)
        if not found.report.told:
            raise Refused("nothing could be told of these weights, so there is nothing to sign", field="calibration")
        if found.signed_by is not None and found.signed_by != by:
            raise Refused(f"signed by {found.signed_by} already", field="calibration", value=id_)
        await self._connection.execute(
            update(calibration)
            .where(calibration.c.id == id_, calibration.c.signed_at.is_(None))
            .values(signed_by=bounded(by), signed_at=at)
        )
        return await self.get(id_)

    async def get(self, id_: str) -> StoredCalibration:
        """That one. Raises NotFound."""
        rows = await self._connection.execute(select(calibration).where(calibration.c.id == id_))
        row = rows.mappings().one_or_none()
        if row is None:
            raise NotFound("no such calibration", field="calibration", value=id_)
        return value_of(StoredCalibration, row)

    async def all(self, limit: int = 50) -> list[StoredCalibration]:
        """The newest ones."""
        rows = await self._connection.execute(
            select(calibration).order_by(calibration.c.at.desc(), calibration.c.id).limit(limit)
        )
        return [value_of(StoredCalibration, row) for row in rows.mappings()]
