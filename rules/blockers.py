"""What stands in a customer's way, and what else of its lifecycle is derived on read (section 3.4, L12, L13, L16)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from models.enums import LifecycleStage
from models.records import Transition
from models.stages import (
    LIFECYCLE_STAGES,
    CustomerLifecycle,
    DurationFrom,
    LifecycleConfig,
    Milestone,
    RenewalStatus,
)
from rules.predicates import Facts, flag, number

ONBOARDING_OVERDUE = "onboarding_overdue"
RENEWAL_OUTCOME_MISSING = "renewal_outcome_missing"
RENEWAL = "renewal"

ASK_THE_CSM = (ONBOARDING_OVERDUE,)
"""Blockers that ask the manager for something by a task, once, and change no stage."""

_DAY = timedelta(days=1)


def days_in_stage(since: datetime, now: datetime) -> int:
    """Whole days since the transition into the present stage."""
    return (now - since) // _DAY


def blockers(
    stage: LifecycleStage,
    facts: Facts,
    *,
    days: int | None,
    onboarding: Iterable[str] = (),
    config: LifecycleConfig,
) -> tuple[str, ...]:
    """Names of the blockers: those of the onboarding, then those of the stage.

    ``days`` is the whole days in the stage, None when unknown; ``onboarding`` is ``rules.onboarding.blockers``.
    """
    found = list(onboarding)
    if stage is LifecycleStage.ONBOARDING and _slow(facts, config):
        found.append(ONBOARDING_OVERDUE)
    if outstayed(stage, facts, days):
        found.append(f"stage_overdue:{stage.value}")
    if stage is LifecycleStage.RENEWING and _past_without_outcome(facts):
        found.append(RENEWAL_OUTCOME_MISSING)
    return tuple(dict.fromkeys(found))


def outstayed(stage: LifecycleStage, facts: Facts, days: int | None) -> bool:
    """Whether the stage lasts longer than its maximum; ``renewing`` counts from the renewal date (L12)."""
    definition = LIFECYCLE_STAGES[stage]
    if definition.max_days is None:
        return False
    if definition.counted_from is DurationFrom.RENEWAL_DATE:
        left = number(facts, "days_until_renewal")
        return left is not None and -left > definition.max_days
    return days is not None and days > definition.max_days


def escalate_to_last_role(stage: LifecycleStage, days: int | None) -> bool:
    """A customer at risk for more than 30 days goes to the last role of its path."""
    return stage is LifecycleStage.AT_RISK and outstayed(stage, {}, days)


def next_milestone(
    onboarding: Iterable[Milestone], plan: Iterable[Milestone], renewal_date: date | None
) -> Milestone | None:
    """The next unreached milestone of the onboarding, else of the success plan, else the renewal date."""
    for milestones in (onboarding, plan):
        unreached = [milestone for milestone in milestones if not milestone.reached]
        if unreached:
            return min(unreached, key=lambda milestone: milestone.target_date or date.max)
    return None if renewal_date is None else Milestone(name=RENEWAL, target_date=renewal_date)


def lifecycle(
    customer: str,
    stage: LifecycleStage | None,
    history: Sequence[Transition],
    facts: Facts,
    now: datetime,
    *,
    onboarding: Iterable[str] = (),
    onboarding_milestones: Iterable[Milestone] = (),
    plan_milestones: Iterable[Milestone] = (),
    renewal_date: date | None = None,
    config: LifecycleConfig,
) -> CustomerLifecycle:
    """The customer's lifecycle as of ``now``; ``history`` in any order, later transitions are not seen."""
    seen = tuple(sorted((move for move in history if move.at <= now), key=lambda move: move.at))
    days = days_in_stage(seen[-1].at, now) if seen else None
    found = () if stage is None else blockers(stage, facts, days=days, onboarding=onboarding, config=config)
    return CustomerLifecycle(
        customer=customer,
        current_stage=stage,
        stage_history=seen,
        days_in_current_stage=days,
        next_milestone=next_milestone(onboarding_milestones, plan_milestones, renewal_date),
        blockers=found,
    )


def status_of_term(stored: RenewalStatus | None, decided_for: date | None, renewal_date: date | None) -> RenewalStatus:
    """The renewal status of the term that ends on ``renewal_date``.

    It is ``not_due`` again when the renewal date advances beyond the one it was ``decided_for`` (L7).
    """
    if stored is None or decided_for is None:
        return stored or RenewalStatus.NOT_DUE
    if renewal_date is not None and renewal_date > decided_for:
        return RenewalStatus.NOT_DUE
    return stored


def _slow(facts: Facts, config: LifecycleConfig) -> bool:
    """More than 30 days a customer, with half of the onboarding done but not enough of it (L13)."""
    days, done = number(facts, "days_as_customer"), number(facts, "onboarding_completion")
    if days is None or done is None:
        return False
    overdue = days > config.onboarding_overdue_days_over
    return overdue and config.onboarding_overdue_below <= done < config.onboarding_done


def _past_without_outcome(facts: Facts) -> bool:
    """The renewal date has passed, and it is known that the renewal was not completed; a refusal is an outcome."""
    left = number(facts, "days_until_renewal")
    if left is None or left >= 0 or flag(facts, "renewal_declined"):
        return False
    return flag(facts, "renewal_completed") is False
