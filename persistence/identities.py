"""Whose the accounts of other systems are: the port ``Identities``."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identity import Candidate, CaseStatus, How, Identity, IdentityCase
from models.vendor import Ref, VendorStatus
from persistence.rows import bounded, insert, value_of
from persistence.tables.customers import customer
from persistence.tables.identity import identity, identity_case, identity_domain, vendor_parked


class IdentityTable:
    """Accounts, verified domains, and doubts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, refs: Sequence[Ref]) -> Identity | None:
        """The first of these accounts that is known."""
        wanted = or_(*((identity.c.system == ref.system) & (identity.c.external_id == ref.id) for ref in refs))
        rows = await self._connection.execute(select(identity).where(wanted))
        known = {(row["system"], row["external_id"]): value_of(Identity, row) for row in rows.mappings()}
        return next((known[ref.system, ref.id] for ref in refs if (ref.system, ref.id) in known), None)

    async def put(self, ref: Ref, customer: str, how: How, at: datetime, by: str = "") -> None:
        """This account is this customer's; replaces what was said before."""
        row = {"customer": customer, "how": how.value, "at": at, "by": bounded(by)}
        await self._connection.execute(
            insert(self._connection, identity)
            .values(system=ref.system, external_id=ref.id, **row)
            .on_conflict_do_update(index_elements=["system", "external_id"], set_=row)
        )

    async def of(self, customer: str) -> list[Identity]:
        """The accounts of a customer."""
        rows = await self._connection.execute(
            select(identity).where(identity.c.customer == customer).order_by(identity.c.system, identity.c.external_id)
        )
        return [value_of(Identity, row) for row in rows.mappings()]

    async def customers_with_email(self, email: str, *, limit: int = 5) -> list[str]:
        """Customers of exactly this address, whatever its case."""
        return await self._ids(select(customer.c.id).where(func.lower(customer.c.email) == email.lower()), limit)

    async def customers_at(self, domain: str, *, limit: int = 5) -> list[str]:
        """Customers whose address is at this domain or below it."""
        address = func.lower(customer.c.email)
        at = (address.endswith(f"{mark}{domain}", autoescape=True) for mark in ("@", "."))
        return await self._ids(select(customer.c.id).where(or_(*at)), limit)

    async def domain_owner(self, domain: str) -> str | None:
        """The customer for whom a person verified this domain."""
        found = await self._connection.execute(
            select(identity_domain.c.customer).where(identity_domain.c.domain == domain)
        )
        owner: str | None = found.scalar_one_or_none()
        return owner

    async def verify_domain(self, domain: str, customer: str, at: datetime, by: str) -> None:
        """A person says that this domain is this customer's."""
        row = {"customer": customer, "at": at, "by": bounded(by)}
        await self._connection.execute(
            insert(self._connection, identity_domain)
            .values(domain=domain, **row)
            .on_conflict_do_update(index_elements=["domain"], set_=row)
        )

    async def case(self, ref: Ref) -> IdentityCase | None:
        """The doubt about an account."""
        return await self._one(_cases().where(_about(ref)))

    async def numbered(self, number: int) -> IdentityCase | None:
        """The doubt of that number."""
        return await self._one(_cases().where(identity_case.c.number == number))

    async def doubt(
        self,
        ref: Ref,
        candidates: Sequence[Candidate],
        at: datetime,
        *,
        email: str | None = None,
        domain: str | None = None,
        name: str | None = None,
    ) -> IdentityCase:
        """Open a doubt, or bring it up to date; a decided one stays decided."""
        hints = {"email": email, "domain": domain, "name": name}
        known = {field: value for field, value in hints.items() if value is not None}
        guesses = [one.model_dump(mode="json") for one in candidates]
        first = {"status": CaseStatus.OPEN.value, "first_seen": at, "decided_by": ""}
        await self._connection.execute(
            insert(self._connection, identity_case)
            .values(system=ref.system, external_id=ref.id, candidates=guesses, last_seen=at, **first, **hints)
            .on_conflict_do_update(
                index_elements=["system", "external_id"],
                set_={"last_seen": at, **known, **({"candidates": guesses} if guesses else {})},
            )
        )
        found = await self.case(ref)
        assert found is not None
        return found

    async def decide(self, ref: Ref, status: CaseStatus, customer: str | None, at: datetime, by: str) -> None:
        """Close the doubt about an account, if there is one."""
        await self._connection.execute(
            update(identity_case)
            .where(_about(ref))
            .values(status=status.value, customer=customer, decided_at=at, decided_by=bounded(by))
        )

    async def at_domain(self, domain: str) -> list[IdentityCase]:
        """Open doubts about accounts of a domain; those of one thing that happened are left to a person."""
        query = _cases().where(identity_case.c.status == CaseStatus.OPEN.value, identity_case.c.domain == domain)
        rows = await self._connection.execute(query.order_by(identity_case.c.number))
        return [one for one in map(_case, rows.mappings()) if not one.external_id.startswith("response:")]

    async def cases(self, status: CaseStatus | None, *, limit: int) -> list[IdentityCase]:
        """Doubts, those with most waiting statements first."""
        query = _cases() if status is None else _cases().where(identity_case.c.status == status.value)
        ordered = query.order_by(_WAITING.desc(), identity_case.c.number).limit(limit)
        return [_case(row) for row in (await self._connection.execute(ordered)).mappings()]

    async def _one(self, query: Select[*tuple[object, ...]]) -> IdentityCase | None:
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return None if row is None else _case(row)

    async def _ids(self, query: Select[str], limit: int) -> list[str]:
        rows = await self._connection.execute(query.order_by(customer.c.id).limit(limit))
        return list(rows.scalars())


_WAITING = (
    select(func.count())
    .where(
        vendor_parked.c.system == identity_case.c.system,
        vendor_parked.c.external_id == identity_case.c.external_id,
        vendor_parked.c.status == VendorStatus.PARKED.value,
    )
    .correlate(identity_case)
    .scalar_subquery()
)


def _cases() -> Select[*tuple[object, ...]]:
    return select(identity_case, _WAITING.label("waiting"))


def _about(ref: Ref) -> ColumnElement[bool]:
    return (identity_case.c.system == ref.system) & (identity_case.c.external_id == ref.id)


def _case(row: RowMapping) -> IdentityCase:
    return value_of(IdentityCase, row)
