"""One example of every event that is taken from outside: used by the tests, and shown in ``docs/events.md``."""

from typing import Any

DAY, MOMENT = "2026-04-30", "2026-05-10T09:00:00Z"

EXAMPLES: dict[str, dict[str, Any]] = {
    "trial_started": {"trial_days": 14},
    "subscription_created": {},
    "subscription_changed": {},
    "subscription_cancelled": {"reason": "price"},
    "onboarding_step_completed": {"criterion": "chatbot_created"},
    "user_logged_in": {"user_id": "u-17"},
    "usage_reported": {"day": DAY, "feature": "flows", "count": 42, "duration_seconds": 900, "errors": 1},
    "conversations_reported": {"day": DAY, "handled": 120, "automated": 75, "response_seconds": 3600},
    "limit_reported": {"name": "conversations", "used": 850, "allowed": 1000},
    "feature_blocked": {"feature": "whatsapp"},
    "seats_reported": {"seats": 12},
    "growth_potential_set": {"value": 0.6, "by": "lena"},
    "source_reported": {"feed": "tickets"},
    "ticket_opened": {
        "ticket_id": "T-1",
        "severity": "high",
        "subject": "No responde",
        "text": "El widget no carga",
        "tags": ["widget"],
    },
    "ticket_updated": {"ticket_id": "T-1", "severity": "critical", "escalated": True, "text": "Sigue igual"},
    "ticket_closed": {"ticket_id": "T-1", "csat": 4, "first_response_minutes": 35},
    "invoice_issued": {"invoice_id": "I-1", "amount": "490.00", "currency": "EUR", "due_at": MOMENT},
    "invoice_paid": {"invoice_id": "I-1"},
    "payment_failed": {"invoice_id": "I-1", "amount": "490.00", "currency": "EUR"},
    "invoice_voided": {"invoice_id": "I-1"},
    "cancellation_requested": {"request_id": "R-1", "reason": "too dear", "effective_at": MOMENT},
    "cancellation_withdrawn": {"request_id": "R-1"},
    "renewal_decided": {"decision": "renewed", "term_end": "2026-06-30"},
    "survey_answered": {
        "survey_id": "S-1",
        "kind": "nps",
        "score": 9,
        "feedback": "Muy fácil de usar",
        "respondent": "ana",
    },
    "meeting_booked": {"meeting_id": "M-1", "kind": "kickoff", "scheduled_at": MOMENT},
    "meeting_held": {"meeting_id": "M-1", "attended": True},
    "meeting_cancelled": {"meeting_id": "M-1"},
    "outreach_sent": {"message_id": "O-1", "channel": "email"},
    "message_replied": {"message_id": "O-1", "channel": "email"},
    "message_delivered": {"message_id": "<a@b.example>"},
    "message_opened": {"message_id": "<a@b.example>"},
    "message_clicked": {"message_id": "<a@b.example>"},
    "message_bounced": {"message_id": "<a@b.example>", "address": "ana@sol.example", "permanent": True},
    "unsubscribed": {"address": "ana@sol.example"},
}
