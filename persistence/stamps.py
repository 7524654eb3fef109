"""Since when each field of a customer is known: an older event does not overwrite what a newer one said.

A stamp is (moment, event id); of two, the greater wins, so the order of arrival does not matter. A field without a
stamp was never set by an event or an import and yields to any.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple


class Stamp(NamedTuple):
    """When something was said, and by which event (empty: an import)."""

    at: datetime
    event_id: str = ""


class Stamps:
    """The stamps of one customer, as kept in the column ``customer.stamps``."""

    def __init__(self, stored: Mapping[str, list[str]] | None = None) -> None:
        self._stored = dict(stored or {})

    def of(self, field: str) -> Stamp | None:
        """The stamp of a field, or None."""
        found = self._stored.get(field)
        return None if found is None else Stamp(datetime.fromisoformat(found[0]), found[1])

    def claim(self, field: str, stamp: Stamp) -> bool:
        """Set the field's stamp if this one is newer; whether it was."""
        present = self.of(field)
        if present is not None and stamp <= present:
            return False
        self._stored[field] = [stamp.at.astimezone(UTC).isoformat(), stamp.event_id]
        return True

    def known_at(self, field: str, moment: datetime) -> bool:
        """Whether the present value of the field was there at that moment."""
        stamp = self.of(field)
        return stamp is None or stamp.at <= moment

    def to_json(self) -> dict[str, list[str]]:
        """As kept."""
        return dict(sorted(self._stored.items()))
