"""What other systems told: the port ``VendorEvents``."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.vendor import Parked, Ref, Said, VendorEvent, VendorStatus
from persistence.rows import bounded, insert, row_of, value_of
from persistence.tables.identity import vendor_event, vendor_object, vendor_parked

_OPEN = (VendorStatus.PARKED.value, VendorStatus.DROPPED.value)


class VendorEventTable:
    """One row for each event of a vendor, unique on (vendor, event id)."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, event: VendorEvent) -> bool:
        """Store it; False if this vendor's event was there already."""
        stored = await self._connection.execute(
            insert(self._connection, vendor_event)
            .values(**row_of(event))
            .on_conflict_do_nothing(index_elements=["vendor", "event_id"])
            .returning(vendor_event.c.event_id)
        )
        return stored.scalar_one_or_none() is not None

    async def finish(self, event: VendorEvent) -> None:
        """What became of it."""
        row = row_of(event)
        changed = {name: row[name] for name in ("status", "customer", "says", "suspected_injection", "body")}
        await self._connection.execute(
            update(vendor_event)
            .where(vendor_event.c.vendor == event.vendor, vendor_event.c.event_id == event.event_id)
            .values(**changed, reason=bounded(event.reason))
        )

    async def advance(self, vendor: str, subject: str, at: datetime) -> bool:
        """The state of an object as of ``at``: False if a later one is known. The same moment is not later."""
        statement = insert(self._connection, vendor_object).values(vendor=vendor, subject=subject, at=at)
        stored = await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["vendor", "subject"], set_={"at": at}, where=vendor_object.c.at <= at
            ).returning(vendor_object.c.subject)
        )
        return stored.scalar_one_or_none() is not None

    async def park(self, vendor: str, said: Said, ref: Ref, at: datetime, status: str) -> None:
        """Keep a statement of an account that is not known (``parked``) or was refused (``dropped``)."""
        await self._connection.execute(
            vendor_parked.insert().values(
                vendor=vendor,
                event_id=said.event_id,
                system=ref.system,
                external_id=ref.id,
                said=said.model_dump(mode="json"),
                parked_at=at,
                status=status,
            )
        )

    async def parked(self, system: str, external_id: str) -> list[Parked]:
        """Statements about an account that were not applied, oldest first."""
        rows = await self._connection.execute(
            select(vendor_parked)
            .where(_about(system, external_id), vendor_parked.c.status.in_(_OPEN))
            .order_by(vendor_parked.c.number)
        )
        return [
            Parked(
                number=row["number"],
                vendor=row["vendor"],
                event_id=row["event_id"],
                said=Said.model_validate(row["said"]),
            )
            for row in rows.mappings()
        ]

    async def settle(self, system: str, external_id: str, status: str, customer: str | None) -> None:
        """All statements about an account that were not applied are so now; applied ones leave the queue."""
        mine = (_about(system, external_id), vendor_parked.c.status.in_(_OPEN))
        ids = select(vendor_parked.c.vendor, vendor_parked.c.event_id).where(*mine)
        for vendor, event_id in (await self._connection.execute(ids)).all():
            await self._connection.execute(
                update(vendor_event)
                .where(vendor_event.c.vendor == vendor, vendor_event.c.event_id == event_id)
                .values(status=status, customer=customer)
            )
        if status == VendorStatus.APPLIED:
            await self._connection.execute(delete(vendor_parked).where(*mine))
        else:
            await self._connection.execute(update(vendor_parked).where(*mine).values(status=status))

    async def refused(self, vendor: str | None, *, limit: int) -> list[VendorEvent]:
        """Refused events whose bodies are kept, oldest first."""
        query = select(vendor_event).where(vendor_event.c.body.is_not(None)).order_by(vendor_event.c.received_at)
        return await self._all(query.where(vendor_event.c.vendor == vendor) if vendor else query, limit)

    async def listed(self, vendor: str | None, status: str | None, *, limit: int) -> list[VendorEvent]:
        """The newest events."""
        query = select(vendor_event).order_by(vendor_event.c.received_at.desc(), vendor_event.c.event_id)
        query = query.where(vendor_event.c.vendor == vendor) if vendor else query
        return await self._all(query.where(vendor_event.c.status == status) if status else query, limit)

    async def counts(self) -> Mapping[tuple[str, str], int]:
        """How many of each vendor and status."""
        rows = await self._connection.execute(
            select(vendor_event.c.vendor, vendor_event.c.status, func.count()).group_by(
                vendor_event.c.vendor, vendor_event.c.status
            )
        )
        return {(vendor, status): count for vendor, status, count in rows.all()}

    async def forget_bodies(self, before: datetime) -> None:
        """Drop the bodies of refused events received before then."""
        await self._connection.execute(
            update(vendor_event)
            .where(vendor_event.c.body.is_not(None), vendor_event.c.received_at < before)
            .values(body=None)
        )

    async def _all(self, query: Select[*tuple[object, ...]], limit: int) -> list[VendorEvent]:
        rows = await self._connection.execute(query.limit(limit))
        return [value_of(VendorEvent, row) for row in rows.mappings()]


def _about(system: str, external_id: str) -> ColumnElement[bool]:
    return (vendor_parked.c.system == system) & (vendor_parked.c.external_id == external_id)
