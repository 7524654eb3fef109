"""Candidates and advocates: the port ``Advocacy`` (section 13.2 of the domain)."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.advocacy import AdvocacyStatus, CandidateRecord, CandidateStatus
from models.nps import AddCandidate
from persistence.rows import insert, value_of
from persistence.tables.advocacy import advocacy_candidate

_OPEN = (CandidateStatus.NEW.value, CandidateStatus.CONTACTED.value)

_STANDS = {
    CandidateStatus.NEW: AdvocacyStatus.NONE,
    CandidateStatus.CONTACTED: AdvocacyStatus.INVITED,
    CandidateStatus.ACCEPTED: AdvocacyStatus.ACTIVE,
    CandidateStatus.DECLINED: AdvocacyStatus.DECLINED,
}


class AdvocacyTable:
    """Candidates, one open at a time for each customer."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def status(self, customer: str) -> AdvocacyStatus:
        """Where the customer stands: as its latest candidate record does."""
        candidate = advocacy_candidate.c
        found = await self._connection.execute(
            select(candidate.status)
            .where(candidate.customer == customer)
            .order_by(candidate.at.desc(), candidate.key.desc())
            .limit(1)
        )
        status = found.scalar_one_or_none()
        return AdvocacyStatus.NONE if status is None else _STANDS[CandidateStatus(status)]

    async def open_candidate(self, customer: str) -> CandidateRecord | None:
        """The candidate that is ``new`` or ``contacted``, or None."""
        candidate = advocacy_candidate.c
        rows = await self._connection.execute(
            select(advocacy_candidate).where(candidate.customer == customer, candidate.status.in_(_OPEN))
        )
        row = rows.mappings().one_or_none()
        return None if row is None else value_of(CandidateRecord, row)

    async def move(self, customer: str, to: CandidateStatus, at: datetime) -> None:
        """The open candidate moved on; nothing where none is open."""
        await self._connection.execute(
            update(advocacy_candidate)
            .where(advocacy_candidate.c.customer == customer, advocacy_candidate.c.status.in_(_OPEN))
            .values(status=to.value, updated_at=at)
        )

    async def add_candidate(self, asked: AddCandidate, key: str, at: datetime) -> None:
        """A candidate, unless one is open; idempotent per key."""
        if await self.open_candidate(asked.customer) is not None:
            return
        await self._connection.execute(
            insert(self._connection, advocacy_candidate)
            .values(
                key=key,
                customer=asked.customer,
                source=asked.source,
                score=asked.score,
                status=CandidateStatus.NEW.value,
                at=at,
                updated_at=at,
            )
            .on_conflict_do_nothing()
        )
