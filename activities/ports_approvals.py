"""Requests for approval, as a repository of a transaction."""

from datetime import datetime
from typing import Protocol

from models.approval import Approval, ApprovalStatus


class Approvals(Protocol):
    """Requests, each unique on its key."""

    async def ask(self, request: Approval) -> Approval:
        """Store the request and return it with its number; one that is there under the key stays as it is."""
        ...

    async def get(self, number: int) -> Approval | None:
        """The request, or None."""
        ...

    async def by_key(self, key: str) -> Approval | None:
        """The request, or None."""
        ...

    async def requests(self, *, status: ApprovalStatus | None = None, customer: str | None = None) -> list[Approval]:
        """Requests by number, those of a status or a customer."""
        ...

    async def settle(self, decided: Approval) -> bool:
        """Write the decision; False if somebody decided it already."""
        ...

    async def withdraw_of(self, workflow_id: str, reason: str, at: datetime) -> None:
        """The run that asked has ended: what nobody has decided needs no decision any more."""
        ...
