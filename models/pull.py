"""Sources that are asked instead of listened to: pages, cursors, freshness, and where they disagree with us."""

from enum import StrEnum

from pydantic import Field, JsonValue

from models.base import Carried, Instant, Value
from models.clock import Clock


class Source(StrEnum):
    """What can be pulled."""

    STRIPE_EVENTS = "stripe_events"
    STRIPE_BOOKS = "stripe_books"
    ZENDESK = "zendesk"
    FRESHDESK = "freshdesk"
    MIXPANEL = "mixpanel"


class Page(Value):
    """A page of records as the vendor gives them. ``cursor``: where the next page begins, kept as it is.

    ``covered``: everything that the vendor knew up to then has now been read.
    """

    records: tuple[dict[str, JsonValue], ...] = ()
    cursor: str | None = None
    more: bool = False
    covered: Instant | None = None


class PullInput(Carried):
    """Input of ``SourcePull``. ``pages``: how many were read before the last continue-as-new."""

    source: Source
    clock: Clock = Clock()
    pages: int = 0


class PulledPage(Carried):
    """What came of a page."""

    records: int
    new: int
    more: bool


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
