"""Something to tell another system, stored before it is told; and the circuit of each system (sections 0.1 and 2)."""

from datetime import timedelta
from enum import StrEnum
from typing import Literal

from pydantic import Field

from models.base import Carried, Instant
from models.clock import REAL, Clock
from models.outside import Operation, System


class VendorStatus(StrEnum):
    """Life of a delivery. ``sending``: from just before the call until its answer is stored."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


OPEN = (VendorStatus.PENDING, VendorStatus.SENDING)
"""Still to be delivered."""


class VendorDelivery(Carried):
    """One row of the outbox of the outside systems. ``next_try`` is real time, all other moments are the clock's."""

    id: int = 0
    key: str = Field(description="Effect key and system: one delivery for each.")
    customer: str
    system: System
    operation: Operation
    run: str = Field(default="", description="Workflow id of the play that asked for it.")
    status: VendorStatus = VendorStatus.PENDING
    created_at: Instant
    not_after: Instant | None = Field(default=None, description="After this nobody wants it any more.")
    next_try: Instant
    attempts: int = 0
    resent: bool = False
    delivered_at: Instant | None = None
    reference: str = ""
    response: str = ""


KEPT: dict[str, timedelta | None] = {
    "save_account": None,
    "add_task": None,
    "add_note": None,
    "save_deal": None,
    "report_play": None,
    "save_page": None,
    # The customer should not be welcomed back a month later; nor a manager pinged about last week.
    "show_in_app": timedelta(days=7),
    "post_chat": timedelta(days=3),
    "update_chat": timedelta(days=3),
}
"""How long after it was asked for each operation is still wanted; None: always."""

TO_CUSTOMER = frozenset(("show_in_app",))
"""What the customer sees: never sent twice on a guess, and held while outreach is held."""

REPEATABLE = frozenset(("save_account", "save_deal", "save_page", "update_chat"))
"""What may be sent again whatever became of the last attempt: every adapter finds what is there."""


class Circuit(Carried):
    """How a system does, shared by all workers. Real time. ``retry_at``: nothing is asked of it before then."""

    system: System
    state: Literal["closed", "open"] = "closed"
    failures: int = Field(default=0, description="Since the last answer.")
    since: Instant | None = Field(default=None, description="When it opened.")
    retry_at: Instant | None = None
    reason: str = ""
    version: int = 0


class StepWait(Carried):
    """A step of a play that cannot go on until a system answers. ``since`` is real time."""

    key: str = Field(description="Effect key of the step.")
    system: System
    customer: str
    workflow_id: str
    step_id: str
    since: Instant
    reason: str = ""


class Waiting(Carried):
    """What waits for one system (``integrations status``). ``steps``: of plays, beside the deliveries."""

    system: System
    waiting: int
    oldest: Instant | None = None
    steps: int = 0
    steps_since: Instant | None = None
    failed: int = 0
    unknown: int = 0
    circuit: Circuit


class DrainInput(Carried):
    """Input of ``VendorOutbox``: whose deliveries to make, and where."""

    system: System
    task_queue: str
    clock: Clock = Field(default=REAL, exclude_if=REAL.__eq__)
    delivered: int = 0


class Due(Carried):
    """Deliveries to make now, each customer's in order."""

    groups: tuple[tuple[int, ...], ...] = ()
    reason: str = ""


class DeliverOne(Carried):
    """One delivery to make."""

    delivery: int
    system: System
    clock: Clock = Field(default=REAL, exclude_if=REAL.__eq__)
