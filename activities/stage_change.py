"""Which stage change an occurrence asks for: by the rules, by a person who was allowed to, or by an import.

One change at most. The sweep makes its own, and tells of it by ``stage_review``, so that plays and webhooks follow.
"""

from typing import NamedTuple

from pydantic import JsonValue

from activities import stage_facts
from activities.evaluate import Evaluator
from activities.frame import days_between
from activities.ports import Transaction
from models.approval import ApprovalKind, ApprovalStatus
from models.enums import LifecycleStage, TriggeredBy
from models.event_kinds import EventType
from models.event_making import SWEEP
from models.lifecycle import STAGE_WORKFLOWS, StageVerdict
from models.play import DecideInput
from models.records import Customer, Transition
from models.stages import AtRiskCause
from rules import at_risk, manual
from rules import lifecycle as rules
from rules.segments import segment_of

IMPORTED = "imported"
WIN_BACK = "win_back_sequence"
EXECUTIVE = "executive_escalation"


class Change(NamedTuple):
    """A verdict, and who caused it."""

    verdict: StageVerdict
    triggered_by: TriggeredBy = TriggeredBy.AUTOMATIC
    actor: str = ""


async def stage_change(
    tx: Transaction, customer: Customer, asked: DecideInput, evaluator: Evaluator | None
) -> Change | None:
    """The change that follows from the occurrence, or None; ``evaluator`` decides anew where an input changed."""
    kind = asked.occurrence.kind
    if asked.occurrence.key.startswith(f"{SWEEP}:"):
        # The sweep has decided on the stage with the facts of its day, and made the change under this key.
        return None
    if kind == IMPORTED and customer.stage is None:
        verdict = _where_it_stands(customer, asked)
    elif kind == EventType.APPROVAL_DECIDED.value and asked.occurrence.subject == ApprovalKind.MANUAL_STAGE:
        return await _by_hand(tx, customer, asked)
    else:
        verdict = await _by_rule(tx, customer, asked, evaluator)
    return None if verdict is None else Change(verdict)


async def _by_rule(
    tx: Transaction, customer: Customer, asked: DecideInput, evaluator: Evaluator | None
) -> StageVerdict | None:
    """By the whole table where an input changed, after everything else was decided anew; else by what begins a life."""
    kind = asked.occurrence.kind
    if customer.stage is None or kind not in stage_facts.CHANGES:
        return rules.decide(customer.stage, await stage_facts.read(tx, customer, rules.FACTS, asked.now))
    if evaluator is not None and kind not in stage_facts.DECIDED:
        found = await evaluator.evaluate(tx, customer.id, at=asked.now)
        if found is not None:
            return found.verdict
    return rules.decide(customer.stage, await stage_facts.read(tx, customer, rules.FACTS_FULL, asked.now))


async def held_back(tx: Transaction, customer: Customer, transition: Transition) -> dict[str, str]:
    """Outbound names of the new stage that are not sent now, and why (section 3.5, L10)."""
    if customer.outreach_held:
        return dict.fromkeys(STAGE_WORKFLOWS[transition.to_stage], "outreach is held until import --activate")
    if transition.to_stage is LifecycleStage.CHURNED and customer.consent_marketing is not True:
        return {WIN_BACK: "no marketing consent"}
    if transition.to_stage is not LifecycleStage.AT_RISK:
        return {}
    last = await tx.evaluations.get(customer.id)
    grade = None if last is None or last.provisional else last.grade
    segment = segment_of(customer.plan, customer.segment)
    if at_risk.executive_at_once(_causes(transition.facts), grade=grade, segment=segment):
        return {}
    return {EXECUTIVE: "held until the path reaches the executive"}


def _causes(facts: dict[str, JsonValue]) -> list[AtRiskCause]:
    stored = facts.get("at_risk_causes")
    return [AtRiskCause(str(one)) for one in stored] if isinstance(stored, list) else []


async def _by_hand(tx: Transaction, customer: Customer, asked: DecideInput) -> Change | None:
    """What a person asked for and another allowed. Nothing where it is in that stage by now."""
    number = str(asked.occurrence.data.get("approval_id", ""))
    request = await tx.approvals.get(int(number)) if number.isdigit() else None
    if request is None or request.status is not ApprovalStatus.APPROVED or request.customer != customer.id:
        return None
    wanted = manual.read_request(request.detail)
    if wanted.to is customer.stage:
        return None
    verdict = manual.manual_verdict(customer.stage, wanted, approved_by=request.decided_by)
    return Change(verdict, TriggeredBy.MANUAL, wanted.actor)


def _where_it_stands(customer: Customer, asked: DecideInput) -> StageVerdict | None:
    """The first stage of an imported customer, as of the import."""
    as_of = asked.occurrence.at
    since = customer.subscribed_at
    trial = customer.trial_ends_at
    stands = rules.initial_stage(
        customer.subscription_status,
        days_as_customer=None if since is None else days_between(since, as_of),
        trial_days_remaining=None if trial is None else days_between(as_of, trial),
        completion=None,
    )
    if stands is None:
        return None
    return StageVerdict(rule=stands[1], to=stands[0])
