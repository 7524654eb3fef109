"""Success plans as people work on them (section 10 of the domain). Plain functions on a transaction."""

from collections.abc import Callable
from datetime import date, datetime
from math import isfinite

from activities.frame import customer_of
from activities.ports import Transaction
from models.errors import BadInput, NotFound, Refused
from models.plan_metrics import PLAN_METRICS, source_of
from models.success_plan import (
    CriterionStatus,
    InitiativeStatus,
    PlanConfig,
    PlanReview,
    PlanStatus,
    StatusOverride,
    SuccessCriterion,
    SuccessPlan,
)
from rules import success_plan as rules
from rules.themes import bounded

CONFIG = PlanConfig()


async def plan_of(tx: Transaction, customer: str) -> SuccessPlan:
    """The plan.

    Raises:
        NotFound: no such customer, or it has none.
    """
    await customer_of(tx, customer)
    plan = await tx.plans.get(customer)
    if plan is None:
        raise NotFound("this customer has no success plan", field="customer", value=customer)
    return plan


async def load(tx: Transaction, plan: SuccessPlan) -> SuccessPlan:
    """Put a plan in the place of the present one; an active one stays active, if the new content is whole.

    Raises:
        NotFound: no such customer.
        Refused: the present plan is active and the new one lacks something.
    """
    await customer_of(tx, plan.customer)
    present = await tx.plans.get(plan.customer)
    if present is None:
        await tx.plans.put(plan)
        return plan
    kept = plan.model_copy(update={"created_at": present.created_at})
    if present.status is PlanStatus.ACTIVE:
        kept = rules.activate(kept, known_metrics=PLAN_METRICS, at=plan.updated_at)
    await tx.plans.put(kept)
    return kept


async def activate(tx: Transaction, customer: str, today: date, now: datetime) -> SuccessPlan:
    """The draft becomes active.

    Raises:
        Refused: it lacks something; all of it is named.
    """
    plan = rules.activate(await plan_of(tx, customer), known_metrics=PLAN_METRICS, at=now)
    return await _store(tx, plan, today, now)


async def measure(
    tx: Transaction, customer: str, criterion: str, value: float, today: date, now: datetime
) -> SuccessPlan:
    """A criterion's present value, told by a person.

    Raises:
        BadInput: it is no number that can be kept, or the plan has no such criterion.
    """
    if not isfinite(value):
        raise BadInput("expected a number", field="value", value=str(value))
    return await _criterion(
        tx, customer, criterion, lambda one: one.model_copy(update={"current_value": value}), today, now
    )


async def override(
    tx: Transaction,
    customer: str,
    criterion: str,
    status: CriterionStatus | None,
    by: str,
    reason: str,
    today: date,
    now: datetime,
) -> SuccessPlan:
    """A status stated by a person, which wins over the rule and is shown as such; None takes it back."""
    stated = None if status is None else StatusOverride(status=status, author=by, reason=reason, at=now)
    return await _criterion(
        tx, customer, criterion, lambda one: one.model_copy(update={"status_override": stated}), today, now
    )


async def refresh(tx: Transaction, customer: str, today: date, now: datetime) -> SuccessPlan:
    """Every criterion that is not read by a person takes its fact's value; an unknown fact changes nothing."""
    plan = await plan_of(tx, customer)
    sources = {
        one.id: source_of(one.metric)
        for one in plan.success_criteria
        if one.metric in PLAN_METRICS and not one.manual and one.metric is not None
    }
    facts = await tx.facts.read(customer, sorted({name for name, _ in sources.values()}), as_of=now, since=now)

    def read(one: SuccessCriterion) -> SuccessCriterion:
        name, factor = sources.get(one.id, ("", 1.0))
        value = facts.get(name)
        known = isinstance(value, int | float) and not isinstance(value, bool)
        return one.model_copy(update={"current_value": float(value) * factor}) if known else one  # type: ignore[arg-type]  # known says it is a number

    changed = plan.model_copy(update={"success_criteria": tuple(read(one) for one in plan.success_criteria)})
    return await _store(tx, changed, today, now)


async def initiative(
    tx: Transaction,
    customer: str,
    initiative_id: str,
    status: InitiativeStatus | None,
    done: tuple[str, ...],
    today: date,
    now: datetime,
) -> SuccessPlan:
    """Where an initiative stands, and which of its tasks are done.

    Raises:
        BadInput: the plan has no such initiative, or it no such task.
    """
    plan = await plan_of(tx, customer)
    found = next((one for one in plan.initiatives if one.id == initiative_id), None)
    if found is None:
        raise BadInput("the plan has no such initiative", field="initiative", value=initiative_id)
    if unknown := sorted(set(done) - {task.id for task in found.tasks}):
        raise BadInput(f"no such task of {initiative_id}", field="task", value=", ".join(unknown))
    tasks = tuple(task.model_copy(update={"completed": True}) if task.id in done else task for task in found.tasks)
    moved = found.model_copy(update={"tasks": tasks, "status": status or found.status})
    initiatives = tuple(moved if one.id == initiative_id else one for one in plan.initiatives)
    return await _store(tx, plan.model_copy(update={"initiatives": initiatives}), today, now)


async def milestone(tx: Transaction, customer: str, milestone_id: str, today: date, now: datetime) -> SuccessPlan:
    """A milestone without criteria is reached because a person says so.

    Raises:
        BadInput: the plan has no such milestone.
        Refused: its criteria decide.
    """
    plan = await plan_of(tx, customer)
    found = next((one for one in plan.milestones if one.id == milestone_id), None)
    if found is None:
        raise BadInput("the plan has no such milestone", field="milestone", value=milestone_id)
    if found.criteria:
        raise Refused(f"it is reached when {', '.join(found.criteria)} are achieved", field="milestone")
    reached = found if found.achieved else found.model_copy(update={"achieved": True, "achieved_date": today})
    milestones = tuple(reached if one.id == milestone_id else one for one in plan.milestones)
    return await _store(tx, plan.model_copy(update={"milestones": milestones}), today, now)


async def review(tx: Transaction, customer: str, by: str, notes: str, today: date, now: datetime) -> SuccessPlan:
    """The review was held; the next one follows the cadence, counted from the day this one was due.

    Raises:
        Refused: the plan has no cadence or no date to review it on.
    """
    plan = await plan_of(tx, customer)
    if plan.review_cadence is None or plan.next_review is None:
        raise Refused("the plan has no review_cadence or no next_review", field="plan")
    held = PlanReview(customer=customer, due=plan.next_review, held_at=now, by=by, notes=bounded(notes) or "")
    await tx.plans.add_review(held)
    after = rules.next_review(plan.review_cadence, plan.next_review, max(today, plan.next_review))
    return await _store(tx, plan.model_copy(update={"next_review": after}), today, now)


async def _criterion(
    tx: Transaction,
    customer: str,
    criterion: str,
    change: Callable[[SuccessCriterion], SuccessCriterion],
    today: date,
    now: datetime,
) -> SuccessPlan:
    plan = await plan_of(tx, customer)
    if criterion not in {one.id for one in plan.success_criteria}:
        raise BadInput("the plan has no such criterion", field="criterion", value=criterion)
    criteria = tuple(change(one) if one.id == criterion else one for one in plan.success_criteria)
    return await _store(tx, plan.model_copy(update={"success_criteria": criteria}), today, now)


async def _store(tx: Transaction, plan: SuccessPlan, today: date, now: datetime) -> SuccessPlan:
    """Settle what follows (milestones reached, all criteria over), keep it, and record how much is attained."""
    settled = rules.settle(plan.model_copy(update={"updated_at": now}), today=today, at=now, config=CONFIG)
    await tx.plans.put(settled)
    await tx.plans.attained(plan.customer, now, rules.outcome_attainment(settled))
    return settled
