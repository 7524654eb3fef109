"""What the stage rules read of one customer: facts of the catalogue, and what our own records say (section 3.4)."""

from datetime import datetime

from pydantic import JsonValue

from activities.ports import Transaction
from models.enums import LifecycleStage
from models.event_kinds import CHANGES, DECIDED, EventType
from models.records import Customer, Transition
from rules import lifecycle, opportunities, renewal_status

__all__ = ["BEGINNINGS", "CHANGES", "DECIDED", "read"]

BEGINNINGS = frozenset({EventType.TRIAL_STARTED.value, EventType.SUBSCRIPTION_CREATED.value})
"""Kinds that say all there is to decide on: a new customer's stage needs none of its history."""


async def read(tx: Transaction, customer: Customer, names: tuple[str, ...], as_of: datetime) -> dict[str, JsonValue]:
    """The facts of these names as of a moment; what is no metric comes from our records, as of now."""
    metrics = [name for name in names if name not in lifecycle.SUPPLIED]
    facts = await tx.facts.read(customer.id, metrics, as_of=as_of, since=as_of, cycle=customer.cycle)
    if not set(names).isdisjoint(lifecycle.SUPPLIED):
        facts |= await _supplied(tx, customer, as_of)
    return facts


async def _supplied(tx: Transaction, customer: Customer, as_of: datetime) -> dict[str, JsonValue]:
    last = await tx.evaluations.get(customer.id)
    answers = [one for one in await tx.surveys.of(customer.id) if one.submitted_at <= as_of]
    words = await tx.billing_told.renewals(customer.id)
    entry = await _entry(tx, customer)
    ended = None
    if customer.stage is LifecycleStage.EXPANDING and customer.stage_since is not None:
        ended = opportunities.ended(await tx.opportunities.of(customer.id), customer.stage_since)
    return {
        "health_provisional": None if last is None else last.provisional,
        "nps_resolved": answers[-1].followed_up if answers else None,
        "renewal_completed": renewal_status.completed(
            words, customer.renewal_date, as_of, stage=customer.stage, since=customer.stage_since
        ),
        "renewal_declined": renewal_status.declined(words, customer.renewal_date, as_of),
        "expansion_ended": ended,
        "at_risk_causes": None if entry is None else entry.facts.get("at_risk_causes"),
        "at_risk_origin": None if entry is None else entry.from_stage,
    }


async def _entry(tx: Transaction, customer: Customer) -> Transition | None:
    """The transition into the present ``at_risk`` stage."""
    if customer.stage is not LifecycleStage.AT_RISK:
        return None
    history = await tx.lifecycles.history(customer.id)
    return next((one for one in reversed(history) if one.to_stage is LifecycleStage.AT_RISK), None)
