"""A customer's checklist from what is stored, and what a person may say of it (section 17 of the domain)."""

from datetime import UTC, date, datetime, time, timedelta

from pydantic import JsonValue

from activities.frame import customer_of
from activities.ports import Transaction
from models.checklist import ATTESTED, Attestation, CheckedItem, ChecklistItem
from models.decisions import Evaluation
from models.errors import BadInput
from models.records import Customer
from rules.checklist import RENEWAL_FROM_DAYS, checklist

_FACTS = (
    "stage", "segment", "has_csm", "has_kickoff", "has_success_plan", "first_value_reached", "days_until_renewal",
    "contract_length", "renewal_likelihood",
)  # fmt: skip
_QUARTER = timedelta(days=92)
_WINDOW = timedelta(days=RENEWAL_FROM_DAYS)


async def of(tx: Transaction, customer_id: str, now: datetime) -> tuple[CheckedItem, ...]:
    """Every item in order.

    Raises:
        NotFound: no such customer.
    """
    customer = await customer_of(tx, customer_id)
    facts = await tx.facts.read(customer_id, _FACTS, as_of=now, since=now, cycle=customer.cycle)
    last = await tx.evaluations.get(customer_id)
    send = await tx.surveys.last_sent(customer_id, now)
    said = _said(await tx.checklists.attested(customer_id), customer, now)
    seen: dict[str, JsonValue] = {
        "welcome_email_sent": await tx.checklists.welcomed(customer_id),
        "kickoff_done": await tx.checklists.met(customer_id, "kickoff"),
        "health_score": None if last is None else last.score,
        "health_provisional": None if last is None else last.provisional,
        "engagement_level": None if last is None or last.engagement_level is None else last.engagement_level.value,
        "days_since_nps_survey": None if send is None else (now - send.sent_at) // timedelta(days=1),
        "qbr_scheduled": await tx.checklists.arranged(customer_id, "qbr", since=now - _QUARTER, until=now + _QUARTER),
        "days_since_renewal_forecast": _forecast_age(facts["renewal_likelihood"], last, now),
        "renewal_call_scheduled": await _renewal_call(tx, customer, now),
        "expansion_reviewed": await _reviewed(tx, customer, now),
    }
    return checklist({**facts, **seen, **{item.value: True for item in said}})


async def attest(
    tx: Transaction, customer_id: str, item: ChecklistItem, by: str, note: str, now: datetime
) -> tuple[CheckedItem, ...]:
    """A person says that an item is done, of those that no system of ours sees.

    Raises:
        NotFound: no such customer.
        BadInput: the item is computed.
    """
    await customer_of(tx, customer_id)
    if item not in ATTESTED:
        known = ", ".join(one.value for one in ATTESTED)
        raise BadInput(f"is computed from what is stored; a person may state {known}", field="item", value=item.value)
    await tx.checklists.attest(Attestation(customer=customer_id, item=item, at=now, by=by, note=note[:2000]))
    return await of(tx, customer_id, now)


def _said(words: list[Attestation], customer: Customer, now: datetime) -> set[ChecklistItem]:
    """What was said of a renewal counts for its term; the kickoff for as long as the customer is one."""
    began = _renewal_window(customer.renewal_date) if customer.renewal_date else None
    return {
        word.item
        for word in words
        if word.at <= now and (word.item is ChecklistItem.KICKOFF_DONE or (began is not None and word.at >= began))
    }


def _forecast_age(likelihood: JsonValue, last: Evaluation | None, now: datetime) -> int | None:
    """Whole days since an evaluation last told the renewal's class; None where it is unknown."""
    return None if likelihood is None or last is None else (now - last.at) // timedelta(days=1)


async def _renewal_call(tx: Transaction, customer: Customer, now: datetime) -> bool | None:
    if customer.renewal_date is None:
        return None
    began = _renewal_window(customer.renewal_date)
    return await tx.checklists.arranged(customer.id, "renewal_call", since=began, until=began + 2 * _WINDOW)


async def _reviewed(tx: Transaction, customer: Customer, now: datetime) -> bool | None:
    """Somebody won or lost an opportunity in the term's last months: a person has looked at what there is."""
    if customer.renewal_date is None:
        return None
    began = _renewal_window(customer.renewal_date)
    closed = [one for one in await tx.opportunities.of(customer.id) if one.status in ("won", "lost")]
    return any(one.closed_at is not None and began <= one.closed_at <= now for one in closed)


def _renewal_window(renewal_date: date) -> datetime:
    return datetime.combine(renewal_date, time(), tzinfo=UTC) - _WINDOW
