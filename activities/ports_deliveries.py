"""The outbox of the outside systems and their circuits, as a repository of a transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from models.outside import System
from models.vendor_delivery import Circuit, StepWait, VendorDelivery, VendorStatus, Waiting


class VendorOutbox(Protocol):
    """Stored, then delivered. ``now`` is real time here."""

    async def add(self, delivery: VendorDelivery) -> None:
        """Store it (idempotent per key).

        An account that already waits to be saved is not stored twice: what is saved is read when it is delivered.
        """
        ...

    async def add_all(self, deliveries: Sequence[VendorDelivery]) -> None:
        """The same of many, in a fixed number of statements."""
        ...

    async def get(self, delivery_id: int) -> VendorDelivery | None:
        """The delivery, or None."""
        ...

    async def by_key(self, key: str) -> VendorDelivery | None:
        """The delivery, or None."""
        ...

    async def due(self, system: System, now: datetime, *, stuck: datetime, limit: int) -> list[VendorDelivery]:
        """Those whose time has come, oldest first, and those that are being sent since before ``stuck``."""
        ...

    async def due_systems(self, now: datetime, *, stuck: datetime) -> list[System]:
        """Systems for which something is due and whose circuit lets it through."""
        ...

    async def begin(self, delivery: VendorDelivery, now: datetime, *, resent: bool = False) -> None:
        """It is being sent from now on; one more attempt."""
        ...

    async def settle(
        self,
        delivery_id: int,
        status: VendorStatus,
        *,
        at: datetime | None = None,
        next_try: datetime | None = None,
        reference: str = "",
        response: str = "",
    ) -> None:
        """How the attempt went. What is delivered stays delivered."""
        ...

    async def of(self, customer: str) -> list[VendorDelivery]:
        """Deliveries about a customer, oldest first."""
        ...

    async def listed(
        self, statuses: Sequence[VendorStatus], *, system: System | None = None, limit: int = 100
    ) -> list[VendorDelivery]:
        """Deliveries that stand so, oldest first."""
        ...

    async def waiting(self) -> list[Waiting]:
        """How many wait for each system, with its circuit; systems of which nothing is known are left out."""
        ...

    async def waits(self, step: StepWait) -> None:
        """A step cannot go on until its system answers; since when stays as it was first said."""
        ...

    async def goes_on(self, key: str) -> None:
        """The step of that effect key waits no more."""
        ...

    async def again(self, system: System, now: datetime, more: Sequence[VendorStatus]) -> int:
        """An operator asks it again: its circuit closes, what waits is due, ``more`` statuses wait again; how many."""
        ...

    async def circuit(self, system: System) -> Circuit:
        """How a system does."""
        ...

    async def slot(self, system: System, now: datetime, *, every: timedelta, longest: timedelta) -> timedelta:
        """Take the next moment at which it may be asked: how long until then. Longer than ``longest``: not taken."""
        ...

    async def change(self, before: Circuit, after: Circuit) -> bool:
        """Store it; False if somebody else changed it meanwhile."""
        ...
