"""Calls that somebody is asked to make: the smallest thing that is told to outside systems."""

from datetime import timedelta

from activities.ports import Transaction
from models.clock import utc_now
from models.enums import Priority
from models.records import CsmTask


async def ask_for_calls(tx: Transaction, customer: str, count: int, name: str) -> None:
    """So many tasks of the team, under keys that begin with the name."""
    now = utc_now()
    for number in range(count):
        await tx.work.add_task(
            CsmTask(
                key=f"{name}{number}",
                customer=customer,
                workflow_id="w",
                type="call",
                title=f"Call {number}",
                priority=Priority.NORMAL,
                assignee="team",
                due=now + timedelta(days=1),
                created_at=now,
            )
        )
