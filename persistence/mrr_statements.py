"""What events say of a customer's subscription and its amount, kept in order of time whatever order they arrive in."""

from sqlalchemy.ext.asyncio import AsyncConnection

from models.events import Event
from persistence.rows import insert
from persistence.tables.revenue import mrr_statement

KINDS = frozenset({"trial_started", "subscription_created", "subscription_changed", "subscription_cancelled"})
"""The events that tell of MRR. An amount that another event mentions changes the customer, not its MRR's history;
reconciliation shows where the two differ."""


async def note(connection: AsyncConnection, event: Event) -> None:
    """Keep what the event says; once, however often it is delivered."""
    if event.type.value not in KINDS:
        return
    await connection.execute(
        insert(connection, mrr_statement)
        .values(
            customer=event.customer.id, event_id=event.event_id, kind=event.type.value, at=event.occurred_at,
            mrr=event.customer.mrr,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
