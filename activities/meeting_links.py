"""A booking link for one meeting of one customer, from the system that makes them, behind its circuit."""

from collections.abc import Callable

from activities.circuits import Circuits
from activities.ports import Store
from activities.ports_meetings import Scheduler
from models.outside import System


class MeetingLinks:
    """``token``: what the link carries, and brings back with the booking: a signed statement of whose it is."""

    def __init__(
        self, store: Store, circuits: Circuits, system: System, scheduler: Scheduler, token: Callable[[str], str]
    ) -> None:
        self._store, self._circuits = store, circuits
        self._system, self._scheduler, self._token = system, scheduler, token

    async def link(self, key: str, customer: str, meeting: str, *, waits: bool = False) -> str:
        """The link; empty where the effect under this key is done already and needs none. ``waits``: the step does.

        Raises:
            Retryable: the system does not answer, or is left in peace.
            Rejected, Misconfigured: it refuses.
        """
        async with self._store.begin() as tx:
            if await tx.effects.get(key) is not None:
                return ""
        return await self._circuits.call(
            self._system,
            lambda: self._scheduler.link(self._token(customer), meeting, key),
            step=key if waits else "",
        )
