"""Who an account of another system is: mappings, doubts and merges."""

from enum import StrEnum

from pydantic import Field

from models.base import Carried, Instant


class How(StrEnum):
    """Why an account counts as a customer's."""

    MAPPED = "mapped"
    ACCEPTED = "accepted"
    OWN_ID = "own_id"
    TOKEN = "token"  # noqa: S105 (the name of a way, no secret)
    EMAIL = "email"
    DOMAIN = "domain"


class Identity(Carried):
    """One account of another system, and whose it is. ``by``: the person who said so, or empty."""

    system: str
    external_id: str
    customer: str
    how: How
    at: Instant
    by: str = ""


class Candidate(Carried):
    """A customer that an unknown account might be, and why."""

    customer: str
    why: str


class CaseStatus(StrEnum):
    """A doubt is open, or was decided."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class IdentityCase(Carried):
    """An account of which it is not known whose it is. ``waiting``: how many statements wait for the answer."""

    number: int
    system: str
    external_id: str
    status: CaseStatus
    candidates: tuple[Candidate, ...] = ()
    email: str | None = None
    domain: str | None = None
    name: str | None = None
    first_seen: Instant
    last_seen: Instant
    waiting: int = 0
    customer: str | None = None
    decided_at: Instant | None = None
    decided_by: str = ""


class Merge(Carried):
    """Two customers that are one: what ``loser`` had is ``winner``'s, until it is undone."""

    number: int
    loser: str
    winner: str
    at: Instant
    by: str
    reason: str
    undone_at: Instant | None = None
    undone_by: str = ""
    rows: int = Field(default=0, description="Rows that were moved.")
    stopped: tuple[str, ...] = Field(default=(), description="Processes of the loser that were stopped.")
