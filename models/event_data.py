"""What events say of the relationship: tickets, money, surveys, meetings, messages. One closed model a kind."""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from models.enums import Severity
from models.event_base import EventData
from models.event_values import Count, Currency, Day, Email, Moment, Name, Price, Prose, Reference, Text


class SurveyKind(StrEnum):
    """What a survey asks: would you recommend us (0 to 10), or how satisfied are you (1 to 5)."""

    NPS = "nps"
    CSAT = "csat"


class RenewalDecision(StrEnum):
    """What the customer said of the next term."""

    RENEWED = "renewed"
    DECLINED = "declined"


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
