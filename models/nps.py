"""NPS surveys: sends, answers, and what an answer asks for (sections 0.5, 11.1 and 11.2 of the domain)."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from models.base import Carried, Delay, Instant, Slug, Value
from models.enums import Priority, Severity

NPS_FOLLOWUP = "nps_followup"
"""Type of the task that a detractor's answer asks for."""

NPS_PROMOTER = "nps_promoter"
"""Source of the advocacy candidate that a promoter's answer makes."""

Score = Annotated[int, Field(ge=0, le=10, strict=True)]


class NpsClass(StrEnum):
    """What a score makes of its respondent (section 11.1)."""

    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"


class NpsConfig(Value):
    """Thresholds and delays of surveys and of their figures, with the domain's values."""

    every: Delay = Field(default=timedelta(days=90), description="Between two sends to one account (N1).")
    promoter_from: Score = 9
    passive_from: Score = 7
    remind_after: Delay = timedelta(days=3)
    close_after: Delay = timedelta(days=7)
    followup_due: Delay = timedelta(hours=24)
    outreach_after: Delay = timedelta(days=7)
    clock_skew: Delay = Field(default=timedelta(minutes=5), description="How far another clock may run ahead of ours.")
    reportable_from: Annotated[int, Field(ge=1)] = Field(default=30, description="Responses below which NPS is untold.")
    representative_above: Annotated[float, Field(ge=0, le=1)] = Field(default=0.20, description="Response rate (N10).")
    significance: Annotated[float, Field(gt=0, lt=1)] = 0.05
    trend_months: Annotated[int, Field(ge=1, le=60)] = 6
    top_themes: Annotated[int, Field(ge=1, le=100)] = 5
    mrr_bands: tuple[Decimal, ...] = Field(
        default=(Decimal(100), Decimal(500), Decimal(2000), Decimal(10000)),
        description="Lower edges of the bands told to a survey provider in place of the MRR (G16).",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not 0 < self.passive_from < self.promoter_from:
            raise ValueError("passive_from must lie above 0 and below promoter_from")
        if not timedelta(0) < self.remind_after < self.close_after <= self.every:
            raise ValueError("expected 0 < remind_after < close_after <= every")
        if list(self.mrr_bands) != sorted(set(self.mrr_bands)) or any(edge <= 0 for edge in self.mrr_bands):
            raise ValueError("mrr_bands must rise from above 0")
        return self


class SurveySend(Carried):
    """One survey sent to one account (the survey log); answers point to it."""

    survey: str
    customer: str
    trigger: str
    sent_at: Instant
    reminded_at: Instant | None = None
    closed_at: Instant | None = None


class SurveyAnswer(Carried):
    """An answer as it came from outside: the score is not yet known to be one, the feedback is untrusted text."""

    key: str = Field(description="Identifies the answer: a redelivery has the same.")
    survey: str
    score: JsonValue
    submitted_at: Instant
    respondent: str | None = Field(default=None, description="Who of the account answered; None: not told (N13).")
    feedback: str | None = None


class NpsResponse(Carried):
    """An answer as stored. ``late``: it came after its survey closed (N12)."""

    id: str
    survey: str
    customer: str
    respondent: str | None = None
    score: Score
    feedback: str | None = None
    submitted_at: Instant
    late: bool = False
    themes: tuple[str, ...] = ()
    lexicon_version: int | None = Field(default=None, description="Lexicon that sorted the themes; None: no feedback.")
    suspected_injection: bool = False
    followed_up: bool = False
    follow_up_date: Instant | None = None
    follow_up_notes: str = ""


class AccountScore(Value):
    """What is stored of the account before the answer: its latest score and when that was given."""

    score: Score | None = None
    at: Instant | None = None


class SaveResponse(Carried):
    """Store the response."""

    effect: Literal["save_response"] = "save_response"
    response: NpsResponse


class SetScore(Carried):
    """Set the account's ``last_nps_score`` and its date, if the stored date is not newer by then (N7)."""

    effect: Literal["set_score"] = "set_score"
    customer: str
    score: Score
    at: Instant


class AskFollowUp(Carried):
    """Create the task that follows a detractor up (the same record as the automation's urgent task)."""

    effect: Literal["task"] = "task"
    customer: str
    response: str
    type: Slug = NPS_FOLLOWUP
    priority: Priority = Priority.HIGH
    description: str
    due: Instant


class RaiseAlert(Carried):
    """Alert the CSM. ``feedback`` is untrusted text: escape it where it is shown."""

    effect: Literal["alert"] = "alert"
    customer: str
    response: str
    type: Slug
    severity: Severity
    message: str
    score: Score
    feedback: str | None = None


class AddCandidate(Carried):
    """Put the account on the list of advocacy candidates, status ``new``."""

    effect: Literal["candidate"] = "candidate"
    customer: str
    source: Slug = NPS_PROMOTER
    score: Score


class ScheduleOutreach(Carried):
    """Consider the advocacy invitation at ``due``: ``rules.advocacy.may_invite`` decides then (A8, A9)."""

    effect: Literal["outreach"] = "outreach"
    customer: str
    due: Instant


NpsEffect = Annotated[
    SaveResponse | SetScore | AskFollowUp | RaiseAlert | AddCandidate | ScheduleOutreach,
    Field(discriminator="effect"),
]


class NpsVerdict(Carried):
    """What an answer asks for, in order; a duplicate asks for nothing."""

    outcome: Literal["accepted", "duplicate"]
    kind: NpsClass
    effects: tuple[NpsEffect, ...] = ()
