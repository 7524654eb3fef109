"""What the three ticket systems have in common: severity, and when a ticket counts as closed."""

SEVERITY = {
    "urgent": "high",
    "high": "high",
    "normal": "medium",
    "medium": "medium",
    "low": "low",
}
"""Priorities of Zendesk and Freshdesk to the severities of section 0.2."""

CLOSED = frozenset({"solved", "closed", "resolved"})

LONGEST_SUBJECT = 300


def severity(priority: str | None) -> str | None:
    """The severity of a priority; None where it has none, or one of somebody's own."""
    return SEVERITY.get((priority or "").lower())


def closed(status: str | None) -> bool | None:
    """Whether a status means that the ticket is over; None: not told."""
    return None if status is None else status.lower() in CLOSED
