"""What a product's backend tells us: the body of ``POST /events`` and of a line for ``starter.py event``.

Field names are snake_case; amounts are decimal strings; moments are RFC 3339 with a zone.
"""

import unicodedata
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, JsonValue, StringConstraints, field_validator, model_validator

from models.base import Carried, Instant, Value
from models.enums import Language, Plan, Segment
from models.ids import CustomerId

_ZONES = available_timezones()


def _printable(value: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise ValueError("control characters are not allowed")
    return value


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_printable)
]


def _check_email(value: str) -> str:
    local, at, domain = value.rpartition("@")
    if not at or not local or "." not in domain or any(c in value for c in ' \t\r\n<>",;') or len(value) > 254:
        raise ValueError("expected an address such as ana@example.com")
    return value


def _check_zone(value: str) -> str:
    if value not in _ZONES:
        raise ValueError("expected an IANA time zone such as Europe/Madrid")
    return value


Email = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_check_email)]
Zone = Annotated[str, AfterValidator(_check_zone)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


class EventType(StrEnum):
    """The events understood today."""

    TRIAL_STARTED = "trial_started"
    SUBSCRIPTION_CREATED = "subscription_created"
    ONBOARDING_STEP_COMPLETED = "onboarding_step_completed"
    USER_LOGGED_IN = "user_logged_in"
    SUBSCRIPTION_CANCELLED = "subscription_cancelled"


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
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
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

    ``data`` is per type: ``onboarding_step_completed`` has exactly one of ``criterion`` and ``step_id``;
    ``trial_started`` may have ``trial_days`` (1 to 14); other data is stored and not interpreted.
    """

    event_id: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
    type: EventType
    occurred_at: Instant
    customer: EventCustomer
    data: dict[str, JsonValue] = Field(default_factory=dict, max_length=50)

    @model_validator(mode="after")
    def _data_of_type(self) -> Self:
        if self.type is EventType.ONBOARDING_STEP_COMPLETED:
            given = [k for k in ("criterion", "step_id") if isinstance(self.data.get(k), str)]
            if len(given) != 1:
                raise ValueError("data needs exactly one of criterion and step_id, a string")
        if self.type is EventType.SUBSCRIPTION_CREATED and self.customer.plan is None and self.customer.segment is None:
            raise ValueError(
                "a subscription needs customer.plan or customer.segment: they choose the onboarding program"
            )
        if self.type is EventType.TRIAL_STARTED:
            days = self.data.get("trial_days", 14)
            if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 14:
                raise ValueError("data.trial_days must be a whole number from 1 to 14")
        return self


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
