"""May this play start for this account? Asked in the transaction that would start it, so the log precedes exposure."""

from datetime import datetime

from activities.ports import Transaction
from models.experiment import Arm
from models.playbook import Playbook
from rules import holdout


async def held_out(tx: Transaction, playbook: Playbook, customer: str, at: datetime) -> bool:
    """Whether the account is in the playbook's holdout arm; logs its arm on the first time it is eligible."""
    drawn = holdout.assignment(playbook, customer, at)
    if drawn is None:
        return False
    return (await tx.assignments.assign(drawn)).arm is Arm.HOLDOUT
