"""Requests for approval: the port ``Approvals``."""

from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.approval import Approval, ApprovalStatus
from persistence.rows import bounded, insert, row_of, value_of
from persistence.tables.approvals import approval


class ApprovalTable:
    """Requests, each unique on its key."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ask(self, request: Approval) -> Approval:
        """Store the request and return it with its number; one that is there under the key stays as it is."""
        row = row_of(request)
        del row["number"]
        await self._connection.execute(
            insert(self._connection, approval).values(**row).on_conflict_do_nothing(index_elements=["key"])
        )
        stored = await self.by_key(request.key)
        assert stored is not None
        return stored

    async def get(self, number: int) -> Approval | None:
        """The request, or None."""
        found = await self._all(select(approval).where(approval.c.number == number))
        return found[0] if found else None

    async def by_key(self, key: str) -> Approval | None:
        """The request, or None."""
        found = await self._all(select(approval).where(approval.c.key == key))
        return found[0] if found else None

    async def settle(self, decided: Approval) -> bool:
        """Write the decision; False if somebody decided it already."""
        changed = await self._connection.execute(
            update(approval)
            .where(approval.c.number == decided.number, approval.c.status == ApprovalStatus.PENDING.value)
            .values(
                status=decided.status.value,
                decided_by=decided.decided_by,
                decided_at=decided.decided_at,
                reason=bounded(decided.reason),
            )
            .returning(approval.c.number)
        )
        return changed.scalar_one_or_none() is not None

    async def withdraw_of(self, workflow_id: str, reason: str, at: datetime) -> None:
        """The run that asked has ended: what nobody has decided needs no decision any more."""
        mine = (approval.c.workflow_id == workflow_id) & (approval.c.status == ApprovalStatus.PENDING.value)
        await self._connection.execute(
            update(approval)
            .where(mine)
            .values(status=ApprovalStatus.WITHDRAWN.value, reason=bounded(reason), decided_at=at)
        )

    async def requests(self, *, status: ApprovalStatus | None = None, customer: str | None = None) -> list[Approval]:
        """Requests by number, those of a status or a customer."""
        query = select(approval).order_by(approval.c.number)
        if status is not None:
            query = query.where(approval.c.status == status.value)
        if customer is not None:
            query = query.where(approval.c.customer == customer)
        return await self._all(query)

    async def _all(self, query: Select[*tuple[object, ...]]) -> list[Approval]:
        rows = await self._connection.execute(query)
        return [value_of(Approval, row) for row in rows.mappings()]
