"""The outbox of the outside systems and their circuits: the port ``VendorOutbox``."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import RunStatus
from models.outside import System
from models.run import StepStatus
from models.vendor_delivery import OPEN, Circuit, StepWait, VendorDelivery, VendorStatus, Waiting
from persistence import bulk
from persistence.asked import Asked
from persistence.fact_page import Page
from persistence.locks import hold
from persistence.rows import Row, bounded, insert, row_of, value_of
from persistence.tables.plays import run, run_step
from persistence.tables.vendor_deliveries import vendor_circuit, vendor_delivery, vendor_rate, vendor_wait

_PENDING, _SENDING = VendorStatus.PENDING.value, VendorStatus.SENDING.value
_ROW = vendor_delivery.c


class VendorOutboxTable:
    """One row for each delivery, unique on its key; one for each system that has ever failed."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, delivery: VendorDelivery) -> None:
        """Store it (idempotent per key); an account that already waits to be saved is not stored twice."""
        if delivery.operation.kind == "save_account":
            waits = (
                select(_ROW.id)
                .where(_ROW.customer == delivery.customer, _ROW.system == delivery.system.value)
                .where(_ROW.kind == "save_account", _ROW.status == _PENDING)
                .limit(1)
            )
            if (await self._connection.execute(waits)).first() is not None:
                return
        row = row_of(delivery, kind=delivery.operation.kind)
        del row["id"]
        await self._connection.execute(
            insert(self._connection, vendor_delivery).values(**row).on_conflict_do_nothing(index_elements=["key"])
        )

    async def add_all(self, deliveries: Sequence[VendorDelivery]) -> None:
        """The same of many, in two statements: what a page of the sweep tells."""
        saved = [one for one in deliveries if one.operation.kind == "save_account"]
        waiting: set[tuple[str, str]] = set()
        if saved:
            page = Page(self._connection, sorted({one.customer for one in saved}), as_of=saved[0].created_at)
            waiting = {(owner, system) for owner, system in await page.rows(_saves_waiting)}
        rows = []
        for one in deliveries:
            if one.operation.kind == "save_account" and (one.customer, one.system.value) in waiting:
                continue
            row = row_of(one, kind=one.operation.kind)
            del row["id"]
            rows.append(row)
        if rows:
            await bulk.write(self._connection, vendor_delivery, rows, ["key"], replace=False)

    async def get(self, delivery_id: int) -> VendorDelivery | None:
        """The delivery, or None."""
        found = await self._all(select(vendor_delivery).where(_ROW.id == delivery_id))
        return found[0] if found else None

    async def by_key(self, key: str) -> VendorDelivery | None:
        """The delivery, or None."""
        found = await self._all(select(vendor_delivery).where(_ROW.key == key))
        return found[0] if found else None

    async def due(self, system: System, now: datetime, *, stuck: datetime, limit: int) -> list[VendorDelivery]:
        """Those whose time has come, oldest first, and those that are being sent since before ``stuck``."""
        asked = (
            select(vendor_delivery)
            .where(_ROW.system == system.value, _is_due(now, stuck))
            .order_by(_ROW.id)
            .limit(limit)
        )
        return await self._all(asked)

    async def due_systems(self, now: datetime, *, stuck: datetime) -> list[System]:
        """Systems for which something is due and whose circuit lets it through."""
        blocked = select(vendor_circuit.c.system).where(vendor_circuit.c.retry_at > now)
        asked = select(_ROW.system).distinct().where(_is_due(now, stuck), _ROW.system.not_in(blocked))
        return sorted(System(one) for one in (await self._connection.execute(asked)).scalars())

    async def begin(self, delivery: VendorDelivery, now: datetime, *, resent: bool = False) -> None:
        """It is being sent from now on; one more attempt."""
        changes: Row = {"status": _SENDING, "next_try": now, "attempts": _ROW.attempts + 1}
        if resent:
            changes["resent"] = True
        await self._connection.execute(update(vendor_delivery).where(_ROW.id == delivery.id).values(**changes))

    async def settle(
        self,
        delivery_id: int,
        status: VendorStatus,
        *,
        at: datetime | None = None,
        next_try: datetime | None = None,
        reference: str = "",
        response: str = "",
    ) -> None:
        """How the attempt went. What is delivered stays delivered."""
        changes: Row = {"status": status.value, "response": bounded(response)}
        if status is VendorStatus.DELIVERED:
            changes |= {"delivered_at": at, "reference": bounded(reference)}
        if next_try is not None:
            changes["next_try"] = next_try
        await self._connection.execute(
            update(vendor_delivery).where(_ROW.id == delivery_id, _ROW.delivered_at.is_(None)).values(**changes)
        )

    async def of(self, customer: str) -> list[VendorDelivery]:
        """Deliveries about a customer, oldest first."""
        return await self._all(select(vendor_delivery).where(_ROW.customer == customer).order_by(_ROW.id))

    async def listed(
        self, statuses: Sequence[VendorStatus], *, system: System | None = None, limit: int = 100
    ) -> list[VendorDelivery]:
        """Deliveries that stand so, oldest first."""
        asked = select(vendor_delivery).where(_ROW.status.in_([one.value for one in statuses]))
        if system is not None:
            asked = asked.where(_ROW.system == system.value)
        return await self._all(asked.order_by(_ROW.id).limit(limit))

    async def waiting(self) -> list[Waiting]:
        """How many wait for each system, with its circuit; systems of which nothing is known are left out."""
        asked = (
            select(_ROW.system, _ROW.status, func.count().label("count"), func.min(_ROW.created_at).label("oldest"))
            .where(_ROW.status.in_([*(one.value for one in OPEN), "failed", "unknown"]))
            .group_by(_ROW.system, _ROW.status)
        )
        counted: dict[str, dict[str, tuple[int, datetime]]] = {}
        for row in (await self._connection.execute(asked)).mappings():
            counted.setdefault(row["system"], {})[row["status"]] = (row["count"], row["oldest"])
        rows = (await self._connection.execute(select(vendor_circuit))).mappings()
        circuits = {row["system"]: value_of(Circuit, row) for row in rows}
        steps = {row["system"]: row for row in (await self._connection.execute(_steps_waiting())).mappings()}
        found = []
        for name in sorted({*counted, *circuits, *steps}):
            told = _waiting(System(name), counted.get(name, {}), circuits)
            if (held := steps.get(name)) is not None:
                told = told.model_copy(update={"steps": held["count"], "steps_since": held["since"]})
            found.append(told)
        return found

    async def waits(self, step: StepWait) -> None:
        """A step cannot go on until its system answers; since when stays as it was first said."""
        put = insert(self._connection, vendor_wait).values(**row_of(step, reason=bounded(step.reason)))
        await self._connection.execute(
            put.on_conflict_do_update(
                index_elements=["key"], set_={"reason": put.excluded.reason, "system": put.excluded.system}
            )
        )

    async def goes_on(self, key: str) -> None:
        """The step of that effect key waits no more."""
        await self._connection.execute(delete(vendor_wait).where(vendor_wait.c.key == key))

    async def again(self, system: System, now: datetime, more: Sequence[VendorStatus]) -> int:
        """An operator asks it again: its circuit closes, what waits is due, ``more`` statuses wait again; how many."""
        before = await self.circuit(system)
        await self.change(before, Circuit(system=system))
        statuses = [_PENDING, *(one.value for one in more)]
        done = await self._connection.execute(
            update(vendor_delivery)
            .where(_ROW.system == system.value, _ROW.status.in_(statuses), _ROW.delivered_at.is_(None))
            .values(status=_PENDING, next_try=now, resent=False)
            .returning(_ROW.id)
        )
        return len(done.scalars().all())

    async def circuit(self, system: System) -> Circuit:
        """How a system does."""
        asked = select(vendor_circuit).where(vendor_circuit.c.system == system.value)
        row = (await self._connection.execute(asked)).mappings().first()
        return Circuit(system=system) if row is None else value_of(Circuit, row)

    async def slot(self, system: System, now: datetime, *, every: timedelta, longest: timedelta) -> timedelta:
        """Take the next moment at which it may be asked: how long until then. Longer than ``longest``: not taken."""
        await hold(self._connection, "vendor_rate", system.value)
        asked = select(vendor_rate.c.next_at).where(vendor_rate.c.system == system.value)
        free = (await self._connection.execute(asked)).scalar_one_or_none()
        at = max(free or now, now)
        if at - now > longest:
            return at - now
        put = insert(self._connection, vendor_rate).values(system=system.value, next_at=at + every)
        await self._connection.execute(
            put.on_conflict_do_update(index_elements=["system"], set_={"next_at": put.excluded.next_at})
        )
        return at - now

    async def change(self, before: Circuit, after: Circuit) -> bool:
        """Store it; False if somebody else changed it meanwhile."""
        if before.version == 0:
            await self._connection.execute(
                insert(self._connection, vendor_circuit)
                .values(**row_of(Circuit(system=before.system)))
                .on_conflict_do_nothing(index_elements=["system"])
            )
        done = await self._connection.execute(
            update(vendor_circuit)
            .where(vendor_circuit.c.system == before.system.value, vendor_circuit.c.version == before.version)
            .values(**row_of(after, version=before.version + 1))
            .returning(vendor_circuit.c.system)
        )
        return done.scalar_one_or_none() is not None

    async def _all(self, query: Select[*tuple[object, ...]]) -> list[VendorDelivery]:
        rows = await self._connection.execute(query)
        return [value_of(VendorDelivery, row) for row in rows.mappings()]


def _saves_waiting(asked: Asked) -> Select[Any]:
    return (
        select(_ROW.customer, _ROW.system)
        .where(asked.holds(_ROW.customer), _ROW.kind == "save_account", _ROW.status == _PENDING)
        .distinct()
    )


def _steps_waiting() -> Select[Any]:
    """Those of runs that go on, and that are not over by other ways: skipped by a condition or a person, given up.

    A step whose effect is done may still wait, with the mail that tells of it.
    """
    waits, step = vendor_wait.c, run_step.c
    same = and_(step.workflow_id == waits.workflow_id, step.step_id == waits.step_id)
    over = (StepStatus.SKIPPED.value, StepStatus.FAILED.value)
    return (
        select(waits.system, func.count().label("count"), func.min(waits.since).label("since"))
        .select_from(vendor_wait.join(run, waits.workflow_id == run.c.workflow_id).join(run_step, same, isouter=True))
        .where(run.c.status == RunStatus.RUNNING.value, or_(step.status.is_(None), step.status.not_in(over)))
        .group_by(waits.system)
    )


def _is_due(now: datetime, stuck: datetime) -> ColumnElement[bool]:
    return or_(
        and_(_ROW.status == _PENDING, _ROW.next_try <= now),
        and_(_ROW.status == _SENDING, _ROW.next_try <= stuck),
    )


def _waiting(system: System, counted: dict[str, tuple[int, datetime]], circuits: dict[str, Circuit]) -> Waiting:
    still = [counted[one.value] for one in OPEN if one.value in counted]
    return Waiting(
        system=system,
        waiting=sum(count for count, _ in still),
        oldest=min((oldest for _, oldest in still), default=None),
        failed=counted.get("failed", (0, None))[0],
        unknown=counted.get("unknown", (0, None))[0],
        circuit=circuits.get(system.value, Circuit(system=system)),
    )
