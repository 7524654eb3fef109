"""An inbox row as its customer's workflow is told of it: the kind, the moment, and the few values a rule reads."""

from models.event_bodies import carried_of, subject_of
from models.events import Event, Occurrence
from models.records import InboxRow


def occurrence_key(source: str, event_id: str) -> str:
    """What a redelivery of the same event is recognised by."""
    return f"{source}:{event_id}"


def occurrence_of(row: InboxRow, event: Event) -> Occurrence:
    """What ``CustomerLifecycle`` is signalled. Free text and addresses stay in the inbox."""
    return Occurrence(
        kind=event.type.value,
        key=occurrence_key(row.source, row.event_id),
        at=event.occurred_at,
        subject=subject_of(event.type, event.data),
        number=row.number,
        data=carried_of(event.type, event.data),
    )
