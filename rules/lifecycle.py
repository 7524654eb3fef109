"""Which stage a customer moves to (section 3.4 of the domain, L1-L9, L11, L14).

One transition at most per evaluation; the first row of ``rules.stage_table`` that holds wins; a predicate on an unknown
fact does not fire. A person's request (rule 1) is decided by ``rules.manual``, outside this pass.
"""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from models.enums import LifecycleStage, SubscriptionStatus
from models.lifecycle import StageVerdict
from models.stages import AtRiskCause, LifecycleConfig, Outlook, StageRule
from rules import at_risk, recovery
from rules.predicates import canonical
from rules.stage_table import RULES

FACTS = (
    "subscription_status",
    "trial_days_remaining",
    "onboarding_completion",
)
"""What the rules of a trial and an onboarding read: enough on every event.

Not ``days_as_customer``: it would put an overdue onboarding at risk on any event, with nothing read by which such a
customer recovers. That is decided where FACTS_FULL is read.
"""

FACTS_FULL = tuple(dict.fromkeys(name for rule in RULES for name in rule.facts))
"""What every rule reads: for the daily sweep."""

SUPPLIED = (
    "health_provisional",
    "nps_resolved",
    "renewal_completed",
    "expansion_ended",
    "at_risk_causes",
    "at_risk_origin",
)
"""Those of FACTS_FULL that are no metrics: whoever asks takes them from its records.

``health_provisional``: of the stored score. ``nps_resolved``: the follow-up of the latest answer is done.
``renewal_completed``: for the present term. ``expansion_ended``: ``rules.opportunities.ended``. ``at_risk_causes`` and
``at_risk_origin``: ``facts["at_risk_causes"]`` and ``from_stage`` of the transition into the present ``at_risk``.
"""

DEFAULTS = LifecycleConfig()

_OF_STAGE = {stage: tuple(rule for rule in RULES if stage in rule.stages) for stage in LifecycleStage}


_CALM = {
    stage: tuple(rule for rule in rules if rule.holds is not at_risk.at_risk) for stage, rules in _OF_STAGE.items()
}


def rules_of(stage: LifecycleStage, *, risky: bool) -> Sequence[StageRule]:
    """The rows for that stage; ``risky`` says whether that of the risk (rule 6) is known to hold."""
    return (_OF_STAGE if risky else _CALM)[stage]


def decide(
    stage: LifecycleStage | None,
    facts: Mapping[str, JsonValue],
    config: LifecycleConfig = DEFAULTS,
    rules: Sequence[StageRule] | None = None,
) -> StageVerdict | None:
    """The change that the facts ask for, or None. Facts that are absent or None are unknown.

    ``rules``: the rows for that stage, of whoever knows what some of them answer.
    """
    if stage is None:
        return _first(facts)
    facts = canonical(facts)
    for rule in _OF_STAGE[stage] if rules is None else rules:
        if rule.holds(facts, config):
            return _settle(rule, stage, facts, config)
    return None


def outlook(
    stage: LifecycleStage, facts: Mapping[str, JsonValue], config: LifecycleConfig = DEFAULTS
) -> tuple[Outlook, ...]:
    """Every rule that can move a customer on from this stage, in order, and what it says now: why it stays."""
    facts = canonical(facts)
    found = []
    for rule in _OF_STAGE[stage]:
        holds = rule.holds(facts, config)
        found.append(
            Outlook(
                rule=rule.id,
                to=rule.to or recovery.target(facts, config),
                condition=rule.condition,
                holds=holds,
                seen=_known(rule, facts),
                missing=tuple(name for name in rule.facts if facts.get(name) is None) if holds is None else (),
            )
        )
    return tuple(found)


def _settle(
    rule: StageRule, stage: LifecycleStage, facts: Mapping[str, JsonValue], config: LifecycleConfig
) -> StageVerdict:
    if rule.to is LifecycleStage.AT_RISK:
        return _endangered(rule, stage, facts, config)
    to = rule.to or recovery.target(facts, config)
    return StageVerdict(rule=rule.id, to=to, facts=_known(rule, facts))


def _endangered(
    rule: StageRule, stage: LifecycleStage, facts: Mapping[str, JsonValue], config: LifecycleConfig
) -> StageVerdict:
    """Entry into ``at_risk`` keeps every cause that holds at that moment: each must clear before recovery (L6)."""
    causes = [cause.value for cause in at_risk.causes(facts, config)]
    if stage is LifecycleStage.ONBOARDING and at_risk.onboarding_overdue(facts, config):
        causes.append(AtRiskCause.ONBOARDING_OVERDUE.value)
    kept: dict[str, JsonValue] = {**_known(rule, facts), "at_risk_causes": list(causes)}
    return StageVerdict(rule=rule.id, to=LifecycleStage.AT_RISK, facts=kept)


def _known(rule: StageRule, facts: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: value for name in rule.facts if (value := facts.get(name)) is not None}


def _first(facts: Mapping[str, JsonValue]) -> StageVerdict | None:
    """The stage of a customer never seen before."""
    match facts.get("subscription_status"):
        case SubscriptionStatus.TRIALING:
            return _verdict("trial_started", LifecycleStage.TRIAL, facts, "subscription_status")
        case SubscriptionStatus.ACTIVE:
            return _verdict("subscription_started", LifecycleStage.ONBOARDING, facts, "subscription_status")
        case SubscriptionStatus.CANCELLED:
            return _verdict("subscription_ended", LifecycleStage.CHURNED, facts, "subscription_status")
    return None


def initial_stage(
    status: SubscriptionStatus | None,
    *,
    days_as_customer: int | None,
    trial_days_remaining: int | None,
    completion: int | None,
) -> tuple[LifecycleStage, str] | None:
    """Where an imported customer stands and by which rule; None when the book does not say.

    Health, renewal and expansion are not known at import: the daily sweep moves the customer on from here.
    """
    match status:
        case SubscriptionStatus.CANCELLED:
            return LifecycleStage.CHURNED, "import:subscription_ended"
        case SubscriptionStatus.TRIALING:
            if trial_days_remaining is not None and trial_days_remaining <= 0:
                return LifecycleStage.CHURNED, "import:trial_expired"
            return LifecycleStage.TRIAL, "import:trialing"
        case SubscriptionStatus.ACTIVE | SubscriptionStatus.PAST_DUE:
            if days_as_customer is None:
                return None
            if days_as_customer <= 30 and (completion is None or completion < 80):
                return LifecycleStage.ONBOARDING, "import:first_30_days"
            if days_as_customer <= 90:
                return LifecycleStage.ADOPTING, "import:first_90_days"
            return LifecycleStage.GROWING, "import:over_90_days"
    return None


def _verdict(rule: str, to: LifecycleStage, facts: Mapping[str, JsonValue], *names: str) -> StageVerdict:
    return StageVerdict(rule=rule, to=to, facts={name: facts.get(name) for name in names})
