"""What events tell, as repositories of a transaction. Every method: idempotent per event, whatever the order."""

from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from models.facts import Feed
from models.told import RenewalWord, Ticket, Told


class UsageTold(Protocol):
    """Use, and what the plan allows."""

    async def usage(
        self, told: Told, day: date, feature: str, *, count: int, duration_seconds: int | None, errors: int | None
    ) -> None:
        """How often a feature was used on a day."""
        ...

    async def conversations(
        self, told: Told, day: date, *, handled: int, automated: int | None, response_seconds: int | None
    ) -> None:
        """Conversations of a day."""
        ...

    async def leads(self, told: Told, day: date, captured: int) -> None:
        """Leads captured on a day."""
        ...

    async def limit(self, told: Told, name: str, used: int, allowed: int | None) -> None:
        """How much of a limit was used."""
        ...

    async def blocked(self, told: Told, feature: str) -> None:
        """Somebody tried a feature that the plan does not have."""
        ...

    async def seats(self, told: Told, seats: int) -> None:
        """How many seats."""
        ...

    async def growth(self, told: Told, value: float, by: str) -> None:
        """What somebody thinks of the account's growth, 0 to 1."""
        ...

    async def source(self, told: Told, feed: Feed) -> None:
        """The source has told all it knew by then."""
        ...

    async def login(self, told: Told, user_id: str | None) -> float | None:
        """A user logged in. Days since the latest earlier login, None when there was none."""
        ...


class SupportTold(Protocol):
    """Tickets. Each method raises BadInput when the ticket is another customer's."""

    async def opened(self, told: Told, said: Ticket) -> None:
        """It was opened."""
        ...

    async def updated(self, told: Told, said: Ticket) -> None:
        """Another severity, or an escalation."""
        ...

    async def closed(self, told: Told, said: Ticket) -> None:
        """It was closed."""
        ...

    async def mentioned(self, told: Told, ticket_id: str | None, name: str) -> None:
        """A competitor was named."""
        ...


class BillingTold(Protocol):
    """Invoices, requests to cancel, renewals. BadInput when the id is another customer's."""

    async def issued(
        self, told: Told, ident: str, amount: Decimal | None, currency: str | None, due_at: datetime | None
    ) -> None:
        """An invoice."""
        ...

    async def paid(self, told: Told, ident: str) -> None:
        """It was paid."""
        ...

    async def failed(self, told: Told, ident: str, amount: Decimal | None, currency: str | None) -> None:
        """An attempt failed."""
        ...

    async def voided(self, told: Told, ident: str) -> None:
        """It need not be paid."""
        ...

    async def cancel(self, told: Told, ident: str | None, reason: str | None, effective_at: datetime | None) -> str:
        """A request to cancel; returns its id."""
        ...

    async def withdraw(self, told: Told, ident: str | None) -> None:
        """The request, or every one until then, is taken back."""
        ...

    async def close_requests(self, told: Told) -> None:
        """Every request until then is settled."""
        ...

    async def renewal(self, told: Told, term_end: date, status: str) -> None:
        """What became of the term that ends then (``models.stages.RenewalStatus``)."""
        ...

    async def renewals(self, customer: str) -> list[RenewalWord]:
        """What was told of the customer's renewals, oldest first."""
        ...

    async def churned(self, told: Told, day: date, reason: str | None) -> None:
        """The service ended, and why (a code of section 3.1; None: not told)."""
        ...


class RelationsTold(Protocol):
    """Meetings and messages. BadInput when the id is another customer's."""

    async def booked(self, told: Told, ident: str, kind: str, scheduled_at: datetime) -> None:
        """A meeting, or a new time for it."""
        ...

    async def held(self, told: Told, ident: str, *, attended: bool) -> str:
        """Whether they came; returns the meeting's kind, empty where no booking was told."""
        ...

    async def meeting_cancelled(self, told: Told, ident: str) -> str:
        """It does not take place; returns the meeting's kind, empty where no booking was told."""
        ...

    async def sent(self, told: Told, ident: str, channel: str) -> None:
        """A person of ours wrote to them."""
        ...

    async def replied(self, told: Told, ident: str | None) -> None:
        """They answered that message, or the latest one."""
        ...

    async def news(self, told: Told, message_id: str, kind: str) -> str | None:
        """What became of one of our messages; returns the address it went to, None where we sent none of that id."""
        ...
