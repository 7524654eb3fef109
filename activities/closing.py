"""An opportunity is won or lost: its row, its deal, the facts that follow, and the word to its customer's process.

All in one transaction, so that a crash leaves either everything or nothing of it (sections 3.4 rule 15, 8.2 and 8.3).
"""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from pydantic import JsonValue

from activities.frame import customer_of
from activities.ports import Transaction
from models.deals import DealKind, DealStatus
from models.errors import BadInput, NotFound, Refused
from models.event_kinds import EventType
from models.event_making import STEADFAST, made
from models.expansion import ExpansionType, Opportunity, OpportunityStatus
from models.records import Customer
from rules import opportunities
from rules.report_checklist import is_person

_DEALS = {OpportunityStatus.WON: DealStatus.WON, OpportunityStatus.LOST: DealStatus.LOST}
_MOST = Decimal("1000000000")


class Closing(NamedTuple):
    """What a person says of an opportunity.

    ``value``: what was sold, per month, where it is not what was estimated. ``seats``: how many more were sold.
    """

    customer: str
    type: ExpansionType
    status: OpportunityStatus
    by: str
    reason: str
    value: Decimal | None = None
    seats: int | None = None


class Closed(NamedTuple):
    """The closed opportunity, and whether a deal ended with it."""

    opportunity: Opportunity
    deal_settled: bool


async def close(tx: Transaction, said: Closing, now: datetime) -> Closed:
    """Close the open opportunity of that type.

    Raises:
        BadInput: nobody says it, without a reason, or an amount that cannot be.
        NotFound: no such customer, or nothing of that type was ever open.
        Refused: it is closed already.
    """
    _check(said)
    customer = await customer_of(tx, said.customer)
    stored = await tx.opportunities.of(customer.id)
    open_ = next((one for one in stored if one.type is said.type and one.status is OpportunityStatus.OPEN), None)
    if open_ is None:
        raise _not_open(stored, said)
    if said.value is not None:
        sold = open_.model_copy(update={"estimated_value": said.value, "updated_at": now})
        await tx.opportunities.put([sold])
    closed = await tx.opportunities.close(customer.id, said.type.value, said.status, now)
    key = opportunities.key(closed)
    settled = await tx.deals.settle(customer.id, DealKind.EXPANSION, key, _DEALS[said.status], now)
    after = [closed if one == open_ else one for one in stored]
    await tx.opportunities.note(customer.id, now, await _facts(tx, said, after, customer))
    detail: dict[str, JsonValue] = {"type": said.type.value, "status": said.status.value, "reason": said.reason.strip()}
    estimate = None if open_.estimated_value is None else str(open_.estimated_value)
    numbers: dict[str, JsonValue] = {
        "estimated": estimate, "sold": None if said.value is None else str(said.value), "seats": said.seats,
    }  # fmt: skip
    known = {name: value for name, value in numbers.items() if value is not None}
    await tx.audit.add(now, said.by.strip(), f"opportunity_{said.status.value}", customer.id, {**detail, **known})
    # The rules are asked whether the customer leaves ``expanding``: by the process, as of every other change.
    # So that the play which works on it ends (:mod:`activities.starting`), however far it has come.
    told = made(EventType.STAGE_REVIEW, customer.id, now, key, opportunity=key, status=said.status.value)
    await tx.inbox.add(STEADFAST, told, now)
    return Closed(closed, settled)


async def _facts(
    tx: Transaction, said: Closing, stored: list[Opportunity], customer: Customer
) -> dict[str, float | bool]:
    """As an evaluation computes them, at once; what was won counts from the beginning of the present cycle."""
    since = customer.subscribed_at
    worked = None if customer.stage_since is None else opportunities.worked(stored, customer.stage_since)
    won = [
        one
        for one in stored
        if one.status is OpportunityStatus.WON
        and one.closed_at is not None
        and (since is None or one.closed_at >= since)
    ]
    found: dict[str, float | bool] = {
        "expansion_opportunity": opportunities.any_open(stored),
        "expansion_closed": worked is not None and worked.status is OpportunityStatus.WON,
        "expansion_revenue": float(sum(one.estimated_value or 0 for one in won)),
    }
    if said.seats is not None:
        found["seats_added"] = (await tx.opportunities.seats_won(said.customer, since) or 0) + said.seats
    return found


def _check(said: Closing) -> None:
    if said.status not in _DEALS:
        raise BadInput("expected won or lost", field="status", value=said.status.value)
    if not is_person(said.by):
        raise BadInput("a person closes it, by name", field="--by", value=said.by)
    if not said.reason.strip():
        raise BadInput("say why", field="--reason")
    lost = said.status is OpportunityStatus.LOST
    for field, value in (("--value", said.value), ("--seats", said.seats)):
        if value is None:
            continue
        if lost:
            raise BadInput("nothing was sold with one that is lost", field=field, value=str(value))
        if not 0 <= value <= _MOST:
            raise BadInput(f"expected 0 to {_MOST:,}", field=field, value=str(value))


def _not_open(stored: list[Opportunity], said: Closing) -> NotFound | Refused:
    before = [one for one in stored if one.type is said.type]
    if not before:
        return NotFound("no opportunity of that type", field="TYPE", value=said.type.value)
    last = before[-1]
    return Refused(f"{last.status} already, {last.closed_at:%Y-%m-%d %H:%M} UTC", field="TYPE", value=said.type.value)
