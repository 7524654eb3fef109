"""A customer's onboarding as it was at a moment (section 4.4 of the domain)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import OnboardingStatus
from persistence.past import Reader
from persistence.tables.plays import customer_onboarding, onboarding_progress


class PastOnboarding:
    """Facts of the onboarding of one cycle; cycle 0 is the latest that had started."""

    def __init__(self, connection: AsyncConnection, row: RowMapping, *, as_of: datetime, cycle: int) -> None:
        self._connection = connection
        self._customer = row
        self._as_of = as_of
        self._cycle = cycle

    def readers(self) -> Mapping[str, Reader]:
        """How each fact is read."""
        return {
            "onboarding_completion": self.completion,
            "onboarding_status": self.status,
            "first_value_reached": self.first_value_reached,
        }

    async def completion(self) -> int | None:
        """Required steps done, 0 to 100."""
        record = await self._record()
        if record is None:
            return None
        moved = await self._moved(record)
        return None if moved is None else int(moved["progress"])

    async def status(self) -> str | None:
        """``not_started`` for a customer of ours without a record; unknown for an imported one.

        A stall falls between two moves, and the record does not say when: of a record that has moved on since, a
        stall in the past is not told.
        """
        record = await self._record()
        if record is None:
            return OnboardingStatus.NOT_STARTED.value if self._customer["imported_at"] is None else None
        if record["finished"] is not None and record["finished"] <= self._as_of:
            return str(record["status"])
        if record["finished"] is None and record["last_progress"] <= self._as_of:
            return str(record["status"])
        return OnboardingStatus.IN_PROGRESS.value

    async def first_value_reached(self) -> bool | None:
        """The program's first-value criterion was met by then."""
        record = await self._record()
        return None if record is None else record["first_value"] is not None and record["first_value"] <= self._as_of

    async def _record(self) -> RowMapping | None:
        query = select(customer_onboarding).where(
            customer_onboarding.c.customer == self._customer["id"], customer_onboarding.c.started <= self._as_of
        )
        if self._cycle:
            query = query.where(customer_onboarding.c.cycle == self._cycle)
        rows = await self._connection.execute(query.order_by(customer_onboarding.c.cycle.desc()).limit(1))
        return rows.mappings().one_or_none()

    async def _moved(self, record: RowMapping) -> RowMapping | None:
        rows = await self._connection.execute(
            select(onboarding_progress)
            .where(
                onboarding_progress.c.customer == record["customer"],
                onboarding_progress.c.cycle == record["cycle"],
                onboarding_progress.c.at <= self._as_of,
            )
            .order_by(onboarding_progress.c.at.desc())
            .limit(1)
        )
        return rows.mappings().one_or_none()
