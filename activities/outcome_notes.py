"""What a person answered in a run, for verbs and texts that use their words."""

from collections.abc import Collection

from activities.ports import Transaction
from models.people import Outcome


async def last_outcome(
    tx: Transaction, customer: str, workflow_id: str, outcomes: Collection[str] = ()
) -> Outcome | None:
    """The latest answer in the run, of these outcomes if any are named; None: nobody has answered."""
    given = [one for one in await tx.outcomes.of(customer) if one.workflow_id == workflow_id]
    fitting = [one for one in given if not outcomes or one.outcome in outcomes]
    return fitting[-1] if fitting else None
