"""What another system tells us, before and after it is known of which customer (sections 2 and 19 of the domain)."""

from enum import StrEnum

from pydantic import Field, JsonValue

from models.base import Carried, Instant, Value

OWN_ID = "steadfast_customer_id"
"""The key under which other systems are given our customer id (metadata, custom attribute, custom field)."""


STATES = frozenset({"subscription_changed", "ticket_updated"})
"""Types that tell how an object is now."""


class Ref(Value):
    """An id in another system: ``("stripe", "customer:cus_9")``."""

    system: str = Field(max_length=40)
    id: str = Field(min_length=1, max_length=300)

    def __str__(self) -> str:
        return f"{self.system}/{self.id}"


class Notice(Value):
    """One verified event of a vendor, not interpreted yet. ``id``: by which the vendor's repeats are recognised."""

    id: str = Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")
    kind: str = Field(min_length=1, max_length=200)
    at: Instant
    body: dict[str, JsonValue]


class Said(Value):
    """One thing that a vendor's event says of one of its accounts.

    ``type``: a type of :mod:`models.events`, or empty where it only introduces the account. ``refs``: ids of the
    account in that system, the company first and the person last. ``customer``: our own id as an administrator of that
    system stored it; ``token``: a signed token of ours that came back. ``email_claimed``: typed in by whoever filled in
    a form. ``subject``: the object that this is about; of statements that tell its state (``STATES``) one that is older
    than what is known of it is stale, while what happened at a moment is told however late it comes. ``creates``: a
    customer of that ``customer`` id that is not there yet may come into being.
    """

    type: str = ""
    event_id: str = Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")
    at: Instant
    refs: tuple[Ref, ...] = Field(min_length=1)
    customer: str | None = None
    token: str | None = None
    email: str | None = None
    email_claimed: bool = False
    domain: str | None = None
    name: str | None = None
    fields: dict[str, JsonValue] = Field(default_factory=dict)
    data: dict[str, JsonValue] = Field(default_factory=dict)
    subject: str = Field(default="", max_length=200)
    creates: bool = False


class VendorStatus(StrEnum):
    """What became of a vendor's event."""

    APPLIED = "applied"
    INTRODUCED = "introduced"
    PARKED = "parked"
    STALE = "stale"
    SILENT = "silent"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    DROPPED = "dropped"


MEANING: dict[VendorStatus, str] = {
    VendorStatus.APPLIED: "written to the inbox of a customer",
    VendorStatus.INTRODUCED: "said who an account is, and nothing else",
    VendorStatus.PARKED: "waits for somebody to say which customer it is about",
    VendorStatus.STALE: "older than what is known of the same object",
    VendorStatus.SILENT: "of a known type, and says nothing that is used here",
    VendorStatus.UNKNOWN: "of a type that is not known here",
    VendorStatus.REFUSED: "could not be understood; the reason is kept",
    VendorStatus.DROPPED: "about an account that was refused as nobody's",
}


class VendorEvent(Carried):
    """The trace of a vendor's event. The body is kept only of one that was refused, bounded, and for a month."""

    vendor: str
    event_id: str
    kind: str
    at: Instant
    received_at: Instant
    status: VendorStatus
    reason: str = ""
    customer: str | None = None
    says: tuple[str, ...] = Field(default=(), description="Types of what it said.")
    suspected_injection: bool = False
    body: str | None = None


class Parked(Carried):
    """A statement that waits for its customer."""

    number: int
    vendor: str
    event_id: str
    said: Said
