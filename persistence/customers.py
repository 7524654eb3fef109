"""Customers and their managers: the port ``Customers``."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import LifecycleStage, Segment
from models.errors import BadInput, NotFound
from models.events import Event, EventCustomer, EventType
from models.records import Csm, Customer
from persistence.audit import AuditLog
from persistence.mrr_statements import note
from persistence.rows import Row, insert, row_of, value_of
from persistence.stamps import Stamp, Stamps
from persistence.subscriptions import SUBSCRIPTION_EVENTS, Subscription, SubscriptionEvent
from persistence.tables.customers import csm, customer, subscription_event

TRIAL_DAYS = 14
"""Length of a trial when the event does not say (section 0.3)."""

_SAID = (
    "name", "first_name", "email", "plan", "segment", "mrr", "currency", "seats", "locale", "timezone", "csm_id",
    "renewal_date", "contract_length_months",
)  # fmt: skip


class CustomerTable:
    """In a writing transaction, reading a customer locks it until the end: what follows from it is decided once."""

    def __init__(self, connection: AsyncConnection, *, writing: bool = True) -> None:
        self._connection = connection
        self._writing = writing

    async def get(self, customer_id: str) -> Customer | None:
        """The customer, or None."""
        row = await self._row(customer_id)
        return None if row is None else value_of(Customer, row)

    async def apply(self, event: Event, *, currency: str) -> Customer:
        """What an event says of its customer, stored; see the port."""
        said = event.customer
        if said.currency is not None and said.currency != currency:
            raise BadInput(f"expected {currency}, the configured currency", field="currency", value=said.currency)
        row = await self._there(said.id)
        stamps, stamp = Stamps(row["stamps"]), Stamp(event.occurred_at, event.event_id)
        changes: Row = {name: value for name, value in _statements(said).items() if stamps.claim(name, stamp)}
        await note(self._connection, event)
        if event.type in SUBSCRIPTION_EVENTS:
            changes |= await self._subscription(event, Subscription.from_json(row["base"]))
        await self._connection.execute(
            update(customer).where(customer.c.id == said.id).values(**changes, stamps=stamps.to_json())
        )
        stored = await self.get(said.id)
        assert stored is not None
        return stored

    async def put(self, value: Customer) -> None:
        """Write every field; see the port. Events older than the import change nothing that the import knew."""
        row = await self._there(value.id)
        before = value_of(Customer, row)
        stamps, base = Stamps(row["stamps"]), Subscription.from_json(row["base"])
        if value.imported_at is not None:
            for name in type(value).model_fields:
                if getattr(value, name) is not None and getattr(value, name) != getattr(before, name):
                    stamps.claim(name, Stamp(value.imported_at))
        if _state(value) != _state(before):
            base = _state(value)._replace(at=await self._latest(value.id, value.imported_at))
        await self._connection.execute(
            update(customer)
            .where(customer.c.id == value.id)
            .values(**row_of(value), stamps=stamps.to_json(), base=base.to_json())
        )

    async def csm(self, csm_id: str) -> Csm | None:
        """The manager, or None."""
        row = (await self._connection.execute(select(csm).where(csm.c.id == csm_id))).mappings().one_or_none()
        return None if row is None else value_of(Csm, row)

    async def assign(self, customer_id: str, csm_id: str) -> bool:
        """Give the customer this manager if it has none; False if it has one.

        Raises:
            NotFound: there is no such customer.
        """
        given = await self._connection.execute(
            update(customer)
            .where(customer.c.id == customer_id, customer.c.csm_id.is_(None))
            .values(csm_id=csm_id)
            .returning(customer.c.id)
        )
        if given.scalar_one_or_none() is not None:
            return True
        if await self._row(customer_id) is None:
            raise NotFound("no such customer", field="customer", value=customer_id)
        return False

    async def put_csm(self, value: Csm) -> None:
        """Insert or replace a manager."""
        row = row_of(value)
        statement = insert(self._connection, csm).values(**row)
        await self._connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))

    async def csms(self) -> list[Csm]:
        """Every manager, by id."""
        rows = await self._connection.execute(select(csm).order_by(csm.c.id))
        return [value_of(Csm, row) for row in rows.mappings()]

    async def least_loaded_csm(self, segment: Segment) -> Csm | None:
        """The manager serving the segment with the fewest customers not churned (ties by id), or None."""
        load = (
            select(customer.c.csm_id, func.count().label("load"))
            .where(or_(customer.c.stage.is_(None), customer.c.stage != LifecycleStage.CHURNED.value))
            .group_by(customer.c.csm_id)
            .subquery()
        )
        rows = await self._connection.execute(
            select(csm).outerjoin(load, load.c.csm_id == csm.c.id).order_by(func.coalesce(load.c.load, 0), csm.c.id)
        )
        serving = (each for each in (value_of(Csm, row) for row in rows.mappings()) if segment in each.segments)
        return next(serving, None)

    async def activate_outreach(self, at: datetime) -> list[str]:
        """Lift the hold on every imported customer; returns their ids."""
        rows = await self._connection.execute(
            update(customer)
            .where(customer.c.outreach_held.is_(True))
            .values(outreach_held=False)
            .returning(customer.c.id)
        )
        released = sorted(rows.scalars())
        if released:
            await AuditLog(self._connection).add(
                at, "operator", "outreach_activated", "*", {"customers": len(released)}
            )
        return released

    async def _row(self, customer_id: str) -> RowMapping | None:
        statement = select(customer).where(customer.c.id == customer_id)
        if self._writing:
            statement = statement.with_for_update(key_share=True)
        return (await self._connection.execute(statement)).mappings().one_or_none()

    async def _there(self, customer_id: str) -> RowMapping:
        blank = {**row_of(Customer(id=customer_id)), "stamps": {}, "base": {}}
        await self._connection.execute(insert(self._connection, customer).values(**blank).on_conflict_do_nothing())
        row = await self._row(customer_id)
        assert row is not None
        return row

    async def _subscription(self, event: Event, base: Subscription) -> Row:
        ends = None
        if event.type is EventType.TRIAL_STARTED:
            days = event.data.get("trial_days", TRIAL_DAYS)
            assert isinstance(days, int)  # the event was validated so
            ends = event.occurred_at + timedelta(days=days)
        await self._connection.execute(
            insert(self._connection, subscription_event)
            .values(
                customer=event.customer.id, event_id=event.event_id, kind=event.type.value,
                at=event.occurred_at, trial_ends_at=ends,
            )
            .on_conflict_do_nothing()
        )  # fmt: skip
        now = base.fold(await subscription_events(self._connection, event.customer.id))
        return {
            "subscription_status": now.status.value if now.status is not None else None,
            "trial_ends_at": now.trial_ends_at,
            "subscribed_at": now.subscribed_at,
            "cycle": now.cycle,
        }

    async def _latest(self, customer_id: str, imported_at: datetime | None) -> datetime | None:
        if imported_at is not None:
            return imported_at
        moments = [event.at for event in await subscription_events(self._connection, customer_id)]
        return max(moments, default=None)


async def subscription_events(connection: AsyncConnection, customer_id: str) -> list[SubscriptionEvent]:
    """The stored subscription events of a customer."""
    rows = await connection.execute(select(subscription_event).where(subscription_event.c.customer == customer_id))
    return [
        SubscriptionEvent(row["event_id"], EventType(row["kind"]), row["at"], row["trial_ends_at"])
        for row in rows.mappings()
    ]


def _statements(said: EventCustomer) -> dict[str, Any]:
    given = row_of(said.model_copy(update={"consent": None}))
    consent = said.consent
    flags = {
        "consent_marketing": consent.marketing if consent is not None else None,
        "consent_relationship": consent.relationship if consent is not None else None,
    }
    return {name: value for name, value in {**{n: given[n] for n in _SAID}, **flags}.items() if value is not None}


def _state(value: Customer) -> Subscription:
    return Subscription(value.subscription_status, value.trial_ends_at, value.subscribed_at, value.cycle)
