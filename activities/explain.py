"""Why a customer stands where it stands, read in one transaction (sections 3.4 and 3.5 of the domain, L12, L16)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from activities import stage_facts
from activities.frame import customer_of
from activities.plan_draft import program_of
from activities.ports import Playbooks, Transaction
from models.approval import ApprovalStatus
from models.enums import LifecycleStage, SubscriptionStatus
from models.expansion import OpportunityStatus
from models.explanation import Explanation, NextStep, PlanState, StageReason
from models.play import OnboardingRecord
from models.records import CsmTask, Customer, Transition
from models.stages import Milestone
from models.success_plan import PlanConfig, PlanStatus, SuccessPlan
from rules import blockers as rules_of_blockers
from rules import lifecycle, renewal_status
from rules.success_plan import view
from rules.success_plan_draft import draft

_DECLINED = 10
_PENDING = ("pending", "held")


async def explain(tx: Transaction, customer_id: str, now: datetime, playbooks: Playbooks) -> Explanation:
    """What was decided, from what, and what comes next.

    Raises:
        NotFound: no such customer.
    """
    customer = await customer_of(tx, customer_id)
    last = await tx.evaluations.get(customer_id)
    history = await tx.lifecycles.history(customer_id)
    facts = await stage_facts.read(tx, customer, lifecycle.FACTS_FULL, now)
    words = await tx.billing_told.renewals(customer_id)
    onboarding = await tx.onboardings.latest(customer_id)
    plan = await tx.plans.get(customer_id)
    stands = rules_of_blockers.lifecycle(
        customer_id,
        customer.stage,
        history,
        facts,
        now,
        onboarding=[one.name for one in await tx.work.blockers(customer_id)],
        onboarding_milestones=_onboarding_milestones(customer, onboarding, playbooks),
        plan_milestones=_plan_milestones(plan),
        renewal_date=customer.renewal_date,
        config=lifecycle.DEFAULTS,
    )
    offers = await tx.opportunities.of(customer_id)
    return Explanation(
        as_of=now,
        evaluated_at=None if last is None else last.at,
        health=await tx.scores.latest(customer_id, by=now),
        engagement=await tx.engagements.latest(customer_id, by=now),
        churn_risk_score=None if last is None else last.churn_risk,
        signals=tuple(await tx.signals.open(customer_id)),
        opportunities=tuple(one for one in offers if one.status is OpportunityStatus.OPEN),
        interventions=tuple(one for one in await tx.interventions.of(customer_id) if not one.status.closed),
        not_started=tuple((await tx.entries.declined(customer_id))[:_DECLINED]),
        why=_why(customer, history, now),
        outlook=() if customer.stage is None else lifecycle.outlook(customer.stage, facts),
        renewal=renewal_status.shown(words, customer.renewal_date, now),
        renewal_date=customer.renewal_date,
        blockers=stands.blockers,
        next_milestone=None if customer.stage is LifecycleStage.CHURNED else stands.next_milestone,
        next_steps=await _next_steps(tx, customer, plan, now),
        approvals=tuple(await tx.approvals.requests(status=ApprovalStatus.PENDING, customer=customer_id)),
        plan=None if plan is None else _plan_state(plan, now.date()),
    )


def _why(customer: Customer, history: Sequence[Transition], now: datetime) -> StageReason | None:
    if customer.stage is None or not history:
        return None
    last = history[-1]
    return StageReason(
        stage=last.to_stage,
        since=last.at,
        days=rules_of_blockers.days_in_stage(last.at, max(now, last.at)),
        rule=last.rule,
        reason=last.reason,
        triggered_by=last.triggered_by,
        actor=last.actor,
        cause=last.cause,
        facts=last.facts,
    )


async def _next_steps(
    tx: Transaction, customer: Customer, plan: SuccessPlan | None, now: datetime
) -> tuple[NextStep, ...]:
    """Dated steps of open plays, open tasks, the plan's review, the ends of trial and term."""
    found = []
    for run in await tx.runs.of(customer.id):
        if run.ended is None:
            for step in await tx.runs.steps(run.workflow_id):
                if step.due is not None and step.status in _PENDING:
                    found.append(NextStep(due=step.due, what=step.step_id, of=run.playbook, status=step.status))
    found += [_of_task(task) for task in await tx.work.tasks(customer.id) if task.status == "open"]
    if plan is not None and plan.status is PlanStatus.ACTIVE and plan.next_review is not None:
        found.append(NextStep(due=plan.next_review, what="review of the success plan", of="success plan"))
    trying = customer.subscription_status in (None, SubscriptionStatus.TRIALING)
    if trying and customer.trial_ends_at is not None and customer.trial_ends_at > now:
        found.append(NextStep(due=customer.trial_ends_at, what="the trial ends", of="subscription"))
    if customer.renewal_date is not None and customer.renewal_date >= now.date():
        found.append(NextStep(due=customer.renewal_date, what="the term ends", of="subscription"))
    return tuple(sorted(found, key=lambda one: (_moment(one.due), one.of, one.what)))


def _of_task(task: CsmTask) -> NextStep:
    due = max(task.due, task.snoozed_until) if task.snoozed_until is not None else task.due
    return NextStep(
        due=due, what=task.title, of=f"task for {task.assignee}", status="snoozed" if due != task.due else ""
    )


def _moment(due: datetime | date) -> datetime:
    return due if isinstance(due, datetime) else datetime.combine(due, time(), tzinfo=UTC)


def _onboarding_milestones(
    customer: Customer, record: OnboardingRecord | None, playbooks: Playbooks
) -> tuple[Milestone, ...]:
    """Of an onboarding under way; what its program promises by which day."""
    program = None if record is None or record.finished is not None else program_of(playbooks, record.program, customer)
    if record is None or program is None:
        return ()
    promised = draft(customer.id, None, program, started=record.started.date(), at=record.started).milestones
    criteria = {one.id: one.criteria for one in program.milestones}
    return tuple(
        Milestone(
            name=one.id,
            target_date=one.target_date,
            criteria=tuple(criteria[one.id]),
            reached=one.id in record.milestones,
        )
        for one in promised
    )


def _plan_milestones(plan: SuccessPlan | None) -> tuple[Milestone, ...]:
    if plan is None or plan.status is not PlanStatus.ACTIVE:
        return ()
    return tuple(
        Milestone(name=one.name, target_date=one.target_date, criteria=one.criteria, reached=one.achieved)
        for one in plan.milestones
    )


def _plan_state(plan: SuccessPlan, today: date) -> PlanState:
    criteria = tuple(view(one, today, PlanConfig()) for one in plan.success_criteria)
    return PlanState(status=plan.status, next_review=plan.next_review, criteria=criteria)
