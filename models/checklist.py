"""The per-customer checklist (section 17 of the domain): what is done, open, or does not apply."""

from enum import StrEnum

from pydantic import Field

from models.base import Carried, Instant


class ChecklistGroup(StrEnum):
    """The three groups of items."""

    ONBOARDING = "onboarding"
    ONGOING = "ongoing"
    RENEWAL = "renewal"


class ChecklistItem(StrEnum):
    """The items, in order."""

    WELCOME_EMAIL_SENT = "welcome_email_sent"
    CSM_ASSIGNED = "csm_assigned"
    KICKOFF_DONE = "kickoff_done"
    SUCCESS_PLAN_CREATED = "success_plan_created"
    FIRST_VALUE_REACHED = "first_value_reached"
    HEALTH_ABOVE_60 = "health_above_60"
    REGULAR_ENGAGEMENT = "regular_engagement"
    NPS_SURVEY_SENT = "nps_survey_sent"
    QBR_SCHEDULED = "qbr_scheduled"
    RENEWAL_FORECAST_FRESH = "renewal_forecast_fresh"
    RENEWAL_CALL_SCHEDULED = "renewal_call_scheduled"
    EXPANSION_REVIEWED = "expansion_reviewed"


class ItemState(StrEnum):
    """How an item stands. What is unknown is open: nobody can say that it is done."""

    DONE = "done"
    OPEN = "open"
    NOT_APPLICABLE = "not_applicable"


ATTESTED = (ChecklistItem.KICKOFF_DONE, ChecklistItem.RENEWAL_CALL_SCHEDULED, ChecklistItem.EXPANSION_REVIEWED)
"""Items that a person may say are done, because no system of ours sees them."""


class Attestation(Carried):
    """A person's word on an item."""

    customer: str
    item: ChecklistItem
    at: Instant
    by: str
    note: str = ""


class CheckedItem(Carried):
    """One item of one customer's checklist."""

    group: ChecklistGroup
    item: ChecklistItem
    state: ItemState
    known: bool = Field(default=True, description="False: open because a fact it needs is unknown.")
