"""Links to a customer's latest recorded visits, from the system that records them, behind its circuit (section 2).

They help whoever is asked to call; nothing waits for them. A customer is asked for by our id, and by the address only
where the settings let it out.
"""

from collections.abc import Collection

from activities.circuits import Circuits
from activities.ports import Store
from activities.ports_analytics import SessionReader
from models.enums import Language
from models.errors import SteadfastError
from models.outside import Shareable, System
from models.outside_links import OutsideSession

_LONGEST = 500
_WORDS = {
    Language.ES: ("Últimas visitas grabadas:", "Sin visitas grabadas.", "No se han podido leer las visitas grabadas."),
    Language.EN: ("Latest recorded visits:", "No recorded visits.", "The recorded visits could not be read."),
}


class Visits:
    """Asks ``reader``. ``share``: what of a customer may leave the house."""

    def __init__(
        self,
        store: Store,
        circuits: Circuits,
        system: System,
        reader: SessionReader,
        share: Collection[Shareable],
        language: Language,
    ) -> None:
        self._store, self._circuits = store, circuits
        self._system, self._reader = system, reader
        self._share, self._words = share, _WORDS[language]

    async def latest(self, customer: str) -> tuple[OutsideSession, ...]:
        """The newest first; those with an address that a browser opens.

        Raises:
            Retryable: the system does not answer, or is left in peace.
            Rejected, Misconfigured: it refuses.
        """
        found = await self._circuits.call(self._system, lambda: self._reader.sessions(uid=customer))
        if not found and "email" in self._share:
            async with self._store.begin() as tx:
                known = await tx.customers.get(customer)
            email = known.email if known is not None else None
            if email:
                found = await self._circuits.call(self._system, lambda: self._reader.sessions(email=email))
        return tuple(one for one in found if one.url.startswith("https://") and len(one.url) <= _LONGEST)

    async def told(self, key: str, customer: str) -> str:
        """For the text of a task; empty where the effect under this key is done already and needs none."""
        async with self._store.begin() as tx:
            if await tx.effects.get(key) is not None:
                return ""
        latest, nothing, unread = self._words
        try:
            found = await self.latest(customer)
        except SteadfastError:
            return unread
        return "\n".join((latest, *(_line(one) for one in found))) if found else nothing


def _line(one: OutsideSession) -> str:
    return f"{one.at:%Y-%m-%d %H:%M} UTC {one.url}" if one.at is not None else one.url
