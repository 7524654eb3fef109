"""Who was spoken of, when it happened, and by which event it was told: the stamp of every stored fact."""

from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple

from models.stages import RenewalStatus


class Told(NamedTuple):
    """Of two that tell the same thing differently, the later moment wins, then the greater key."""

    customer: str
    at: datetime
    key: str

    def row_id(self, given: str | None = None) -> str:
        """An id of at most 128 characters: the one given, or one made of the event's key."""
        return given if given is not None else sha256(self.key.encode()).hexdigest()


class Ticket(NamedTuple):
    """What one event says of a ticket; None says nothing."""

    ticket: str
    severity: str | None = None
    escalated: bool | None = None
    csat: int | None = None
    first_response_minutes: int | None = None
    suspected_injection: bool | None = None


class RenewalWord(NamedTuple):
    """What was told of the renewal of one term, and when."""

    term_end: date
    at: datetime
    key: str
    status: RenewalStatus
