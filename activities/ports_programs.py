"""Surveys and advocacy, as repositories of a transaction (sections 11 and 13 of the domain)."""

from datetime import datetime
from typing import Protocol

from models.advocacy import AdvocacyStatus, CandidateRecord, CandidateStatus
from models.nps import AddCandidate, NpsResponse, SurveySend


class Surveys(Protocol):
    """Surveys sent, and their answers."""

    async def sent(self, send: SurveySend) -> None:
        """A survey was sent; idempotent per id."""
        ...

    async def get(self, survey: str) -> SurveySend | None:
        """The survey, or None."""
        ...

    async def last_sent(self, customer: str, by: datetime) -> SurveySend | None:
        """The latest NPS survey sent to the customer by then, or None: what ``rules.nps.may_survey`` reads."""
        ...

    async def reminded(self, survey: str, at: datetime) -> None:
        """The one reminder went out."""
        ...

    async def closed(self, survey: str, at: datetime) -> None:
        """It is closed; the first closing counts."""
        ...

    async def add(self, response: NpsResponse, *, kind: str = "nps") -> None:
        """Store an answer; idempotent per id."""
        ...

    async def answers(self, survey: str) -> list[NpsResponse]:
        """The NPS answers to a survey, oldest first."""
        ...

    async def of(self, customer: str) -> list[NpsResponse]:
        """The customer's NPS answers, oldest first."""
        ...

    async def response(self, ident: str) -> NpsResponse | None:
        """An answer, or None."""
        ...

    async def followed_up(self, response: NpsResponse) -> None:
        """Write the follow-up of an answer (section 11.2, N8)."""
        ...


class Advocacy(Protocol):
    """Candidates and advocates."""

    async def status(self, customer: str) -> AdvocacyStatus:
        """Where the customer stands with the program."""
        ...

    async def open_candidate(self, customer: str) -> CandidateRecord | None:
        """The candidate that is ``new`` or ``contacted``, or None."""
        ...

    async def move(self, customer: str, to: CandidateStatus, at: datetime) -> None:
        """The open candidate moved on, and the customer's standing with it (A2); nothing where none is open."""
        ...

    async def add_candidate(self, asked: AddCandidate, key: str, at: datetime) -> None:
        """A candidate, unless one is open; idempotent per key."""
        ...
