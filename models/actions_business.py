"""What the verbs of renewals, surveys, offers and reviews need to know; see :mod:`models.actions` for the others."""

from typing import Literal

from pydantic import Field

from models.action_texts import Texts
from models.base import Slug, Value
from models.enums import Severity

Evidence = Literal["nps_answer", "usage", "competitor_ticket", "health"]
"""What an alert may carry: the answer and its feedback, use against the month before, the ticket, the score."""


class RaiseAlert(Value):
    """Alert the customer's manager and the alerts webhook (sections 5.5 and 14.2)."""

    alert: Slug
    text: Texts
    severity: Severity = Severity.HIGH
    evidence: tuple[Evidence, ...] = ()


class CalculateRenewalHealth(Value):
    """Class the renewal green, amber or red (section 14.2); branches read it as ``renewal_class``."""


class CreateRenewalOpp(Value):
    """Open the term's renewal in the CRM, status pending, unless it is open."""


class RecordRenewal(Value):
    """Record what the customer decided of the term, as the event ``renewal_decided`` does."""

    decision: Literal["renewed", "declined"]


class CreateExpansionOpp(Value):
    """Open the stored opportunity in the CRM and tell the expansion webhook."""


class PrepareProposal(Value):
    """Draft a proposal for the stored opportunity; a person approves it before it is sent."""


class PrepareSaveOffer(Value):
    """Draft what may be offered, from the approved list; a person approves it before it is shown."""

    offers: Literal["save_offers", "return_offers"] = Field(
        default="save_offers", description="List of config/offers.yaml."
    )


class PrepareQbr(Value):
    """Draft the review of the quarter, unless it is drafted."""


class SendNpsSurvey(Value):
    """Send the round's survey, if the last one is 90 days old (section 11.1)."""


class RemindSurvey(Value):
    """Remind of the round's survey, once, if it was sent and is open."""


class CloseSurvey(Value):
    """Close the round's survey; a later answer is stored as late."""


class AddToAdvocacyPipeline(Value):
    """Add the customer as a candidate for advocacy, unless it is one."""


class InviteAdvocate(Value):
    """Invite the customer to the advocacy program, once (A2)."""


class InviteReferred(Value):
    """Write to the person referred, with recorded consent; without, give the referrer the link to pass on (A5)."""


class RecordPlanReview(Value):
    """Record that the success plan was reviewed, and date the next review by its cadence (section 10.1)."""


BUSINESS_PARAMS: dict[str, type[Value]] = {
    "raise_alert": RaiseAlert,
    "calculate_renewal_health": CalculateRenewalHealth,
    "create_renewal_opp": CreateRenewalOpp,
    "record_renewal": RecordRenewal,
    "create_expansion_opp": CreateExpansionOpp,
    "prepare_proposal": PrepareProposal,
    "prepare_save_offer": PrepareSaveOffer,
    "prepare_qbr": PrepareQbr,
    "send_nps_survey": SendNpsSurvey,
    "remind_survey": RemindSurvey,
    "close_survey": CloseSurvey,
    "add_to_advocacy_pipeline": AddToAdvocacyPipeline,
    "invite_advocate": InviteAdvocate,
    "invite_referred": InviteReferred,
    "record_plan_review": RecordPlanReview,
}
