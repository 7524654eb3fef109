"""What activities need to keep of people's work: interventions, tasks, answers, mail to our own people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from models.people import ChecklistMark, Declined, InternalMail, InternalMailStatus, Intervention, Outcome
from models.people import InterventionStatus as Status
from models.records import CsmTask


class Interventions(Protocol):
    """Save plays as people count them (section 7.3)."""

    async def open(self, value: Intervention) -> None:
        """It starts. Idempotent by workflow id."""
        ...

    async def of(self, customer: str) -> list[Intervention]:
        """A customer's interventions, newest first."""
        ...

    async def rise(self, workflow_id: str, level: int) -> None:
        """The level of its escalation rose; no effect on other runs, nor on closed ones."""
        ...

    async def answered(self, workflow_id: str, outcome: str) -> None:
        """A person told an outcome."""
        ...

    async def close(self, workflow_id: str, status: Status, reason: str, at: datetime) -> None:
        """It ended; the first end counts. No effect on runs that are no interventions."""
        ...


class Entries(Protocol):
    """Which plays started, did not start, and keep others quiet."""

    async def started_by(self, customer: str, playbook: str, cause: str) -> str | None:
        """The run that this cause started, or None."""
        ...

    async def pause(self, workflow_id: str, customer: str, playbook: str, patterns: Sequence[str]) -> None:
        """While this run is open, playbooks of these patterns reach nobody. Idempotent."""
        ...

    async def paused_by(self, customer: str, playbook: str) -> str | None:
        """The playbook whose open run keeps this one quiet, or None."""
        ...

    async def unpause(self, workflow_id: str) -> None:
        """The run ended."""
        ...

    async def decline(self, value: Declined) -> None:
        """A play did not start. The first reason for a cause is kept, unless it was held and is so no more."""
        ...

    async def declined(self, customer: str) -> list[Declined]:
        """What did not start for a customer, newest first."""
        ...

    async def waiting(self, customer: str) -> list[Declined]:
        """What is held and still to be tried, oldest first."""
        ...


class Tasks(Protocol):
    """Tasks of people after they were asked."""

    async def get(self, key: str) -> CsmTask | None:
        """The task, or None."""
        ...

    async def open_of(self, assignee: str | None = None) -> list[CsmTask]:
        """Open tasks by due time, of one person or of all."""
        ...

    async def snooze(self, key: str, until: datetime, reason: str) -> None:
        """Not before ``until``; a closed task stays as it is."""
        ...

    async def tick(self, key: str, checklist: Sequence[ChecklistMark]) -> None:
        """How its checklist stands."""
        ...

    async def close(self, key: str, *, outcome: str, note: str, by: str, at: datetime) -> bool:
        """It is done; False if it was already, and then nothing changes."""
        ...

    async def replaced(self, key: str) -> None:
        """An open task that another one takes the place of is no more."""
        ...

    async def cancel_of(self, workflow_id: str, reason: str, at: datetime) -> None:
        """The run that asked has ended: nobody needs to do its open tasks."""
        ...


class Outcomes(Protocol):
    """Answers of people."""

    async def add(self, value: Outcome) -> bool:
        """Keep it; False if this request is known."""
        ...

    async def of(self, customer: str) -> list[Outcome]:
        """A customer's, oldest first."""
        ...


class InternalMails(Protocol):
    """Mail to our own people: stored before it is handed over."""

    async def get(self, key: str) -> InternalMail | None:
        """The mail under this key, or None."""
        ...

    async def add(self, value: InternalMail) -> None:
        """Store it; a second add of a key does nothing."""
        ...

    async def mark(
        self, key: str, status: InternalMailStatus, *, at: datetime, response: str = "", resent: bool = False
    ) -> None:
        """Move it on."""
        ...

    async def of(self, customer: str) -> list[InternalMail]:
        """What our people were mailed about a customer, oldest first."""
        ...
