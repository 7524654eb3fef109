"""Customers that turned out to be one: the port ``Merges``. Recorded, followed by later events, undone on request."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.events import Event
from models.identity import Merge
from persistence.audit import AuditLog
from persistence.customers import CustomerTable, subscription_events
from persistence.locks import hold
from persistence.merge_rows import MergeRows
from persistence.rows import bounded, value_of
from persistence.subscriptions import SUBSCRIPTION_EVENTS, Subscription
from persistence.tables.customers import customer, subscription_event
from persistence.tables.identity import identity_merge
from persistence.tables.revenue import mrr_statement

_FILLED = (
    "name", "first_name", "email", "plan", "segment", "mrr", "currency", "seats", "locale", "timezone", "country",
    "csm_id", "renewal_date", "contract_length_months",
)  # fmt: skip
_CONSENT = ("consent_marketing", "consent_relationship")
_LONGEST_CHAIN = 20


class MergeTable:
    """One row for each merge; what it moved is in its journal."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._rows = MergeRows(connection)

    async def merge(self, loser: str, winner: str, at: datetime, by: str, reason: str) -> Merge:
        """Everything that is known of the loser becomes the winner's; see the port."""
        await hold(self._connection, "merges")
        if loser == winner:
            raise Refused("a customer is not merged with itself", field="customer", value=loser)
        known = {one: await self._customer(one) for one in sorted((loser, winner))}
        for one in (loser, winner):
            into = await self.winner_of(one)
            if into != one:
                raise Refused(f"is merged into {into} already", field="customer", value=one)
        filled = _filled(known[loser], known[winner])
        number = (
            await self._connection.execute(
                identity_merge.insert()
                .values(
                    loser=loser, winner=winner, at=at, by=bounded(by), reason=bounded(reason), undone_by="",
                    filled=_stored(filled), stopped=[],
                )
                .returning(identity_merge.c.number)
            )
        ).scalar_one()  # fmt: skip
        await self._rows.move(number, loser, winner)
        if filled:
            await self._set(winner, {field: new for field, (_, new) in filled.items()})
        await self._refold(loser, winner)
        await AuditLog(self._connection).add(at, by, "customers_merged", winner, {"loser": loser, "merge": number})
        return await self._get(number)

    async def undo(self, number: int, at: datetime, by: str) -> Merge:
        """Give back what was moved; see the port."""
        await hold(self._connection, "merges")
        merge = await self._get(number)
        if merge.undone_at is not None:
            raise Refused("is undone already", field="merge", value=number)
        if await self.winner_of(merge.winner) != merge.winner:
            raise Refused(f"{merge.winner} was merged since; undo that first", field="merge", value=number)
        for one in sorted((merge.loser, merge.winner)):
            await self._customer(one)
        await self._rows.give_back(number, merge.loser, merge.winner)
        await self._unfill(number, merge.winner)
        await self._refold(merge.loser, merge.winner)
        await self._connection.execute(
            update(identity_merge)
            .where(identity_merge.c.number == number)
            .values(undone_at=at, undone_by=bounded(by), filled={})
        )
        await AuditLog(self._connection).add(at, by, "merge_undone", merge.winner, {"merge": number})
        return await self._get(number)

    async def stopped(self, number: int, workflow_ids: Sequence[str]) -> None:
        """Note which processes of the loser were stopped."""
        await self._connection.execute(
            update(identity_merge).where(identity_merge.c.number == number).values(stopped=list(workflow_ids))
        )

    async def winner_of(self, customer: str) -> str:
        """The customer that this one is now; itself where it was not merged."""
        for _ in range(_LONGEST_CHAIN):
            merge = await self._open(customer)
            if merge is None:
                break
            customer = merge.winner
        return customer

    async def follow(self, event: Event, *, currency: str) -> str:
        """After an event of a merged customer was applied to it: bring what it left to the winner; returns whom."""
        one = event.customer.id
        while (merge := await self._open(one)) is not None:
            said = event.model_copy(update={"customer": event.customer.model_copy(update={"id": merge.winner})})
            await CustomerTable(self._connection).apply(said, currency=currency)
            for table in (subscription_event, mrr_statement) if _tells_money(event) else ():
                await self._rows.note_copy(merge.number, table, event.event_id)
            await self._rows.move(merge.number, one, merge.winner)
            one = merge.winner
        return one

    async def all(self, customer: str | None = None) -> list[Merge]:
        """Merges, newest first."""
        query = select(identity_merge).order_by(identity_merge.c.number.desc())
        if customer is not None:
            query = query.where((identity_merge.c.loser == customer) | (identity_merge.c.winner == customer))
        rows = (await self._connection.execute(query)).mappings().all()
        return [await self._told(row) for row in rows]

    async def _open(self, loser: str) -> Merge | None:
        query = select(identity_merge).where(identity_merge.c.loser == loser, identity_merge.c.undone_at.is_(None))
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return None if row is None else value_of(Merge, row)

    async def _get(self, number: int) -> Merge:
        query = select(identity_merge).where(identity_merge.c.number == number)
        row = (await self._connection.execute(query)).mappings().one_or_none()
        if row is None:
            raise NotFound("no such merge", field="merge", value=number)
        return await self._told(row)

    async def _told(self, row: RowMapping) -> Merge:
        moved = await self._rows.count(row["number"])
        return value_of(Merge, row).model_copy(update={"rows": moved})

    async def _customer(self, one: str) -> RowMapping:
        query = select(customer).where(customer.c.id == one).with_for_update(key_share=True)
        row = (await self._connection.execute(query)).mappings().one_or_none()
        if row is None:
            raise NotFound("no such customer", field="customer", value=one)
        return row

    async def _set(self, one: str, values: dict[str, Any]) -> None:
        await self._connection.execute(update(customer).where(customer.c.id == one).values(**values))

    async def _unfill(self, number: int, winner: str) -> None:
        """What the loser filled is taken back where nothing newer was said since."""
        stored = await self._connection.execute(
            select(identity_merge.c.filled).where(identity_merge.c.number == number)
        )
        row = await self._customer(winner)
        filled: dict[str, list[Any]] = stored.scalar_one()
        back = {field: old for field, (old, new) in filled.items() if _comparable(row[field]) == new}
        if back:
            await self._set(winner, back)

    async def _refold(self, *ones: str) -> None:
        """The state of a subscription follows from the events that are a customer's now."""
        for one in ones:
            row = await self._customer(one)
            now = Subscription.from_json(row["base"]).fold(await subscription_events(self._connection, one))
            await self._set(
                one,
                {
                    "subscription_status": now.status.value if now.status is not None else None,
                    "trial_ends_at": now.trial_ends_at,
                    "subscribed_at": now.subscribed_at,
                    "cycle": now.cycle,
                },
            )


def _tells_money(event: Event) -> bool:
    """Whether applying it writes a row of its own, for each customer that it is applied to."""
    return event.type in SUBSCRIPTION_EVENTS or event.customer.mrr is not None


def _filled(loser: RowMapping, winner: RowMapping) -> dict[str, tuple[Any, Any]]:
    """Field to (before, after): gaps are filled; of two consents the stricter counts."""
    filled = {field: (None, loser[field]) for field in _FILLED if winner[field] is None and loser[field] is not None}
    for field in _CONSENT:
        strict = False if False in (loser[field], winner[field]) else winner[field]
        if strict is not winner[field]:
            filled[field] = (winner[field], strict)
    return filled


def _stored(filled: dict[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    return {field: [_comparable(old), _comparable(new)] for field, (old, new) in filled.items()}


def _comparable(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)
