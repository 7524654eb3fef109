"""The per-customer checklist, each item computed from stored facts (section 17 of the domain)."""

from models.checklist import CheckedItem, ChecklistGroup, ChecklistItem, ItemState
from models.engagement import EngagementLevel
from models.enums import LifecycleStage, Segment
from rules.predicates import Facts, flag, health, number

HEALTH_ABOVE = 60
SURVEY_WITHIN_DAYS = 90
FORECAST_YOUNGER_THAN_DAYS = 30
RENEWAL_FROM_DAYS = 90
"""The renewal group begins with the first renewal sequence (section 14.1)."""
SHORTEST_TERM_MONTHS = 3
"""Renewals of shorter terms have no sequences (section 14.1)."""

FACTS = (
    "stage",
    "segment",
    "welcome_email_sent",
    "has_csm",
    "has_kickoff",
    "kickoff_done",
    "has_success_plan",
    "first_value_reached",
    "health_score",
    "health_provisional",
    "engagement_level",
    "days_since_nps_survey",
    "qbr_scheduled",
    "days_until_renewal",
    "contract_length",
    "days_since_renewal_forecast",
    "renewal_call_scheduled",
    "expansion_reviewed",
)
"""What the checklist reads. ``days_since_nps_survey`` counts from the last send, ``days_since_renewal_forecast`` from
the last renewal class; ``expansion_reviewed``: a person looked at the opportunities of this term."""

_G, _I = ChecklistGroup, ChecklistItem
_QBR_SEGMENTS = (Segment.ENTERPRISE, Segment.MID_MARKET)
_GROUPS = {
    _G.ONBOARDING: (
        _I.WELCOME_EMAIL_SENT,
        _I.CSM_ASSIGNED,
        _I.KICKOFF_DONE,
        _I.SUCCESS_PLAN_CREATED,
        _I.FIRST_VALUE_REACHED,
    ),
    _G.ONGOING: (_I.HEALTH_ABOVE_60, _I.REGULAR_ENGAGEMENT, _I.NPS_SURVEY_SENT, _I.QBR_SCHEDULED),
    _G.RENEWAL: (_I.RENEWAL_FORECAST_FRESH, _I.RENEWAL_CALL_SCHEDULED, _I.EXPANSION_REVIEWED),
}


def checklist(facts: Facts) -> tuple[CheckedItem, ...]:
    """Every item in order. Nothing applies to a trial or a churned customer, nor the last group far from renewal."""
    return tuple(
        CheckedItem(group=group, item=item, state=ItemState.NOT_APPLICABLE)
        if not (_a_customer(facts) and (group is not _G.RENEWAL or _renews_soon(facts)) and _applies(item, facts))
        else _checked(group, item, _done(item, facts))
        for group, items in _GROUPS.items()
        for item in items
    )


def _checked(group: ChecklistGroup, item: ChecklistItem, done: bool | None) -> CheckedItem:
    state = ItemState.DONE if done else ItemState.OPEN
    return CheckedItem(group=group, item=item, state=state, known=done is not None)


def _a_customer(facts: Facts) -> bool:
    return facts.get("stage") not in (LifecycleStage.TRIAL, LifecycleStage.CHURNED)


def _renews_soon(facts: Facts) -> bool:
    """Known to be far from renewal, or of too short a term, is the only way out of the renewal group."""
    left, months = number(facts, "days_until_renewal"), number(facts, "contract_length")
    return (left is None or left <= RENEWAL_FROM_DAYS) and (months is None or months >= SHORTEST_TERM_MONTHS)


def _applies(item: ChecklistItem, facts: Facts) -> bool:
    segment = facts.get("segment")
    match item:
        case ChecklistItem.CSM_ASSIGNED:
            # A self-serve customer may stay with the team queue (section 14.2).
            return segment != Segment.SELF_SERVE or flag(facts, "has_csm") is True
        case ChecklistItem.KICKOFF_DONE:
            return flag(facts, "has_kickoff") is not False
        case ChecklistItem.QBR_SCHEDULED:
            return segment is None or segment in _QBR_SEGMENTS or flag(facts, "qbr_scheduled") is True
    return True


def _done(item: ChecklistItem, facts: Facts) -> bool | None:
    match item:
        case ChecklistItem.HEALTH_ABOVE_60:
            score = health(facts)
            return None if score is None else score > HEALTH_ABOVE
        case ChecklistItem.REGULAR_ENGAGEMENT:
            level = facts.get("engagement_level")
            return None if level is None else level != EngagementLevel.LOW
        case ChecklistItem.NPS_SURVEY_SENT:
            days = number(facts, "days_since_nps_survey")
            return None if days is None else days <= SURVEY_WITHIN_DAYS
        case ChecklistItem.RENEWAL_FORECAST_FRESH:
            age = number(facts, "days_since_renewal_forecast")
            return None if age is None else age < FORECAST_YOUNGER_THAN_DAYS
        case ChecklistItem.CSM_ASSIGNED:
            return flag(facts, "has_csm")
        case ChecklistItem.SUCCESS_PLAN_CREATED:
            return flag(facts, "has_success_plan")
    return flag(facts, item.value)
