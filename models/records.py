"""Rows as the rest of the system sees them: frozen values, never table objects (sections 0.4 and 0.5 of the domain)."""

from datetime import date
from decimal import Decimal

from pydantic import Field, JsonValue

from models.base import Carried, Instant
from models.enums import (
    Channel,
    CommunicationStatus,
    DeliveryStatus,
    Language,
    LifecycleStage,
    MessageClass,
    Plan,
    Priority,
    Role,
    Segment,
    Severity,
    SubscriptionStatus,
    TriggeredBy,
)
from models.people import ChecklistMark


class Customer(Carried):
    """A customer. None is unknown. ``cycle`` counts onboardings: 0 before the first, 2 after a win-back."""

    id: str
    name: str | None = None
    first_name: str | None = None
    email: str | None = None
    plan: Plan | None = None
    segment: Segment | None = Field(default=None, description="Stored override; else from the plan (section 4.4).")
    mrr: Decimal | None = None
    currency: str | None = None
    seats: int | None = None
    locale: str | None = None
    timezone: str | None = None
    country: str | None = None
    csm_id: str | None = None
    renewal_date: date | None = None
    contract_length_months: int | None = None
    consent_marketing: bool | None = None
    consent_relationship: bool | None = None
    stage: LifecycleStage | None = None
    stage_since: Instant | None = None
    subscription_status: SubscriptionStatus | None = None
    trial_ends_at: Instant | None = None
    subscribed_at: Instant | None = Field(default=None, description="First paid subscription of the present cycle.")
    cycle: int = 0
    outreach_held: bool = Field(default=False, description="Imported and not yet activated: nobody is contacted.")
    imported_at: Instant | None = Field(default=None, description="As-of of the import: earlier steps are skipped.")


class Csm(Carried):
    """A customer success manager."""

    id: str
    name: str
    email: str
    calendar_link: str = ""
    manager_id: str | None = None
    segments: tuple[Segment, ...] = ()
    roles: tuple[Role, ...] = Field(
        default=(), description="As the team file says; none: a csm, and a cs_manager to whom others report."
    )


class Transition(Carried):
    """One stage change, with the rule that made it and the values that fired it (section 3.5)."""

    customer: str
    from_stage: LifecycleStage | None
    to_stage: LifecycleStage
    at: Instant
    rule: str
    reason: str
    triggered_by: TriggeredBy
    actor: str = ""
    cause: str = Field(description="Key of the occurrence that caused it; one transition per cause.")
    facts: dict[str, JsonValue] = Field(default_factory=dict)


class Communication(Carried):
    """One message to a customer, stored before it is handed over."""

    key: str
    customer: str
    workflow_id: str
    template: str
    channel: Channel
    message_class: MessageClass
    language: Language
    recipient: str
    subject: str
    text: str
    html: str = ""
    message_id: str
    status: CommunicationStatus
    created_at: Instant
    sent_at: Instant | None = None
    resent: bool = False
    provider_response: str = ""


class CsmTask(Carried):
    """Something a person is asked to do (not a success plan's task)."""

    key: str
    customer: str
    workflow_id: str
    type: str
    title: str
    description: str = ""
    priority: Priority
    assignee: str = Field(description="CSM id, or ``team`` for the team queue (G14).")
    due: Instant
    status: str = "open"
    created_at: Instant
    owner_role: Role = Role.CSM
    step_id: str = ""
    outcomes: tuple[str, ...] = Field(default=(), description="Outcomes that the play waits for; empty: just done.")
    checklist: tuple[ChecklistMark, ...] = ()
    snoozed_until: Instant | None = None
    snooze_reason: str = ""
    outcome: str = ""
    note: str = ""
    closed_by: str = ""
    closed_at: Instant | None = None


class Notice(Carried):
    """A message to our own people: a CSM, a role, the team queue."""

    key: str
    customer: str
    workflow_id: str
    role: Role
    recipient: str
    message: str
    severity: Severity = Severity.MEDIUM
    at: Instant


class MeetingProposal(Carried):
    """A meeting proposed through a calendar link."""

    key: str
    customer: str
    workflow_id: str
    meeting: str
    calendar_link: str
    at: Instant
    due: Instant | None = None


class InAppNotice(Carried):
    """A notification for the product to show."""

    key: str
    customer: str
    type: str
    title: str
    message: str
    at: Instant
    shown_at: Instant | None = None


class Blocker(Carried):
    """Something in the way of a customer's onboarding or stage, from a rule."""

    key: str
    customer: str
    name: str
    at: Instant


MOST_ATTEMPTS = 150
"""Tries of an outbound webhook: with half an hour between them at last, about three days."""


class WebhookDelivery(Carried):
    """An outbound webhook, stored before it is posted."""

    id: int = 0
    key: str
    customer: str
    workflow: str
    target: str = Field(description="``cs_events``, ``alerts`` or ``expansion``.")
    payload: dict[str, JsonValue]
    status: DeliveryStatus
    created_at: Instant
    delivered_at: Instant | None = None
    attempts: int = 0
    response: str = ""


class InboxRow(Carried):
    """An event as received, unique on (source, event id)."""

    number: int
    source: str
    event_id: str
    type: str
    customer: str
    body: str = Field(description="The event as JSON.")
    received_at: Instant
    delivered_at: Instant | None = None
    attempts: int = 0
    error: str = ""


class RunRow(Carried):
    """A run of a playbook in the read model."""

    workflow_id: str
    customer: str
    process: str
    playbook: str
    version: int
    fingerprint: str
    status: str
    reason: str
    started: Instant
    ended: Instant | None = None


class CaughtMail(Carried):
    """A mail in the local catcher's mailbox."""

    id: int
    received_at: Instant
    envelope_from: str
    envelope_to: tuple[str, ...]
    message_id: str
    subject: str
    raw: bytes = b""
