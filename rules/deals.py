"""An expansion opportunity as a deal of the CRM (section 14.2): under its own number, saved again as it changes."""

from datetime import datetime

from models.expansion import Opportunity, OpportunityStatus
from models.outside import SaveDeal

_STAGE = {OpportunityStatus.OPEN: "open", OpportunityStatus.WON: "won"}


def deal_of(one: Opportunity) -> tuple[SaveDeal, datetime]:
    """The deal, and when it came to stand so. The value is per month and may be unknown; it is no forecast (X5)."""
    number = f"expansion:{one.customer}:{one.type.value}:{one.detected_at:%Y%m%dT%H%M%S}"
    deal = SaveDeal.model_validate(
        {
            "number": number[:200],
            "purpose": "expansion",
            "name": f"{one.type.value.replace('_', ' ')}{': ' + one.product if one.product else ''}"[:200],
            "amount": one.estimated_value,
            "currency": one.currency,
            "stage": _STAGE.get(one.status, "lost"),
            "close_date": None if one.closed_at is None else one.closed_at.date(),
        }
    )
    return deal, one.closed_at or one.detected_at
