"""What events say of an account: its subscription, its onboarding, its use of the product. One closed model a kind."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from models.event_base import EventData, OpenData
from models.event_values import Count, Day, Name, Prose, Reference, Text
from models.facts import Feed


class TrialStarted(OpenData):
    """A trial began."""

    trial_days: int = 14

    @field_validator("trial_days")
    @classmethod
    def _fortnight(cls, value: int) -> int:
        if not 1 <= value <= 14:
            raise ValueError("expected a whole number from 1 to 14")
        return value


class StepCompleted(OpenData):
    """A step of the onboarding is done: named by its criterion or by its id."""

    SUBJECT: ClassVar[str] = "criterion"
    KEPT_BACK: ClassVar[frozenset[str]] = frozenset({"criterion"})

    criterion: Name | None = None
    step_id: Name | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.criterion is None) == (self.step_id is None):
            raise ValueError("data needs exactly one of criterion and step_id, a string")
        return self


class SubscriptionCancelled(OpenData):
    """The service ended. The reason is coded where it is one of the known ones."""

    reason: Prose | None = None


class LoggedIn(OpenData):
    """A user of the account logged in."""

    KEPT_BACK: ClassVar[frozenset[str]] = frozenset({"user_id"})

    user_id: Reference | None = None


class Nothing(EventData):
    """All that is said is said of the customer."""


class UsageReported(EventData):
    """How often a feature was used on a day. A later report of the same day and feature replaces it."""

    PAST: ClassVar[tuple[str, ...]] = ("day",)

    day: Day
    feature: Name
    count: Count
    duration_seconds: Count | None = None
    errors: Count | None = None


class ConversationsReported(EventData):
    """Conversations of a day, those of them handled without a person, and the sum of the response times."""

    PAST: ClassVar[tuple[str, ...]] = ("day",)

    day: Day
    handled: Count
    automated: Count | None = None
    response_seconds: Annotated[int, Field(ge=0, le=10**15)] | None = None

    @model_validator(mode="after")
    def _part(self) -> Self:
        if self.automated is not None and self.automated > self.handled:
            raise ValueError("data.automated is more than data.handled")
        return self


class LeadsReported(EventData):
    """Leads that the customer's chatbots captured on a day. A later report of the same day replaces it."""

    PAST: ClassVar[tuple[str, ...]] = ("day",)

    day: Day
    captured: Count


class LimitReported(EventData):
    """How much of a plan's limit is used; ``allowed`` null is unlimited."""

    name: Name
    used: Count
    allowed: Count | None


class FeatureBlocked(EventData):
    """Somebody tried a feature that the plan does not have."""

    feature: Name


class SeatsReported(EventData):
    """How many seats are in use or paid."""

    seats: Annotated[int, Field(ge=0, le=10_000_000)]


class GrowthPotentialSet(EventData):
    """A judgement of the manager or the CRM, 0 to 1."""

    value: Annotated[float, Field(ge=0, le=1)]
    by: Text


class SourceReported(EventData):
    """A source has told all that it knew by then: silence means nothing happened, not that nobody looked."""

    feed: Feed
