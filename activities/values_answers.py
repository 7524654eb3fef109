"""Values of what people did in the run: tickets looked at, an offer approved (sections 7.2, 9 and 14.2)."""

from activities.outcome_notes import last_outcome
from activities.ports import Transaction
from activities.values_source import Asked, Values
from models.approval import ApprovalKind, ApprovalStatus
from models.deals import DraftKind
from models.enums import Language
from models.offers import Offer

NOTES = {"status_note": "send_status", "resolution": "send_resolution"}
"""What a person wrote with an outcome is what the mail says."""


class AnswerValues:
    """From the run's own drafts and approvals: nothing that nobody approved is ever said."""

    NAMES = frozenset({"tickets", "return_offer", "status_note", "resolution"})

    async def values(self, tx: Transaction, asked: Asked) -> Values:
        """What was found and approved."""
        values: Values = {
            "tickets": [
                {"id": one.id, "opened_on": one.opened.date()}
                for one in await tx.evidence.open_tickets(asked.customer.id, asked.now)
            ]
        }
        for name, outcome in NOTES.items():
            said = await last_outcome(tx, asked.customer.id, asked.workflow_id, [outcome])
            if said is not None and said.note:
                values[name] = said.note
        offer = await _approved_offer(tx, asked)
        if offer is not None:
            values["return_offer"] = offer.text.es if asked.language is Language.ES else offer.text.en
        return values


async def _approved_offer(tx: Transaction, asked: Asked) -> Offer | None:
    """The first offer of the run's draft, if a named person approved it for this customer (G20)."""
    approved = await tx.approvals.requests(status=ApprovalStatus.APPROVED, customer=asked.customer.id)
    if not any(one.workflow_id == asked.workflow_id and one.kind is ApprovalKind.DISCOUNT for one in approved):
        return None
    draft = await tx.drafts.get(asked.customer.id, DraftKind.RETURN_OFFER, asked.workflow_id)
    offers = draft.content["offers"] if draft is not None else None
    return Offer.model_validate(offers[0]) if isinstance(offers, list) and offers else None
