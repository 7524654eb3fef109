"""Sources that are asked instead of listened to: pages, cursors, freshness, and where they disagree with us."""

from decimal import Decimal
from enum import StrEnum

from pydantic import Field, JsonValue

from models.base import Carried, Instant, Value
from models.clock import Clock
from models.enums import SubscriptionStatus


class Source(StrEnum):
    """What can be pulled."""

    STRIPE_EVENTS = "stripe_events"
    STRIPE_BOOKS = "stripe_books"
    ZENDESK = "zendesk"
    FRESHDESK = "freshdesk"
    INTERCOM = "intercom"
    MIXPANEL = "mixpanel"
    TYPEFORM = "typeform"


def pull_queue(queue: str) -> str:
    """The task queue of readings beside the one of plays."""
    return f"{queue}-pull"


class Page(Value):
    """A page of records as the vendor gives them. ``cursor``: where the next page begins, kept as it is.

    ``covered``: everything that the vendor knew up to then has now been read.
    """

    records: tuple[dict[str, JsonValue], ...] = ()
    cursor: str | None = None
    more: bool = False
    covered: Instant | None = None


class PullInput(Carried):
    """Input of ``SourcePull``; counts are carried on by a run that renewed itself."""

    source: Source
    clock: Clock = Clock()
    records: int = 0
    new: int = 0


class PulledPage(Carried):
    """What came of a page. ``new``: rows of the inbox, or disagreements that are open."""

    records: int
    new: int
    more: bool = False


class OurMoney(Carried):
    """What we hold of an account of the billing system."""

    customer: str
    status: SubscriptionStatus | None = None
    mrr: Decimal | None = None
    currency: str | None = None


class OurInvoice(Carried):
    """What we hold of an invoice."""

    id: str
    customer: str
    amount: Decimal | None = None
    currency: str | None = None
    paid_at: Instant | None = None
    voided_at: Instant | None = None


class Freshness(Carried):
    """How current a source is. ``covered_until``: everything up to then is here."""

    source: str
    read_at: Instant | None = None
    covered_until: Instant | None = None
    failed_at: Instant | None = None
    error: str = ""
    records: int = 0
    cursor: str | None = None


class Discrepancy(Carried):
    """Where a source and our records disagree. Open until a later comparison finds them agreeing."""

    number: int = 0
    source: str
    kind: str
    object: str
    customer: str | None = None
    ours: str = Field(default="", description="What our records say.")
    theirs: str = Field(default="", description="What the source says.")
    found_at: Instant
    seen_at: Instant
    resolved_at: Instant | None = None
