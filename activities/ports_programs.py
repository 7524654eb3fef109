"""Surveys, advocacy, referrals and success plans, as repositories of a transaction (sections 10, 11 and 13)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from models.advocacy import ActivityClaim, AdvocacyStatus, CandidateRecord, CandidateStatus, Redemption
from models.nps import AddCandidate, NpsResponse, SurveySend
from models.referral import Referral
from models.success_plan import PlanReview, SuccessPlan


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

    async def promoters(self, score: int) -> list[str]:
        """Customers whose latest NPS answer is at least that, by id."""
        ...

    async def claims(self, customer: str) -> list[ActivityClaim]:
        """The customer's claims, oldest first."""
        ...

    async def claim(self, key: str) -> ActivityClaim | None:
        """The claim, or None."""
        ...

    async def put_claim(self, value: ActivityClaim) -> None:
        """Insert or replace."""
        ...

    async def redemptions(self, customer: str) -> list[Redemption]:
        """The customer's redemptions, oldest first."""
        ...

    async def redemption(self, key: str) -> Redemption | None:
        """The redemption, or None."""
        ...

    async def put_redemption(self, value: Redemption) -> None:
        """Insert or replace."""
        ...

    async def count(self, customer: str, at: datetime, facts: Iterable[tuple[str, int]]) -> None:
        """Record the facts that count verified activities, as of then."""
        ...


class Referrals(Protocol):
    """Whom customers recommended us to."""

    async def get(self, ident: str) -> Referral | None:
        """The referral, or None."""
        ...

    async def by_code(self, code: str) -> Referral | None:
        """The referral of that code, or None."""
        ...

    async def by_address(self, address: str) -> list[Referral]:
        """Every referral of a (normalised) address, oldest first."""
        ...

    async def of(self, referrer: str) -> list[Referral]:
        """The referrals of a customer, oldest first."""
        ...

    async def due(self, created_by: datetime) -> list[Referral]:
        """Referrals made by then that have neither converted nor closed."""
        ...

    async def put(self, value: Referral) -> None:
        """Insert or replace."""
        ...

    async def is_customer(self, address: str) -> bool:
        """Whether a customer has that (normalised) address."""
        ...


class Plans(Protocol):
    """Success plans, one for each customer."""

    async def get(self, customer: str) -> SuccessPlan | None:
        """The plan, or None."""
        ...

    async def add(self, plan: SuccessPlan, key: str, program: str) -> bool:
        """A first plan; False if the customer already has one of another key."""
        ...

    async def put(self, plan: SuccessPlan) -> None:
        """Insert or replace."""
        ...

    async def attained(self, customer: str, at: datetime, value: float | None) -> None:
        """Record the fact ``outcome_attainment`` as of then."""
        ...

    async def add_review(self, held: PlanReview) -> None:
        """A review was held; one for each day it was due."""
        ...

    async def reviews(self, customer: str) -> list[PlanReview]:
        """Reviews that were held, oldest first."""
        ...

    async def to_review(self, by: date) -> list[SuccessPlan]:
        """Active plans whose review is due by that day."""
        ...
