"""Candidates, claims and rewards: the port ``Advocacy`` (section 13.2 of the domain)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.advocacy import (
    ActivityClaim,
    AdvocacyStatus,
    CandidateRecord,
    CandidateStatus,
    Redemption,
)
from models.nps import AddCandidate
from persistence.fact_recorded import record
from persistence.rows import insert, row_of, value_of
from persistence.tables.advocacy import advocacy_candidate, advocacy_claim, reward_redemption
from persistence.tables.customers import customer
from persistence.tables.measures import survey_response

_OPEN = (CandidateStatus.NEW.value, CandidateStatus.CONTACTED.value)

_STANDS = {
    CandidateStatus.NEW: AdvocacyStatus.NONE,
    CandidateStatus.CONTACTED: AdvocacyStatus.INVITED,
    CandidateStatus.ACCEPTED: AdvocacyStatus.ACTIVE,
    CandidateStatus.DECLINED: AdvocacyStatus.DECLINED,
}


class AdvocacyTable:
    """Candidates, one open at a time for each customer; claims and redemptions, each unique on its key."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def status(self, customer_id: str) -> AdvocacyStatus:
        """Where the customer stands: as its latest candidate record does."""
        candidate = advocacy_candidate.c
        found = await self._connection.execute(
            select(candidate.status)
            .where(candidate.customer == customer_id)
            .order_by(candidate.at.desc(), candidate.key.desc())
            .limit(1)
        )
        status = found.scalar_one_or_none()
        return AdvocacyStatus.NONE if status is None else _STANDS[CandidateStatus(status)]

    async def open_candidate(self, customer_id: str) -> CandidateRecord | None:
        """The candidate that is ``new`` or ``contacted``, or None."""
        candidate = advocacy_candidate.c
        rows = await self._connection.execute(
            select(advocacy_candidate).where(candidate.customer == customer_id, candidate.status.in_(_OPEN))
        )
        row = rows.mappings().one_or_none()
        return None if row is None else value_of(CandidateRecord, row)

    async def add_candidate(self, asked: AddCandidate, key: str, at: datetime) -> None:
        """A candidate, unless one is open; idempotent per key."""
        if await self.open_candidate(asked.customer) is not None:
            return
        record_ = {"customer": asked.customer, "source": asked.source, "score": asked.score}
        await self._connection.execute(
            insert(self._connection, advocacy_candidate)
            .values(key=key, **record_, status=CandidateStatus.NEW.value, at=at, updated_at=at)
            .on_conflict_do_nothing()
        )

    async def move(self, customer_id: str, to: CandidateStatus, at: datetime) -> None:
        """The open candidate moved on, and the customer's standing with it (A2); nothing where none is open."""
        candidate = advocacy_candidate.c
        await self._connection.execute(
            update(advocacy_candidate)
            .where(candidate.customer == customer_id, candidate.status.in_(_OPEN))
            .values(status=to.value, updated_at=at)
        )

    async def promoters(self, score: int) -> list[str]:
        """Customers whose latest NPS answer is at least that, by id."""
        answer = survey_response.c
        newest = (
            func.row_number()
            .over(partition_by=answer.customer, order_by=(answer.submitted_at.desc(), answer.id.desc()))
            .label("newest")
        )
        latest = select(answer.customer, answer.score, newest).where(answer.kind == "nps").subquery()
        found = await self._connection.execute(
            select(customer.c.id)
            .join(latest, latest.c.customer == customer.c.id)
            .where(latest.c.newest == 1, latest.c.score >= score)
            .order_by(customer.c.id)
        )
        return list(found.scalars())

    async def claims(self, customer_id: str) -> list[ActivityClaim]:
        """The customer's claims, oldest first."""
        return await self._claims(
            select(advocacy_claim)
            .where(advocacy_claim.c.customer == customer_id)
            .order_by(advocacy_claim.c.claimed_at, advocacy_claim.c.key)
        )

    async def claim(self, key: str) -> ActivityClaim | None:
        """The claim, or None."""
        found = await self._claims(select(advocacy_claim).where(advocacy_claim.c.key == key))
        return found[0] if found else None

    async def put_claim(self, value: ActivityClaim) -> None:
        """Insert or replace."""
        row = row_of(value)
        await self._connection.execute(
            insert(self._connection, advocacy_claim)
            .values(**row)
            .on_conflict_do_update(index_elements=["key"], set_=row)
        )

    async def redemptions(self, customer_id: str) -> list[Redemption]:
        """The customer's redemptions, oldest first."""
        redeemed = reward_redemption.c
        rows = await self._connection.execute(
            select(reward_redemption)
            .where(redeemed.customer == customer_id)
            .order_by(redeemed.requested_at, redeemed.key)
        )
        return [value_of(Redemption, row) for row in rows.mappings()]

    async def redemption(self, key: str) -> Redemption | None:
        """The redemption, or None."""
        rows = await self._connection.execute(select(reward_redemption).where(reward_redemption.c.key == key))
        row = rows.mappings().one_or_none()
        return None if row is None else value_of(Redemption, row)

    async def put_redemption(self, value: Redemption) -> None:
        """Insert or replace."""
        row = row_of(value)
        await self._connection.execute(
            insert(self._connection, reward_redemption)
            .values(**row)
            .on_conflict_do_update(index_elements=["key"], set_=row)
        )

    async def count(self, customer_id: str, at: datetime, facts: Iterable[tuple[str, int]]) -> None:
        """Record the facts that count verified activities, as of then."""
        await record(self._connection, [(customer_id, name, at, value) for name, value in facts])

    async def _claims(self, query: Select[*tuple[object, ...]]) -> list[ActivityClaim]:
        rows = await self._connection.execute(query)
        return [value_of(ActivityClaim, row) for row in rows.mappings()]
