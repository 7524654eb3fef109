"""The typed catalogue of facts that a condition may name (section 0.3 and 14.1 of the domain).

A fact is computed for one customer as of a moment; ``since`` facts look back to the moment the run started. None is
unknown. Names not listed here are refused when a playbook is checked.
"""

from enum import StrEnum
from typing import NamedTuple

from models.errors import BadInput


class FactType(StrEnum):
    """CEL type of a fact; CEL never mixes int and double, so the catalogue says which."""

    BOOL = "bool"
    INT = "int"
    DOUBLE = "double"
    STRING = "string"


_SAMPLES: dict[FactType, object] = {FactType.BOOL: True, FactType.INT: 1, FactType.DOUBLE: 0.5, FactType.STRING: "x"}


class Fact(NamedTuple):
    """One entry: its type, unit, source of truth and meaning."""

    name: str
    type: FactType
    unit: str
    source: str
    meaning: str


_ENTRIES = (
    Fact("stage", FactType.STRING, "LifecycleStage", "computed", "present lifecycle stage"),
    Fact("plan", FactType.STRING, "Plan", "billing", "plan of the customer"),
    Fact("segment", FactType.STRING, "Segment", "CRM, else from plan", "segment of the customer"),
    Fact("subscription_status", FactType.STRING, "SubscriptionStatus", "billing", "state of the paid service"),
    Fact("days_since_last_login", FactType.INT, "days", "app", "whole days since any user logged in"),
    Fact("trial_days_remaining", FactType.INT, "days", "app", "days left of the trial; negative when past"),
    Fact("days_as_customer", FactType.INT, "days", "billing", "days since the first paid subscription of the cycle"),
    Fact("onboarding_completion", FactType.INT, "0..100", "computed", "required onboarding steps done"),
    Fact("onboarding_status", FactType.STRING, "OnboardingStatus", "computed", "state of the present onboarding"),
    Fact("first_value_reached", FactType.BOOL, "", "computed", "the program's first-value criterion is met"),
    Fact("has_csm", FactType.BOOL, "", "CRM", "a CSM is assigned"),
    Fact("has_email", FactType.BOOL, "", "CRM", "an address is known"),
    Fact("has_kickoff", FactType.BOOL, "", "computed", "the onboarding program has a kickoff step"),
    Fact("has_success_plan", FactType.BOOL, "", "computed", "a success plan exists, draft or active"),
    Fact("still_no_login", FactType.BOOL, "", "app", "no login since the run started"),
    Fact("no_response", FactType.BOOL, "", "CRM", "no reply, booked meeting or answer since the run started"),
)

CATALOGUE: dict[str, Fact] = {fact.name: fact for fact in _ENTRIES}


def samples() -> dict[str, object]:
    """One value per fact, of its type: to check a condition without a customer."""
    return {fact.name: _SAMPLES[fact.type] for fact in _ENTRIES}


def fact(name: str) -> Fact:
    """The entry of that name.

    Raises:
        BadInput: the catalogue has no such fact.
    """
    try:
        return CATALOGUE[name]
    except KeyError:
        raise BadInput(f"unknown fact '{name}'; known: {', '.join(sorted(CATALOGUE))}", field="fact") from None
