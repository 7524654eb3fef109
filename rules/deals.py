"""A renewal or an expansion as a deal of the CRM (section 14.2): under its own number, saved again as it changes."""

from datetime import date, datetime

from models.deals import Deal, DealKind, DealStatus
from models.outside import SaveDeal

_STAGE = {
    DealStatus.PENDING: "open",
    DealStatus.COMPLETED: "won",
    DealStatus.WON: "won",
    DealStatus.DECLINED: "lost",
    DealStatus.LOST: "lost",
}


def deal_of(one: Deal) -> tuple[SaveDeal, datetime]:
    """The deal, and when it came to stand so. The amount is per month and may be unknown; it is no forecast (X5)."""
    about = one.product or one.subject
    deal = SaveDeal.model_validate(
        {
            "number": one.key[:200],
            "purpose": one.kind.value,
            "name": f"{one.kind.value.capitalize()} {about}"[:200],
            "amount": one.amount,
            "currency": one.currency,
            "stage": _STAGE[one.status],
            "close_date": _close_date(one),
        }
    )
    return deal, one.updated_at


def _close_date(one: Deal) -> date | None:
    """The end of the term that is renewed; an expansion says none."""
    if one.kind is not DealKind.RENEWAL:
        return None
    try:
        return date.fromisoformat(one.subject[:10])
    except ValueError:
        return None
