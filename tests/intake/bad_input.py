# ruff: noqa: E501 (tables read best with one case to a line)
"""What is wrong in an event, by the field that is named: the same over HTTP and from the command line."""

from datetime import datetime, timedelta
from typing import Any


def wrong(now: datetime) -> list[tuple[str, dict[str, Any], str, str]]:
    """(name, event, field, words of the reason); ``now`` is the virtual present of whoever is told."""

    def event(kind: str, data: dict[str, Any], at: datetime = now, **customer: Any) -> dict[str, Any]:
        return {
            "event_id": "wrong-1",
            "type": kind,
            "occurred_at": at.isoformat(),
            "customer": {"id": "C-wrong", **customer},
            "data": data,
        }

    day = (now + timedelta(days=3)).date().isoformat()
    return [
        ("a score of 11", event("survey_answered", {"kind": "nps", "score": 11}), "data.score", "less than or equal to 10"),
        ("a csat of 0", event("survey_answered", {"kind": "csat", "score": 0}), "data.score", "from 1 to 5"),
        ("a negative amount", event("invoice_issued", {"invoice_id": "I", "amount": "-1.00"}), "data.amount", "negative"),
        ("a negative MRR", event("subscription_changed", {}, mrr="-1.00"), "customer.mrr", "decimal string"),
        ("a moment in the future", event("user_logged_in", {}, at=now + timedelta(hours=1)), "occurred_at", "in the future"),
        ("a day in the future", event("conversations_reported", {"day": day, "handled": 1}), "data.day", "in the future"),
        ("an unknown plan", event("subscription_created", {}, plan="gold"), "customer.plan", "'starter'"),
        (
            "another currency",
            event("payment_failed", {"invoice_id": "I", "amount": "1.00", "currency": "USD"}),
            "data.currency",
            "amounts here are in EUR",
        ),
        ("another currency of the customer", event("subscription_changed", {}, currency="USD"), "customer.currency", "EUR"),
        ("our own word", event("signal_opened", {"type": "failed_payment"}), "type", "Steadfast itself"),
    ]  # fmt: skip
