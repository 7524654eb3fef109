"""What a named person must allow before it happens (section 16 of the domain, G20)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints

from models.base import Carried, Instant, Value
from models.enums import Role

Named = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Because = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class ApprovalKind(StrEnum):
    """What needs a yes."""

    SAVE_OFFER = "save_offer"
    DISCOUNT = "discount"
    PROPOSAL = "proposal"
    CREDIT_REWARD = "credit_reward"
    MANUAL_STAGE = "manual_stage"
    CASE_STUDY = "case_study"
    TESTIMONIAL = "testimonial"
    REPORT = "report"
    CLAIM = "claim"


class ApprovalStatus(StrEnum):
    """Where a request stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """The run that asked has ended: there is nothing left to decide."""


class Approval(Carried):
    """One request. ``customer`` is empty for what concerns no single one, such as a report.

    ``key`` makes the request once, whatever is retried; ``number`` is how people name it; ``subject`` what it is
    about, such as a redemption; ``detail`` what the one who decides has to see.
    """

    number: int = 0
    key: str
    kind: ApprovalKind
    customer: str = ""
    subject: str = ""
    title: str
    detail: dict[str, JsonValue] = Field(default_factory=dict)
    requested_by: str
    requested_at: Instant
    role: Role = Field(default=Role.CS_MANAGER, description="Of whom it is asked.")
    only: bool = Field(default=False, description="Nobody but that role, or who stands above it, decides.")
    due_at: Instant | None = None
    workflow_id: str = ""
    status: ApprovalStatus = ApprovalStatus.PENDING
    decided_by: str = ""
    decided_at: Instant | None = None
    reason: str = ""


class Verdict(Value):
    """A yes or no of a named person; a no says why."""

    approved: bool
    by: Named
    reason: Because = ""
