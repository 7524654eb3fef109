"""What a product's backend tells us: the body of ``POST /events`` and of a line for ``starter.py event``.

Field names are snake_case; amounts are decimal strings; moments are RFC 3339 with a zone.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Protocol, Self

from pydantic import Field, JsonValue, StringConstraints, field_validator, model_validator

from models.base import Carried, Instant, Value
from models.enums import Language, Plan, Segment
from models.event_base import EventData
from models.event_bodies import read
from models.event_kinds import EventType
from models.event_values import Amount, Currency, Email, Text, Zone
from models.ids import CustomerId

__all__ = [
    "Amount",
    "Consent",
    "Email",
    "Event",
    "EventCustomer",
    "EventType",
    "Happened",
    "Occurrence",
    "Text",
    "Zone",
]


class Consent(Value):
    """What the customer allowed. Marketing needs a yes; relationship mail goes unless there is a no (section 9.3)."""

    marketing: bool | None = None
    relationship: bool | None = None


class EventCustomer(Value):
    """What an event says of its customer. An absent field says nothing and changes nothing."""

    id: CustomerId
    name: Text | None = None
    first_name: Text | None = None
    email: Email | None = None
    plan: Plan | None = None
    mrr: Amount | None = None
    currency: Currency | None = None
    seats: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    segment: Segment | None = None
    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] | None = None
    timezone: Zone | None = None
    csm_id: Text | None = None
    renewal_date: date | None = None
    contract_length_months: Annotated[int, Field(ge=1, le=120)] | None = None
    consent: Consent | None = None

    @field_validator("mrr", mode="before")
    @classmethod
    def _decimal_string(cls, value: object) -> object:
        if isinstance(value, float):
            raise ValueError('expected a decimal string such as "49.00"; a binary fraction cannot hold money')
        return value

    def language(self) -> Language | None:
        """The language of the locale, when it is one of ours."""
        code = (self.locale or "")[:2]
        return Language(code) if code in Language.__members__.values() else None


class Event(Value):
    """One thing that happened to one customer.

    ``data`` is per type: see ``models.event_account`` and ``models.event_data``.
    """

    event_id: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
    type: EventType
    occurred_at: Instant
    customer: EventCustomer
    data: dict[str, JsonValue] = Field(default_factory=dict, max_length=50)

    @model_validator(mode="after")
    def _data_of_type(self) -> Self:
        read(self.type, self.data)
        if self.type is EventType.SUBSCRIPTION_CREATED and self.customer.plan is None and self.customer.segment is None:
            raise ValueError(
                "a subscription needs customer.plan or customer.segment: they choose the onboarding program"
            )
        if self.type is EventType.SUBSCRIPTION_CHANGED and self.customer.model_fields_set <= {"id"}:
            raise ValueError("a changed subscription says what changed: customer.plan, customer.mrr, ...")
        return self

    def said(self) -> EventData:
        """``data`` as the kind's own model."""
        return read(self.type, self.data)


class Happened(Protocol):
    """An :class:`Occurrence` as rules read it, however it is kept."""

    @property
    def kind(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def at(self) -> Instant: ...
    @property
    def subject(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def data(self) -> Mapping[str, str | int | float | bool | None]: ...


class Occurrence(Carried):
    """An event as workflows see it: its number, its name, and the few values a rule needs. Never the body.

    ``number`` is the inbox number (0 for one that a workflow made itself); ``key`` is unique and recognises a
    redelivery. ``name`` is the kind, or ``kind:subject`` where the kind has one.
    """

    kind: str
    key: str
    at: Instant
    subject: str = ""
    number: int = 0
    data: dict[str, str | int | float | bool | None] = Field(default_factory=dict)

    @property
    def name(self) -> str:
        """``kind`` or ``kind:subject``."""
        return f"{self.kind}:{self.subject}" if self.subject else self.kind

    def matches(self, pattern: str) -> bool:
        """Whether the pattern names this kind, or this kind and subject."""
        return pattern in (self.kind, self.name)
