"""The kinds of events: what a product's backend and its vendors tell us, and what Steadfast tells itself.

Three closed lists: ``INTERNAL`` is refused from outside; ``FACTS`` are stored, and signalled only where an open run
waits for them; everything else always reaches its customer's workflow.
"""

from enum import StrEnum


class EventType(StrEnum):
    """Every event understood."""

    TRIAL_STARTED = "trial_started"
    SUBSCRIPTION_CREATED = "subscription_created"
    SUBSCRIPTION_CHANGED = "subscription_changed"
    SUBSCRIPTION_CANCELLED = "subscription_cancelled"
    ONBOARDING_STEP_COMPLETED = "onboarding_step_completed"
    USER_LOGGED_IN = "user_logged_in"

    USAGE_REPORTED = "usage_reported"
    CONVERSATIONS_REPORTED = "conversations_reported"
    LEADS_REPORTED = "leads_reported"
    LIMIT_REPORTED = "limit_reported"
    FEATURE_BLOCKED = "feature_blocked"
    SEATS_REPORTED = "seats_reported"
    GROWTH_POTENTIAL_SET = "growth_potential_set"
    SOURCE_REPORTED = "source_reported"

    TICKET_OPENED = "ticket_opened"
    TICKET_UPDATED = "ticket_updated"
    TICKET_CLOSED = "ticket_closed"

    INVOICE_ISSUED = "invoice_issued"
    INVOICE_PAID = "invoice_paid"
    PAYMENT_FAILED = "payment_failed"
    INVOICE_VOIDED = "invoice_voided"
    CANCELLATION_REQUESTED = "cancellation_requested"
    CANCELLATION_WITHDRAWN = "cancellation_withdrawn"
    RENEWAL_DECIDED = "renewal_decided"

    SURVEY_ANSWERED = "survey_answered"
    MEETING_BOOKED = "meeting_booked"
    MEETING_HELD = "meeting_held"
    MEETING_CANCELLED = "meeting_cancelled"
    OUTREACH_SENT = "outreach_sent"
    MESSAGE_REPLIED = "message_replied"
    MESSAGE_DELIVERED = "message_delivered"
    MESSAGE_OPENED = "message_opened"
    MESSAGE_CLICKED = "message_clicked"
    MESSAGE_BOUNCED = "message_bounced"
    UNSUBSCRIBED = "unsubscribed"

    SIGNAL_OPENED = "signal_opened"
    SIGNAL_CLEARED = "signal_cleared"
    HEALTH_DROPPED = "health_dropped"
    CUSTOMER_AT_RISK = "customer_at_risk"
    OPPORTUNITY_DETECTED = "opportunity_detected"
    LIMIT_NEAR = "limit_near"
    RENEWAL_DUE = "renewal_due"
    SURVEY_DUE = "survey_due"
    RECAP_DUE = "recap_due"
    QBR_DUE = "qbr_due"
    PLAN_REVIEW_DUE = "plan_review_due"
    STAGE_REVIEW = "stage_review"
    APPROVAL_DECIDED = "approval_decided"
    NPS_PROCESSED = "nps_processed"
    REFERRAL_CREATED = "referral_created"
    REFERRAL_TRIAL_STARTED = "referral_trial_started"
    REFERRAL_CONVERTED = "referral_converted"
    REFERRAL_REJECTED = "referral_rejected"
    OUTREACH_ACTIVATED = "outreach_activated"


INTERNAL = frozenset(
    {
        EventType.SIGNAL_OPENED,
        EventType.SIGNAL_CLEARED,
        EventType.HEALTH_DROPPED,
        EventType.CUSTOMER_AT_RISK,
        EventType.OPPORTUNITY_DETECTED,
        EventType.LIMIT_NEAR,
        EventType.RENEWAL_DUE,
        EventType.SURVEY_DUE,
        EventType.RECAP_DUE,
        EventType.QBR_DUE,
        EventType.PLAN_REVIEW_DUE,
        EventType.STAGE_REVIEW,
        EventType.APPROVAL_DECIDED,
        EventType.NPS_PROCESSED,
        EventType.REFERRAL_CREATED,
        EventType.REFERRAL_TRIAL_STARTED,
        EventType.REFERRAL_CONVERTED,
        EventType.REFERRAL_REJECTED,
        EventType.OUTREACH_ACTIVATED,
    }
)
"""Said by our own processes only, through the inbox like every other event."""

EXTERNAL = tuple(kind for kind in EventType if kind not in INTERNAL)
"""What may be told from outside."""

FACTS = frozenset(
    {
        EventType.USER_LOGGED_IN,
        EventType.USAGE_REPORTED,
        EventType.CONVERSATIONS_REPORTED,
        EventType.LEADS_REPORTED,
        EventType.LIMIT_REPORTED,
        EventType.FEATURE_BLOCKED,
        EventType.SEATS_REPORTED,
        EventType.GROWTH_POTENTIAL_SET,
        EventType.SOURCE_REPORTED,
        EventType.INVOICE_ISSUED,
        EventType.OUTREACH_SENT,
        EventType.MESSAGE_DELIVERED,
        EventType.MESSAGE_OPENED,
        EventType.MESSAGE_CLICKED,
    }
)
"""Facts only. A login after a week of absence is the exception: it may end a risk, so it is always signalled."""

CHANGES = frozenset(
    {
        EventType.SUBSCRIPTION_CHANGED,
        EventType.SUBSCRIPTION_CANCELLED,
        EventType.ONBOARDING_STEP_COMPLETED,
        EventType.USER_LOGGED_IN,
        EventType.TICKET_OPENED,
        EventType.TICKET_UPDATED,
        EventType.TICKET_CLOSED,
        EventType.INVOICE_PAID,
        EventType.PAYMENT_FAILED,
        EventType.INVOICE_VOIDED,
        EventType.CANCELLATION_REQUESTED,
        EventType.CANCELLATION_WITHDRAWN,
        EventType.RENEWAL_DECIDED,
        EventType.NPS_PROCESSED,
        EventType.SIGNAL_OPENED,
        EventType.SIGNAL_CLEARED,
        EventType.HEALTH_DROPPED,
        EventType.CUSTOMER_AT_RISK,
        EventType.OPPORTUNITY_DETECTED,
        EventType.STAGE_REVIEW,
        "onboarding_completed",
        "stage_ready",
    }
)
"""Kinds that change an input of the rules: the whole table is asked (section 3.5, evaluation cadence)."""


DECIDED = frozenset(
    {
        EventType.SIGNAL_OPENED,
        EventType.SIGNAL_CLEARED,
        EventType.HEALTH_DROPPED,
        EventType.CUSTOMER_AT_RISK,
        EventType.OPPORTUNITY_DETECTED,
        EventType.STAGE_REVIEW,
    }
)
"""Kinds that an evaluation itself tells: it need not be made again."""
