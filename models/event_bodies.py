"""Which model reads the ``data`` of which kind of event, and what is said when it does not fit."""

import json
from collections.abc import Mapping

from pydantic import JsonValue, ValidationError
from pydantic_core import PydanticCustomError

from models import event_account as account
from models import event_data as said
from models import event_made as made
from models.event_base import EventData, OpenData
from models.event_kinds import INTERNAL, EventType

_K = EventType

DATA: Mapping[EventType, type[EventData]] = {
    _K.TRIAL_STARTED: account.TrialStarted,
    _K.SUBSCRIPTION_CREATED: OpenData,
    _K.SUBSCRIPTION_CHANGED: account.Nothing,
    _K.SUBSCRIPTION_CANCELLED: account.SubscriptionCancelled,
    _K.ONBOARDING_STEP_COMPLETED: account.StepCompleted,
    _K.USER_LOGGED_IN: account.LoggedIn,
    _K.USAGE_REPORTED: account.UsageReported,
    _K.CONVERSATIONS_REPORTED: account.ConversationsReported,
    _K.LEADS_REPORTED: account.LeadsReported,
    _K.LIMIT_REPORTED: account.LimitReported,
    _K.FEATURE_BLOCKED: account.FeatureBlocked,
    _K.SEATS_REPORTED: account.SeatsReported,
    _K.GROWTH_POTENTIAL_SET: account.GrowthPotentialSet,
    _K.SOURCE_REPORTED: account.SourceReported,
    _K.TICKET_OPENED: said.TicketOpened,
    _K.TICKET_UPDATED: said.TicketUpdated,
    _K.TICKET_CLOSED: said.TicketClosed,
    _K.INVOICE_ISSUED: said.InvoiceIssued,
    _K.INVOICE_PAID: said.InvoicePaid,
    _K.PAYMENT_FAILED: said.PaymentFailed,
    _K.INVOICE_VOIDED: said.InvoiceVoided,
    _K.CANCELLATION_REQUESTED: said.CancellationRequested,
    _K.CANCELLATION_WITHDRAWN: said.CancellationWithdrawn,
    _K.RENEWAL_DECIDED: said.RenewalDecided,
    _K.SURVEY_ANSWERED: said.SurveyAnswered,
    _K.MEETING_BOOKED: said.MeetingBooked,
    _K.MEETING_HELD: said.MeetingHeld,
    _K.MEETING_CANCELLED: said.MeetingCancelled,
    _K.OUTREACH_SENT: said.OutreachSent,
    _K.MESSAGE_REPLIED: said.MessageReplied,
    _K.MESSAGE_DELIVERED: said.MessageNews,
    _K.MESSAGE_OPENED: said.MessageNews,
    _K.MESSAGE_CLICKED: said.MessageNews,
    _K.MESSAGE_BOUNCED: said.MessageNews,
    _K.UNSUBSCRIBED: said.Unsubscribed,
    _K.SIGNAL_OPENED: made.SignalSaid,
    _K.SIGNAL_CLEARED: made.SignalSaid,
    _K.HEALTH_DROPPED: made.HealthDropped,
    _K.CUSTOMER_AT_RISK: made.AtRisk,
    _K.OPPORTUNITY_DETECTED: made.OpportunityDetected,
    _K.LIMIT_NEAR: made.MadeData,
    _K.RENEWAL_DUE: made.RenewalDue,
    _K.SURVEY_DUE: made.SurveyDue,
    _K.RECAP_DUE: made.MadeData,
    _K.QBR_DUE: made.QbrDue,
    _K.PLAN_REVIEW_DUE: made.MadeData,
    _K.STAGE_REVIEW: made.MadeData,
    _K.APPROVAL_DECIDED: made.ApprovalDecided,
    _K.NPS_PROCESSED: made.NpsProcessed,
    _K.REFERRAL_CREATED: made.MadeData,
    _K.REFERRAL_TRIAL_STARTED: made.MadeData,
    _K.REFERRAL_CONVERTED: made.MadeData,
    _K.REFERRAL_REJECTED: made.MadeData,
    _K.OUTREACH_ACTIVATED: made.MadeData,
}
"""One for each kind; a test holds the list complete."""

_LONGEST = 200


def read(kind: EventType, data: Mapping[str, JsonValue]) -> EventData:
    """The data of an event of that kind, judged strictly: ``"5"`` is no number.

    Raises:
        PydanticCustomError: the first thing wrong, of type ``event_data`` with ``path`` and ``reason``.
    """
    try:
        return DATA[kind].model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        first = min(
            error.errors(include_url=False, include_input=False),
            key=lambda one: (one["type"] != "extra_forbidden", one["loc"] == ()),
        )
        path = ".".join(("data", *(str(part) for part in first["loc"])))[:_LONGEST]
        raise PydanticCustomError(
            "event_data", "{path}: {reason}", {"path": path, "kind": first["type"], "reason": first["msg"]}
        ) from None


def subject_of(kind: EventType, data: Mapping[str, JsonValue]) -> str:
    """What follows the colon in an occurrence's name; empty where the kind has no subject or it was not said."""
    field = DATA[kind].SUBJECT
    value = data.get(field) if field else None
    return str(value)[:_LONGEST] if isinstance(value, str | int) else ""


def carried_of(kind: EventType, data: Mapping[str, JsonValue]) -> dict[str, str | int | float | bool | None]:
    """The values that travel to a workflow: bounded, named by the kind's model, none that is kept back."""
    model = DATA[kind]
    names = {field.alias or name for name, field in model.model_fields.items()} - model.KEPT_BACK
    chosen = data if kind in INTERNAL else {name: value for name, value in data.items() if name in names}
    carried: dict[str, str | int | float | bool | None] = {}
    for name, value in chosen.items():
        if isinstance(value, str):
            carried[name] = value[:_LONGEST]
        elif isinstance(value, int | float):
            carried[name] = value
    return carried
