"""The subscription of a customer, folded from its events: the same whatever order they arrive in.

Events are kept (table ``subscription_event``) and folded by time upon a base: nothing for a customer that signed up,
the state as of the import for an imported one.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from models.enums import SubscriptionStatus
from models.events import EventType

_ORDER = {EventType.TRIAL_STARTED: 0, EventType.SUBSCRIPTION_CREATED: 1, EventType.SUBSCRIPTION_CANCELLED: 2}
_SUBSCRIBED = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)

SUBSCRIPTION_EVENTS = frozenset(_ORDER)


class SubscriptionEvent(NamedTuple):
    """One event that changes a subscription."""

    event_id: str
    kind: EventType
    at: datetime
    trial_ends_at: datetime | None = None


class Subscription(NamedTuple):
    """Where a subscription stands. ``at``: events up to then are contained in it already."""

    status: SubscriptionStatus | None = None
    trial_ends_at: datetime | None = None
    subscribed_at: datetime | None = None
    cycle: int = 0
    at: datetime | None = None

    def fold(self, events: Iterable[SubscriptionEvent], *, until: datetime | None = None) -> "Subscription":
        """The subscription after those of the events that are later than it (and not later than ``until``)."""
        now = self
        for event in sorted(events, key=lambda each: (each.at, _ORDER[each.kind], each.event_id)):
            if (self.at is None or event.at > self.at) and (until is None or event.at <= until):
                now = now._after(event)
        return now

    def _after(self, event: SubscriptionEvent) -> "Subscription":
        match event.kind:
            case EventType.TRIAL_STARTED:
                return self._replace(status=SubscriptionStatus.TRIALING, trial_ends_at=event.trial_ends_at)
            case EventType.SUBSCRIPTION_CREATED if self.status in _SUBSCRIBED:
                return self._replace(status=SubscriptionStatus.ACTIVE)
            case EventType.SUBSCRIPTION_CREATED:
                return self._replace(status=SubscriptionStatus.ACTIVE, cycle=self.cycle + 1, subscribed_at=event.at)
            case _:
                return self._replace(status=SubscriptionStatus.CANCELLED)

    def to_json(self) -> dict[str, Any]:
        """As kept in the column ``customer.base``."""
        return {
            "status": self.status.value if self.status is not None else None,
            "trial_ends_at": _text(self.trial_ends_at),
            "subscribed_at": _text(self.subscribed_at),
            "cycle": self.cycle,
            "at": _text(self.at),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The inverse; an empty document is nothing."""
        return cls(
            status=SubscriptionStatus(stored["status"]) if stored.get("status") else None,
            trial_ends_at=_moment(stored.get("trial_ends_at")),
            subscribed_at=_moment(stored.get("subscribed_at")),
            cycle=stored.get("cycle", 0),
            at=_moment(stored.get("at")),
        )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
