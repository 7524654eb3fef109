"""Whether something that waited for a system may still be told it (sections 0.1, 9.2 and 14.2).

Asked just before every attempt, however late that is: an outage must not turn into a wave of things that nobody wants.
"""

from datetime import datetime

from models.vendor_delivery import TO_CUSTOMER, VendorDelivery


def unwanted(
    delivery: VendorDelivery, now: datetime, *, erased: bool, held: bool, run_status: str | None, churned: bool
) -> str:
    """Why it is not delivered any more, in words; empty: it is.

    ``run_status``: of the play that asked for it, None where it is unknown or there was none.
    """
    if erased:
        return "the customer was erased"
    if delivery.not_after is not None and now >= delivery.not_after:
        return f"nobody wants it after {delivery.not_after:%Y-%m-%d %H:%M}"
    if delivery.operation.kind not in TO_CUSTOMER:
        return ""
    if held:
        return "outreach is held"
    if churned:
        return "the customer has left"
    if run_status in ("goal_met", "exited", "cancelled"):
        return f"the play has ended: {run_status}"
    return ""
