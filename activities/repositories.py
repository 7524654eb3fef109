"""The repositories of a transaction, as protocols: ``persistence`` implements them.

Every method works inside its transaction: what is written together is there together, or not at all.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from pydantic import JsonValue

from models.enums import CommunicationStatus, MessageClass, Segment
from models.events import Event
from models.play import OnboardingRecord, RunRecord, StepRecord
from models.records import (
    Blocker,
    Communication,
    Csm,
    CsmTask,
    Customer,
    InAppNotice,
    MeetingProposal,
    Notice,
    RunRow,
    Transition,
)
from models.run import StepResult


class Customers(Protocol):
    """Customers and their managers."""

    async def get(self, customer: str) -> Customer | None:
        """The customer, or None."""
        ...

    async def apply(self, event: Event, *, currency: str) -> Customer:
        """Store what an event says of its customer, creating it if new, and return it as it is then.

        An absent field changes nothing; an event older than what set a field does not overwrite it. ``trial_started``
        sets status trialing and the trial's end, ``subscription_created`` status active (raising the cycle and
        ``subscribed_at`` when the customer was not active), ``subscription_cancelled`` status cancelled. Idempotent per
        event id. Raises BadInput for a currency other than the configured one.
        """
        ...

    async def put(self, customer: Customer) -> None:
        """Write every field (imports, assignments)."""
        ...

    async def csm(self, csm_id: str) -> Csm | None:
        """The manager, or None."""
        ...

    async def put_csm(self, value: Csm) -> None:
        """Insert or replace a manager."""
        ...

    async def csms(self) -> list[Csm]:
        """Every manager, by id."""
        ...

    async def assign(self, customer: str, csm_id: str) -> bool:
        """Give the customer this manager if it has none; False if it has one."""
        ...

    async def least_loaded_csm(self, segment: Segment) -> Csm | None:
        """The manager serving the segment with the fewest customers (ties by id), or None if there is none."""
        ...

    async def activate_outreach(self, at: datetime) -> list[str]:
        """Lift the hold on every imported customer; returns their ids."""
        ...


class Facts(Protocol):
    """Facts of the catalogue, as of a moment; a later row is never seen."""

    async def read(
        self, customer: str, names: Sequence[str], *, as_of: datetime, since: datetime, cycle: int = 0
    ) -> dict[str, JsonValue]:
        """A value or None (unknown) for each name. ``since``: when the run that asks started."""
        ...

    async def add_login(self, customer: str, at: datetime, key: str) -> None:
        """A user of the account logged in; idempotent per key."""
        ...

    async def add_response(self, customer: str, kind: str, at: datetime, key: str) -> None:
        """The customer replied, booked, answered or decided (section 14.1); idempotent per key."""
        ...


class Lifecycles(Protocol):
    """Stages and their changes: one table, written with the stage field in one transaction."""

    async def record(self, transition: Transition) -> bool:
        """Store the change and set the customer's stage; False if this cause already made its change."""
        ...

    async def history(self, customer: str) -> list[Transition]:
        """Every change, oldest first."""
        ...

    async def by_cause(self, customer: str, cause: str) -> Transition | None:
        """The change that this cause made, or None."""
        ...


class Effects(Protocol):
    """Results of effects under their keys: a retry finds what its predecessor did."""

    async def get(self, key: str) -> StepResult | None:
        """The stored result, or None if the effect was never finished."""
        ...

    async def put(self, key: str, workflow_id: str, result: StepResult, at: datetime) -> None:
        """Store the result; a second result for a key is refused by the table."""
        ...


class Runs(Protocol):
    """The read model of runs, written inside the steps' own activities."""

    async def open(self, record: RunRecord) -> None:
        """A run starts: its row, and an ``awaiting`` row for each event it wants. Idempotent."""
        ...

    async def step(self, workflow_id: str, step: StepRecord) -> None:
        """One step settled or was held. Idempotent."""
        ...

    async def close(self, record: RunRecord) -> None:
        """A run ended: final steps, no more awaiting rows. Idempotent."""
        ...

    async def forget_steps(self, workflow_id: str) -> None:
        """The steps are written anew, by a playbook that may have others. Results of effects stay."""
        ...

    async def next_occurrence(
        self, customer: str, playbook: str, cause: str, workflow_id_of: Callable[[int], str]
    ) -> int:
        """Reserve the number of this playbook's next run for the customer; the same cause gets the same number."""
        ...

    async def of(self, customer: str) -> list[RunRow]:
        """The customer's runs, newest first."""
        ...

    async def open_of(self, playbook: str, *, other_than: str = "") -> list[str]:
        """Open runs of a playbook whose content has another fingerprint than this, by workflow id."""
        ...

    async def steps(self, workflow_id: str) -> list[StepRecord]:
        """The steps of a run, in the order they were due."""
        ...

    async def awaited(self, customer: str, kind: str) -> bool:
        """Whether an open run of the customer wants events of this kind."""
        ...


class Onboardings(Protocol):
    """Onboarding records, unique on (customer, cycle)."""

    async def save(self, record: OnboardingRecord) -> None:
        """Insert or replace."""
        ...

    async def latest(self, customer: str) -> OnboardingRecord | None:
        """The record of the highest cycle, or None."""
        ...


class Communications(Protocol):
    """The communication log: stored before it is delivered."""

    async def by_key(self, key: str) -> Communication | None:
        """The message under this key, or None."""
        ...

    async def reserve(self, message: Communication) -> None:
        """Store a queued message; from now on it counts against the cap."""
        ...

    async def mark(
        self,
        key: str,
        status: CommunicationStatus,
        *,
        at: datetime,
        response: str = "",
        resent: bool = False,
    ) -> None:
        """Move a message on."""
        ...

    async def count_since(self, customer: str, since: datetime, classes: Sequence[MessageClass]) -> int:
        """Messages of these classes reserved for the customer since then, failed ones left out."""
        ...

    async def suppressed(self, address: str) -> str | None:
        """Why nothing may be sent to this address, or None."""
        ...

    async def suppress(self, address: str, reason: str, at: datetime) -> None:
        """Never send to this address again (unsubscribed, bounced)."""
        ...

    async def of(self, customer: str) -> list[Communication]:
        """Everything said to a customer, oldest first."""
        ...

    async def unknown(self) -> list[Communication]:
        """Messages whose outcome is unknown, for operations."""
        ...


class Work(Protocol):
    """What our own people see and do; each row unique on its key, a second add does nothing."""

    async def add_task(self, task: CsmTask) -> None:
        """A task for a person."""
        ...

    async def add_notice(self, notice: Notice) -> None:
        """A message to our own people."""
        ...

    async def add_proposal(self, proposal: MeetingProposal) -> None:
        """A proposed meeting."""
        ...

    async def add_in_app(self, notice: InAppNotice) -> None:
        """A notification in the product's feed."""
        ...

    async def add_blocker(self, blocker: Blocker) -> None:
        """Something in the way."""
        ...

    async def clear_blocker(self, customer: str, name: str) -> None:
        """No longer in the way."""
        ...

    async def tasks(self, customer: str) -> list[CsmTask]:
        """A customer's tasks, by due time."""
        ...

    async def notices(self, customer: str) -> list[Notice]:
        """What our people were told of a customer, oldest first."""
        ...

    async def in_app(self, customer: str) -> list[InAppNotice]:
        """The customer's feed, oldest first."""
        ...

    async def blockers(self, customer: str) -> list[Blocker]:
        """What is in the way now."""
        ...

    async def proposals(self, customer: str) -> list[MeetingProposal]:
        """Meetings proposed, oldest first."""
        ...
