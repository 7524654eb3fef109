"""May this mail go to this customer now, by every rule at once (section 9.2 of the domain, M7)."""

from activities.frame import skipped
from activities.house import House
from activities.places import Places
from activities.ports import Transaction
from models.contact import Permission, SendWindow
from models.enums import MessageClass
from models.play import StepInput
from models.records import Customer
from models.run import StepResult
from rules.contact import CAP_WINDOW, CAPPED, in_send_window, in_window, may_contact, within_cap


async def permitted(
    tx: Transaction,
    step: StepInput,
    customer: Customer,
    kind: MessageClass,
    house: House,
    places: Places,
    window: SendWindow | None,
    *,
    capped: bool = True,
) -> StepResult | None:
    """None: it may go. Else skipped for good, or deferred until it may. ``capped``: the weekly cap counts for it."""
    assert customer.email is not None, "looked at before"
    reserved = await tx.communications.count_since(customer.id, step.now - CAP_WINDOW, CAPPED)
    mine = await tx.communications.by_key(step.key)
    checks: list[Permission] = [
        may_contact(
            kind,
            consent_marketing=customer.consent_marketing,
            consent_relationship=customer.consent_relationship,
            suppressed=await tx.communications.suppressed(customer.email),
        ),
        in_window(kind, step.now, house.zone_of(customer), house.quiet_from, house.quiet_until),
        within_cap(kind, reserved - (mine is not None) if capped else 0, house.weekly_cap, step.priority),
    ]
    if window is not None:
        checks.append(in_send_window(places.of(customer, step.now), step.now, window))
    refused = next((check for check in checks if not check.allowed), None)
    if refused is None:
        return None
    if refused.until is not None:
        return StepResult(status="deferred", reason=refused.reason, until=refused.until)
    return skipped(refused.reason)
