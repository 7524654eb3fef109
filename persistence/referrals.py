"""Referrals: the port ``Referrals`` (section 13.2 of the domain)."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.referral import Referral, ReferralStatus
from persistence.rows import insert, row_of, value_of
from persistence.tables.advocacy import referral
from persistence.tables.customers import customer

_LIVE = (ReferralStatus.PENDING.value, ReferralStatus.TRIAL_STARTED.value)


class ReferralTable:
    """Referrals, each with a code of its own."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, ident: str) -> Referral | None:
        """The referral, or None."""
        return await self._one(select(referral).where(referral.c.id == ident))

    async def by_code(self, code: str) -> Referral | None:
        """The referral of that code, or None."""
        return await self._one(select(referral).where(referral.c.code == code))

    async def by_address(self, address: str) -> list[Referral]:
        """Every referral of a (normalised) address, oldest first."""
        return await self._all(
            select(referral).where(referral.c.referred_email == address).order_by(referral.c.created_at, referral.c.id)
        )

    async def of(self, referrer: str) -> list[Referral]:
        """The referrals of a customer, oldest first."""
        return await self._all(
            select(referral).where(referral.c.referrer == referrer).order_by(referral.c.created_at, referral.c.id)
        )

    async def due(self, created_by: datetime) -> list[Referral]:
        """Referrals made by then that have neither converted nor closed."""
        return await self._all(
            select(referral)
            .where(referral.c.status.in_(_LIVE), referral.c.created_at <= created_by)
            .order_by(referral.c.created_at, referral.c.id)
        )

    async def put(self, value: Referral) -> None:
        """Insert or replace."""
        row = row_of(value)
        await self._connection.execute(
            insert(self._connection, referral).values(**row).on_conflict_do_update(index_elements=["id"], set_=row)
        )

    async def is_customer(self, address: str) -> bool:
        """Whether a customer has that (normalised) address."""
        found = await self._connection.execute(
            select(customer.c.id).where(func.lower(customer.c.email) == address).limit(1)
        )
        return found.scalar_one_or_none() is not None

    async def _one(self, query: Select[*tuple[object, ...]]) -> Referral | None:
        found = await self._all(query)
        return found[0] if found else None

    async def _all(self, query: Select[*tuple[object, ...]]) -> list[Referral]:
        rows = await self._connection.execute(query)
        return [value_of(Referral, row) for row in rows.mappings()]
