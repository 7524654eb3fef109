"""What checklists and exception lists look at, as repositories of a transaction (sections 16 and 17)."""

from datetime import datetime
from typing import Protocol

from models.checklist import Attestation
from models.exception_list import AtRiskStanding, DetractorAnswer, OpenSignal, PlanStanding, QbrStanding


class Checklists(Protocol):
    """Single questions about one customer."""

    async def welcomed(self, customer: str) -> bool:
        """A welcome mail was sent."""
        ...

    async def met(self, customer: str, kind: str) -> bool:
        """A meeting of that kind took place, and they came."""
        ...

    async def arranged(self, customer: str, kind: str, *, since: datetime, until: datetime) -> bool:
        """A meeting of that kind is booked or was held within that time, or is asked of somebody."""
        ...

    async def attest(self, value: Attestation) -> None:
        """A person says that an item is done."""
        ...

    async def attested(self, customer: str) -> list[Attestation]:
        """What people said, oldest first."""
        ...


class Exceptions(Protocol):
    """The whole book at once."""

    async def signals(self) -> list[OpenSignal]:
        """Every open signal, and whether anybody sees to it."""
        ...

    async def detractors(self, at_most: int) -> list[DetractorAnswer]:
        """Answers of detractors that nobody has followed up."""
        ...

    async def growing(self) -> list[PlanStanding]:
        """Growing customers with a manager, and whether their plan is active."""
        ...

    async def reviewed(self) -> list[QbrStanding]:
        """Customers of the reviewed segments, and the quarters whose review was held."""
        ...

    async def at_risk(self) -> list[tuple[AtRiskStanding, tuple[str, ...]]]:
        """Customers at risk and the roles told, without a path; with the playbooks of their open interventions."""
        ...
