"""Numbers that a customer agreed to, so that a return can be worked out and not guessed (section 12 of the domain)."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Instant, Value
from models.events import Text
from models.ids import CustomerId


class AgreedInputName(StrEnum):
    """What the ROI formula needs; units in :data:`UNITS`."""

    MINUTES_PER_CONVERSATION = "minutes_per_conversation"
    HOURLY_COST = "hourly_cost"
    LEAD_CONVERSION = "lead_conversion"
    LEAD_VALUE = "lead_value"


UNITS = {
    AgreedInputName.MINUTES_PER_CONVERSATION: "minutes",
    AgreedInputName.HOURLY_COST: "money per hour",
    AgreedInputName.LEAD_CONVERSION: "fraction 0..1",
    AgreedInputName.LEAD_VALUE: "money per converted lead",
}

LARGEST = {
    AgreedInputName.MINUTES_PER_CONVERSATION: Decimal(480),
    AgreedInputName.HOURLY_COST: Decimal(10_000),
    AgreedInputName.LEAD_CONVERSION: Decimal(1),
    AgreedInputName.LEAD_VALUE: Decimal(10_000_000),
}


class AgreedInput(Value):
    """One agreed number. Money is in the configured currency."""

    customer: CustomerId
    name: AgreedInputName
    value: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)]
    source: Text = Field(description="Where it was agreed: a meeting, a mail, a contract.")
    by: Text
    at: Instant
