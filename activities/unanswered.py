"""The words of a level of an escalation path: what nobody has answered, since when (section 7.3, C9)."""

from activities.ports import Transaction
from models.enums import Language
from models.play import EscalationInput


async def unanswered(tx: Transaction, asked: EscalationInput) -> dict[Language, str]:
    """By language. It names the oldest open task of the run, in the house's words; without one, the playbook."""
    open_ones = [
        one
        for one in await tx.work.tasks(asked.customer)
        if one.workflow_id == asked.workflow_id and one.status == "open"
    ]
    what = min(open_ones, key=lambda one: (one.created_at, one.key)).title if open_ones else asked.playbook
    if asked.since is None:
        return {Language.ES: f"Sin respuesta: {what}", Language.EN: f"No answer: {what}"}
    return {
        Language.ES: f"Sin respuesta desde el {asked.since:%d/%m/%Y}: {what} (aviso {asked.level})",
        Language.EN: f"No answer since {asked.since:%Y-%m-%d}: {what} (notice {asked.level})",
    }
