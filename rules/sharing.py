"""What of a customer other systems may see (section 9 and G16): everything else is None before an adapter sees it."""

from collections.abc import Collection

from models.outside import Account, Shareable
from models.records import Csm, Customer
from rules.segments import segment_of

FIELDS: dict[Shareable, tuple[str, ...]] = {
    "name": ("name",),
    "email": ("email",),
    "first_name": ("first_name",),
    "plan": ("plan",),
    "segment": ("segment",),
    "mrr": ("mrr", "currency"),
    "status": ("status",),
    "stage": ("stage", "stage_since"),
    "health": ("health_score", "health_grade"),
    "renewal_date": ("renewal_date",),
    "csm": ("csm_email",),
    "plays": ("plays",),
    "notes": (),
}
"""The fields of each group that a setting may name."""


def account_of(
    customer: Customer,
    csm: Csm | None,
    *,
    score: float | None,
    grade: str | None,
    plays: tuple[str, ...],
    external_id: str | None,
    share: Collection[Shareable],
) -> Account:
    """The customer with only what may be shared."""
    whole: dict[str, object] = {
        "name": customer.name,
        "email": customer.email,
        "first_name": customer.first_name,
        "plan": customer.plan,
        "segment": segment_of(customer.plan, customer.segment),
        "mrr": customer.mrr,
        "currency": customer.currency,
        "status": customer.subscription_status,
        "stage": customer.stage,
        "stage_since": customer.stage_since,
        "health_score": score,
        "health_grade": grade,
        "renewal_date": customer.renewal_date,
        "csm_email": csm.email if csm is not None else None,
        "plays": plays,
    }
    allowed = {name for group in share for name in FIELDS[group]}
    shared = {name: value for name, value in whole.items() if name in allowed}
    return Account.model_validate({"customer": customer.id, "external_id": external_id, **shared})
