"""An inbox row as its customer's workflow is told of it: the kind, the moment, and the few values a rule reads."""

from models.events import Event, EventType, Occurrence
from models.records import InboxRow

_CARRIED: dict[EventType, tuple[str, ...]] = {
    EventType.TRIAL_STARTED: ("trial_days",),
    EventType.ONBOARDING_STEP_COMPLETED: ("step_id",),
    EventType.SUBSCRIPTION_CANCELLED: ("reason",),
}
"""Which of an event's data travel. A closed list: other data are stored, and never reach a workflow."""

_LONGEST = 200


def occurrence_key(source: str, event_id: str) -> str:
    """What a redelivery of the same event is recognised by."""
    return f"{source}:{event_id}"


def occurrence_of(row: InboxRow, event: Event) -> Occurrence:
    """What ``CustomerLifecycle`` is signalled. The subject is the criterion, where the event names one."""
    criterion = event.data.get("criterion") if event.type is EventType.ONBOARDING_STEP_COMPLETED else None
    return Occurrence(
        kind=event.type.value,
        key=occurrence_key(row.source, row.event_id),
        at=event.occurred_at,
        subject=criterion if isinstance(criterion, str) else "",
        number=row.number,
        data=_scalars(event),
    )


def _scalars(event: Event) -> dict[str, str | int | float | bool | None]:
    carried: dict[str, str | int | float | bool | None] = {}
    for name in _CARRIED.get(event.type, ()):
        value = event.data.get(name)
        if isinstance(value, str):
            carried[name] = value[:_LONGEST]
        elif isinstance(value, int | float):
            carried[name] = value
    return carried
