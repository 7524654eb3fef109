"""What a run leaves in its history: events, bytes, and the actions that Temporal Cloud would bill."""

from typing import NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

BILLED = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
        EventType.EVENT_TYPE_TIMER_STARTED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
        EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
        EventType.EVENT_TYPE_MARKER_RECORDED,
    }
)
"""Events of which each is an action; a marker here is a local activity, of which there is one in a run."""


class Cost(NamedTuple):
    """Of one run."""

    events: int
    bytes: int
    actions: int
    upserts: int


def cost(history: WorkflowHistory) -> Cost:
    """Count one history."""
    kinds = [event.event_type for event in history.events]
    return Cost(
        events=len(kinds),
        bytes=sum(event.ByteSize() for event in history.events),
        actions=sum(kind in BILLED for kind in kinds),
        upserts=kinds.count(EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES),
    )


def per_step(short: Cost, long: Cost, steps: int) -> tuple[float, float, float]:
    """Events, bytes and actions of one step: the slope between two runs that differ by so many steps."""
    return (
        (long.events - short.events) / steps,
        (long.bytes - short.bytes) / steps,
        (long.actions - short.actions) / steps,
    )
