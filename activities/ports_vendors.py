"""Repositories for what other systems tell: their events, and whose their accounts are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from models.events import Event
from models.identity import Candidate, CaseStatus, How, Identity, IdentityCase, Merge
from models.vendor import Parked, Ref, Said, VendorEvent


class VendorEvents(Protocol):
    """The trace of vendors' events; each is taken once."""

    async def add(self, event: VendorEvent) -> bool:
        """Store it; False if this vendor's event was there already."""
        ...

    async def finish(self, event: VendorEvent) -> None:
        """What became of it."""
        ...

    async def advance(self, vendor: str, subject: str, at: datetime) -> bool:
        """The state of an object as of ``at``: False if a later one is known."""
        ...

    async def park(self, vendor: str, said: Said, ref: Ref, at: datetime, status: str) -> None:
        """Keep a statement of an account that is not known (``parked``) or was refused (``dropped``)."""
        ...

    async def parked(self, system: str, external_id: str) -> list[Parked]:
        """Statements about an account that were not applied, oldest first."""
        ...

    async def settle(self, system: str, external_id: str, status: str, customer: str | None) -> None:
        """All statements about an account that were not applied are so now."""
        ...

    async def refused(self, vendor: str | None, *, limit: int) -> list[VendorEvent]:
        """Refused events whose bodies are kept, oldest first."""
        ...

    async def listed(self, vendor: str | None, status: str | None, *, limit: int) -> list[VendorEvent]:
        """The newest events."""
        ...

    async def counts(self) -> Mapping[tuple[str, str], int]:
        """How many of each vendor and status."""
        ...

    async def forget_bodies(self, before: datetime) -> None:
        """Drop the bodies of refused events received before then."""
        ...


class Identities(Protocol):
    """Whose the accounts of other systems are."""

    async def find(self, refs: Sequence[Ref]) -> Identity | None:
        """The first of these accounts that is known."""
        ...

    async def put(self, ref: Ref, customer: str, how: How, at: datetime, by: str = "") -> None:
        """This account is this customer's; replaces what was said before."""
        ...

    async def of(self, customer: str) -> list[Identity]:
        """The accounts of a customer."""
        ...

    async def customers_with_email(self, email: str, *, limit: int = 5) -> list[str]:
        """Customers of exactly this address, whatever its case."""
        ...

    async def customers_at(self, domain: str, *, limit: int = 5) -> list[str]:
        """Customers whose address is at this domain or below it."""
        ...

    async def domain_owner(self, domain: str) -> str | None:
        """The customer for whom a person verified this domain."""
        ...

    async def verify_domain(self, domain: str, customer: str, at: datetime, by: str) -> None:
        """A person says that this domain is this customer's."""
        ...

    async def case(self, ref: Ref) -> IdentityCase | None:
        """The doubt about an account."""
        ...

    async def numbered(self, number: int) -> IdentityCase | None:
        """The doubt of that number."""
        ...

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
        ...

    async def decide(self, ref: Ref, status: CaseStatus, customer: str | None, at: datetime, by: str) -> None:
        """Close the doubt about an account, if there is one."""
        ...

    async def at_domain(self, domain: str) -> list[IdentityCase]:
        """Open doubts about accounts of a domain, but for those whose address was typed in by whoever filled a form."""
        ...

    async def cases(self, status: CaseStatus | None, *, limit: int) -> list[IdentityCase]:
        """Doubts, those with most waiting statements first."""
        ...


class Merges(Protocol):
    """Customers that turned out to be one."""

    async def merge(self, loser: str, winner: str, at: datetime, by: str, reason: str) -> Merge:
        """Everything that is known of the loser becomes the winner's.

        Raises:
            NotFound: no such customer.
            Refused: one of them is merged already, or they are the same.
        """
        ...

    async def undo(self, number: int, at: datetime, by: str) -> Merge:
        """Give back what was moved.

        Raises:
            NotFound: no such merge.
            Refused: it is undone already, or the winner was itself merged since.
        """
        ...

    async def stopped(self, number: int, workflow_ids: Sequence[str]) -> None:
        """Note which processes of the loser were stopped."""
        ...

    async def winner_of(self, customer: str) -> str:
        """The customer that this one is now; itself where it was not merged."""
        ...

    async def follow(self, event: Event, *, currency: str) -> str:
        """After an event of a merged customer was applied to it: bring what it left to the winner; returns whom."""
        ...

    async def all(self, customer: str | None = None) -> list[Merge]:
        """Merges, newest first."""
        ...
