"""The checklist of section 17: each item done, open, or not applicable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from models.checklist import CheckedItem, ChecklistItem, ItemState
from models.enums import LifecycleStage
from rules.checklist import FACTS, checklist
from tests.rules.making import BOUNDED

Facts = dict[str, JsonValue]
DONE, OPEN, NOT = ItemState.DONE, ItemState.OPEN, ItemState.NOT_APPLICABLE
GOOD: Facts = {
    "stage": "growing",
    "segment": "enterprise",
    "welcome_email_sent": True,
    "has_csm": True,
    "has_kickoff": True,
    "kickoff_done": True,
    "has_success_plan": True,
    "first_value_reached": True,
    "health_score": 61,
    "engagement_level": "medium",
    "days_since_nps_survey": 90,
    "qbr_scheduled": True,
    "days_until_renewal": 90,
    "contract_length": 12,
    "days_since_renewal_forecast": 29,
    "renewal_call_scheduled": True,
    "expansion_reviewed": True,
}


def one(item: ChecklistItem, facts: Facts) -> CheckedItem:
    return next(checked for checked in checklist(facts) if checked.item is item)


def test_every_item_once_in_order() -> None:
    assert [checked.item for checked in checklist(GOOD)] == list(ChecklistItem)
    assert {checked.state for checked in checklist(GOOD)} == {DONE}


I = ChecklistItem  # noqa: E741 (the table below is read by columns)
STATES: list[tuple[ChecklistItem, Facts, ItemState]] = [
    (I.WELCOME_EMAIL_SENT, {"welcome_email_sent": False}, OPEN),
    (I.CSM_ASSIGNED, {"has_csm": False}, OPEN),
    (I.CSM_ASSIGNED, {"has_csm": False, "segment": "self_serve"}, NOT),
    (I.CSM_ASSIGNED, {"segment": "self_serve"}, DONE),
    (I.KICKOFF_DONE, {"kickoff_done": False}, OPEN),
    (I.KICKOFF_DONE, {"kickoff_done": False, "has_kickoff": False}, NOT),
    (I.SUCCESS_PLAN_CREATED, {"has_success_plan": False}, OPEN),
    (I.FIRST_VALUE_REACHED, {"first_value_reached": False}, OPEN),
    (I.HEALTH_ABOVE_60, {"health_score": 60}, OPEN),
    (I.HEALTH_ABOVE_60, {"health_score": 61}, DONE),
    (I.REGULAR_ENGAGEMENT, {"engagement_level": "low"}, OPEN),
    (I.REGULAR_ENGAGEMENT, {"engagement_level": "high"}, DONE),
    (I.NPS_SURVEY_SENT, {"days_since_nps_survey": 91}, OPEN),
    (I.QBR_SCHEDULED, {"qbr_scheduled": False}, OPEN),
    (I.QBR_SCHEDULED, {"qbr_scheduled": False, "segment": "mid_market"}, OPEN),
    (I.QBR_SCHEDULED, {"qbr_scheduled": False, "segment": "smb"}, NOT),
    (I.QBR_SCHEDULED, {"qbr_scheduled": True, "segment": "smb"}, DONE),
    (I.RENEWAL_FORECAST_FRESH, {"days_since_renewal_forecast": 30}, OPEN),
    (I.RENEWAL_FORECAST_FRESH, {"days_until_renewal": 91}, NOT),
    (I.RENEWAL_FORECAST_FRESH, {"contract_length": 2}, NOT),
    (I.RENEWAL_CALL_SCHEDULED, {"renewal_call_scheduled": False}, OPEN),
    (I.RENEWAL_CALL_SCHEDULED, {"renewal_call_scheduled": False, "contract_length": 3}, OPEN),
    (I.EXPANSION_REVIEWED, {"expansion_reviewed": False}, OPEN),
    (I.EXPANSION_REVIEWED, {"expansion_reviewed": False, "days_until_renewal": 91}, NOT),
]


@pytest.mark.parametrize(("item", "changed", "state"), STATES)
def test_an_item_is_done_open_or_not_applicable(item: ChecklistItem, changed: Facts, state: ItemState) -> None:
    found = one(item, {**GOOD, **changed})
    assert found.state is state
    assert found.known


@pytest.mark.parametrize("stage", [LifecycleStage.TRIAL, LifecycleStage.CHURNED])
def test_nothing_applies_before_the_first_payment_and_after_the_end(stage: LifecycleStage) -> None:
    assert {checked.state for checked in checklist({**GOOD, "stage": stage.value})} == {NOT}


def test_what_is_unknown_is_open_and_says_so() -> None:
    found = checklist({"stage": "growing"})
    assert {checked.state for checked in found} == {OPEN}
    assert not any(checked.known for checked in found)


def test_a_provisional_score_is_unknown() -> None:
    found = one(I.HEALTH_ABOVE_60, {**GOOD, "health_provisional": True})
    assert (found.state, found.known) == (OPEN, False)


@BOUNDED
@given(hidden=st.sets(st.sampled_from(FACTS)))
def test_hiding_facts_never_makes_an_item_done(hidden: set[str]) -> None:
    mostly: Facts = {**GOOD, "health_score": 50, "kickoff_done": False, "segment": "smb", "qbr_scheduled": False}
    before = {checked.item for checked in checklist(mostly) if checked.state is DONE}
    after = {checked.item for checked in checklist({**mostly, **dict.fromkeys(hidden)}) if checked.state is DONE}
    assert after <= before
