"""What we prepare for a customer: deals of the CRM and drafts that people approve (sections 12, 14.2 and 20)."""

from decimal import Decimal
from enum import StrEnum

from pydantic import Field, JsonValue

from models.base import Carried, Instant
from models.ids import CustomerId


class DealKind(StrEnum):
    """What a deal is about."""

    RENEWAL = "renewal"
    EXPANSION = "expansion"


class DealStatus(StrEnum):
    """Where it stands: renewals end ``completed`` or ``declined``, expansions ``won`` or ``lost``."""

    PENDING = "pending"
    COMPLETED = "completed"
    DECLINED = "declined"
    WON = "won"
    LOST = "lost"


class Deal(Carried):
    """An opportunity as the CRM keeps it; ours is the record, a CRM's is a copy.

    ``subject``: the end of the term of a renewal, the key of the opportunity of an expansion; one deal for each.
    ``amount`` is monthly and None where it is not known.
    """

    key: str
    customer: CustomerId
    kind: DealKind
    subject: str
    status: DealStatus = DealStatus.PENDING
    product: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    likelihood: str | None = Field(default=None, description="green, amber or red; a class, no probability.")
    workflow_id: str
    opened_at: Instant
    updated_at: Instant


class DraftKind(StrEnum):
    """What is drafted."""

    PROPOSAL = "proposal"
    SAVE_OFFER = "save_offer"
    RETURN_OFFER = "return_offer"
    QBR = "qbr"


class Draft(Carried):
    """Something drafted for a person to approve; nobody outside sees a draft.

    ``subject``: what it is for, so that two plays that draft the same make one draft: the opportunity, the run, the
    quarter.
    """

    key: str
    customer: CustomerId
    kind: DraftKind
    subject: str
    content: dict[str, JsonValue]
    workflow_id: str
    at: Instant
