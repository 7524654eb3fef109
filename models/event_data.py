"""What each event from outside says in its ``data``: one closed model for each kind.

``PAST`` names days and moments that cannot lie in the future. ``KEPT_BACK`` names what never travels to a workflow:
text that people wrote, addresses, and who did it.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from models.base import Value
from models.enums import Severity
from models.event_values import Count, Currency, Day, Email, Moment, Name, Price, Prose, Reference, Text
from models.facts import Feed


class SurveyKind(StrEnum):
    """What a survey asks: would you recommend us (0 to 10), or how satisfied are you (1 to 5)."""

    NPS = "nps"
    CSAT = "csat"


class RenewalDecision(StrEnum):
    """What the customer said of the next term."""

    RENEWED = "renewed"
    DECLINED = "declined"


class EventData(Value):
    """The base: unknown fields are refused."""

    PAST: ClassVar[tuple[str, ...]] = ()
    KEPT_BACK: ClassVar[frozenset[str]] = frozenset()
    SUBJECT: ClassVar[str] = ""


class OpenData(EventData):
    """Data of the first kinds of events: what else a producer says is stored and not interpreted."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)


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


class TicketOpened(EventData):
    """A support ticket."""

    KEPT_BACK: ClassVar[frozenset[str]] = frozenset({"subject", "text", "tags"})

    ticket_id: Reference
    severity: Severity | None = None
    subject: Prose | None = None
    text: Prose | None = None
    tags: Annotated[tuple[Annotated[str, Field(max_length=80)], ...], Field(max_length=50)] = ()


class TicketUpdated(EventData):
    """News of a ticket."""

    KEPT_BACK: ClassVar[frozenset[str]] = frozenset({"text"})

    ticket_id: Reference
    severity: Severity | None = None
    escalated: bool | None = None
    text: Prose | None = None


class TicketClosed(EventData):
    """The end of a ticket; satisfaction 1 to 5 may be told with a later event of the same kind."""

    ticket_id: Reference
    csat: Annotated[int, Field(ge=1, le=5)] | None = None
    first_response_minutes: Count | None = None


class InvoiceIssued(EventData):
    """An invoice."""

    invoice_id: Reference
    amount: Price | None = None
    currency: Currency | None = None
    due_at: Moment | None = None


class InvoicePaid(EventData):
    """It was paid."""

    invoice_id: Reference


class PaymentFailed(EventData):
    """An attempt to collect it failed."""

    invoice_id: Reference
    amount: Price | None = None
    currency: Currency | None = None


class InvoiceVoided(EventData):
    """It need not be paid."""

    invoice_id: Reference


class CancellationRequested(EventData):
    """The customer asked to end the service. It is never withheld or delayed."""

    request_id: Reference | None = None
    reason: Text | None = None
    effective_at: Moment | None = None


class CancellationWithdrawn(EventData):
    """It changed its mind: of one request, or of all."""

    request_id: Reference | None = None


class RenewalDecided(EventData):
    """What it decided of the term that ends on ``term_end`` (the present one if absent)."""

    SUBJECT: ClassVar[str] = "decision"

    decision: RenewalDecision
    term_end: Day | None = None


class SurveyAnswered(EventData):
    """An answer to a survey."""

    KEPT_BACK: ClassVar[frozenset[str]] = frozenset({"feedback", "respondent"})
    SUBJECT: ClassVar[str] = "kind"

    survey_id: Reference | None = None
    kind: SurveyKind
    score: Annotated[int, Field(ge=0, le=10)]
    feedback: Prose | None = None
    respondent: Text | None = None

    @model_validator(mode="after")
    def _scale(self) -> Self:
        if self.kind is SurveyKind.CSAT and not 1 <= self.score <= 5:
            raise ValueError("data.score of a csat survey is a whole number from 1 to 5")
        return self


class MeetingBooked(EventData):
    """A meeting; booked again under the same id, it was moved."""

    SUBJECT: ClassVar[str] = "kind"

    meeting_id: Reference
    kind: Name
    scheduled_at: Moment


class MeetingHeld(EventData):
    """It is over: whether they came. Its kind is known from the booking."""

    meeting_id: Reference
    attended: bool


class MeetingCancelled(EventData):
    """It does not take place. Its kind is known from the booking."""

    meeting_id: Reference


class OutreachSent(EventData):
    """A person of ours wrote to them, outside of Steadfast."""

    message_id: Reference
    channel: Name


class MessageReplied(EventData):
    """They answered; without ``message_id`` the latest message before it is meant."""

    message_id: Reference | None = None
    channel: Name | None = None


class MessageNews(EventData):
    """What became of a message that Steadfast sent. ``permanent``: of a bounce."""

    KEPT_BACK: ClassVar[frozenset[str]] = frozenset({"address"})

    message_id: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")]
    address: Email | None = None
    permanent: bool | None = None


class Unsubscribed(EventData):
    """Nothing but transactional mail any more; without ``address`` the customer's own is meant."""

    KEPT_BACK: ClassVar[frozenset[str]] = frozenset({"address"})

    address: Email | None = None
