"""Customers who live through a play: what they are, what they hear, what people answer, and the steps that follow."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from activities.approvals import decide
from models.advocacy import ActivityClaim, ClaimStatus
from models.agreed_input import AgreedInput, AgreedInputName
from models.approval import Verdict
from models.enums import LifecycleStage, TriggeredBy
from models.event_kinds import EventType
from models.expansion import ExpansionType, Opportunity, Timing
from models.health import HealthGrade, HealthNote, HealthScore, HealthTrend
from models.ids import new_id
from models.nps import NpsResponse, SurveySend
from models.play import OutcomeRequest
from models.records import Customer, Transition
from models.referral import Referral
from models.success_plan import Cadence, PlanStatus, SuccessPlan
from models.told import Ticket, Told
from persistence.fact_recorded import record
from tests.workflows.inline import hears
from tests.workflows.life import Life
from workflows.play import Play

DAY = timedelta(days=1)
Move = Callable[[Life, str], Awaitable[None]]
Step = tuple[str, str, str]
"""When it ended (days and hours after the trigger), the step, and how."""


@dataclass(frozen=True)
class Story:
    """One run of one play. ``run``: its workflow id, ``{id}`` the customer's; ``moves``: hours and what happens."""

    run: str
    starts: tuple[str, dict[str, Any]]
    steps: list[Step]
    ends: str = ""
    plan: str = "growth"
    prepare: tuple[Move, ...] = ()
    moves: tuple[tuple[float, Move], ...] = ()
    customer: dict[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    mails: tuple[str, ...] | None = None


def says(outcome: str, note: str = "", step: str = "") -> Move:
    """A person answers."""

    async def move(life: Life, run: str) -> None:
        asked = OutcomeRequest(outcome=outcome, by="marta", note=note, step=step, request_id=f"{outcome}-{step}")
        await life.handle(run).execute_update(Play.answer, asked)

    return move


def tells(kind: str, /, **data: Any) -> Move:
    """The product, or the customer, tells something."""

    async def move(life: Life, _: str) -> None:
        await life.tell(EventType(kind), **data)

    return move


def own(kind: str, /, **data: Any) -> Move:
    """Our own processes tell something."""

    async def move(life: Life, _: str) -> None:
        await hears(life, kind, **data)

    return move


def decides(*, approved: bool) -> Move:
    """A named person decides on what this run asked."""

    async def move(life: Life, run: str) -> None:
        now = await life.now()
        async with life.here.store.begin() as tx:
            mine = [one for one in await tx.approvals.requests(customer=life.id) if one.workflow_id == run]
            assert mine, f"{run} asked nobody"
            verdict = Verdict(approved=approved, by="Berta", reason="" if approved else "too much")
            await decide(tx, mine[-1].number, verdict, now)
        await life.here.catch_up(now)

    return move


def fact(**facts: float | str | bool) -> Move:
    """Results of rules, as the sweep records them."""

    async def move(life: Life, _: str) -> None:
        at = await life.now()
        async with life.here.store.begin() as tx:
            await record(tx.connection, [(life.id, name, at, value) for name, value in facts.items()])

    return move


async def logged_in_before(life: Life, _: str) -> None:
    """The product tells of logins; the last was eight days ago."""
    async with life.here.store.begin() as tx:
        await tx.facts.add_login(life.id, life.began - 8 * DAY, f"{life.id}-login")


async def talked_to_customers(life: Life, _: str) -> None:
    """Its chatbot handled conversations in every day of the last forty."""
    async with life.here.store.begin() as tx:
        for back in range(1, 41):
            at = life.began - back * DAY
            told = Told(life.id, at, f"{life.id}-talk-{back}")
            await tx.usage_told.conversations(told, at.date(), handled=20, automated=12, response_seconds=None)


async def owes(life: Life, _: str) -> None:
    """A payment failed."""
    async with life.here.store.begin() as tx:
        told = Told(life.id, life.began, f"{life.id}-inv")
        await tx.billing_told.failed(told, f"inv-{life.id}", None, None)


async def three_tickets(life: Life, _: str) -> None:
    """Three tickets are open."""
    async with life.here.store.begin() as tx:
        for number in range(3):
            told = Told(life.id, life.began - number * DAY, f"{life.id}-t{number}")
            await tx.support_told.opened(told, Ticket(ticket=f"T-{number}-{life.id}"))


async def near_a_limit(life: Life, _: str) -> None:
    """84 of 100 conversations are used."""
    async with life.here.store.begin() as tx:
        await tx.usage_told.limit(Told(life.id, life.began, f"{life.id}-limit"), "conversations", 84, 100)


def answered(score: int) -> Move:
    """An answer to an earlier survey is stored."""

    async def move(life: Life, _: str) -> None:
        async with life.here.store.begin() as tx:
            send = SurveySend(survey=f"s-{life.id}", customer=life.id, trigger="test", sent_at=life.began - 2 * DAY)
            await tx.surveys.sent(send)
            await tx.surveys.add(
                NpsResponse(
                    id=f"r-{life.id}", survey=send.survey, customer=life.id, score=score, submitted_at=life.began
                )
            )

    return move


def changed(**fields: object) -> Move:
    """The customer's row says otherwise."""

    async def move(life: Life, _: str) -> None:
        async with life.here.store.begin() as tx:
            present = await tx.customers.get(life.id)
            assert isinstance(present, Customer)
            await tx.customers.put(present.model_copy(update=fields))

    return move


def renews_in(days: int) -> Move:
    """The term of twelve months ends then, wherever the test's clock stands."""

    async def move(life: Life, run: str) -> None:
        await changed(renewal_date=(life.began + days * DAY).date(), contract_length_months=12)(life, run)

    return move


def offered(kind: str) -> Move:
    """An opportunity of that type is open."""

    async def move(life: Life, _: str) -> None:
        one = Opportunity(
            customer=life.id, type=ExpansionType(kind), product="pro", estimated_value=Decimal("74.50"), currency="EUR",
            probability=Decimal("0.2"), signals=("uses more than 80% of a plan limit",),
            recommended_action="present an upgrade", timing=Timing.NOW, detected_at=life.began, updated_at=life.began,
        )  # fmt: skip
        async with life.here.store.begin() as tx:
            await tx.opportunities.put([one])

    return move


async def a_month_of_figures(life: Life, run: str) -> None:
    """Everything that the recap needs of the month before."""
    await talked_to_customers(life, run)
    async with life.here.store.begin() as tx:
        minutes = AgreedInputName.MINUTES_PER_CONVERSATION
        await tx.reviews.agree(
            AgreedInput(customer=life.id, name=minutes, value=Decimal(5), source="kickoff", by="marta", at=life.began)
        )
        for back in range(1, 41):
            at = life.began - back * DAY
            told = Told(life.id, at, f"{life.id}-lead-{back}")
            await tx.usage_told.leads(told, at.date(), 2)
            ticket = Ticket(ticket=f"S-{back}-{life.id}", csat=5 if back % 4 else 3)
            await tx.support_told.opened(told, ticket)
            await tx.support_told.closed(told, ticket)
        note = HealthNote(code="adoption_training", subject="feature_adoption", value=0.4, text="Training")
        score = HealthScore(
            score=71, grade=HealthGrade.B, trend=HealthTrend.STABLE, components=(), risk_factors=(),
            opportunities=(note,), last_calculated=life.began, coverage=1.0, provisional=False, config_name="default",
            config_version="1", inputs={},
        )  # fmt: skip
        await tx.scores.add(life.id, score)


async def plan_to_review(life: Life, _: str) -> None:
    """An active plan, reviewed every month, due today."""
    today = life.began.date()
    plan = SuccessPlan(
        customer=life.id, created_at=life.began, updated_at=life.began, status=PlanStatus.ACTIVE,
        review_cadence=Cadence.MONTHLY, next_review=today,
    )  # fmt: skip
    async with life.here.store.begin() as tx:
        await tx.plans.put(plan)


async def settled_in(life: Life) -> None:
    """The customer's stage has a history."""
    stage = LifecycleStage.GROWING
    change = Transition(
        customer=life.id, from_stage=LifecycleStage.ADOPTING, to_stage=stage, at=life.began - 9 * DAY, rule="adopted",
        reason="adopted", triggered_by=TriggeredBy.AUTOMATIC, cause=f"{life.id}-grew",
    )  # fmt: skip
    async with life.here.store.begin() as tx:
        await tx.lifecycles.record(change)


def refers(*, consent: bool) -> Move:
    """Somebody is referred; the points of it are verified already, wherever the conversion is heard."""

    async def move(life: Life, _: str) -> None:
        code = new_id("").upper().translate(str.maketrans("ILOU", "1100"))[-10:]
        made = Referral(
            id=f"ref-{life.id}", code=code, referrer=life.id, referred_email=f"{life.id}@friend.example",
            referred_name="Eva", consent=consent, created_at=life.began, referred_customer=f"friend-of-{life.id}",
        )  # fmt: skip
        claim = ActivityClaim(
            key=f"claim-{life.id}", customer=life.id, activity="referral", subject=f"friend-of-{life.id}", points=500,
            status=ClaimStatus.VERIFIED, claimed_at=life.began, closed_at=life.began,
        )  # fmt: skip
        async with life.here.store.begin() as tx:
            await tx.referrals.put(made)
            await tx.advocacy.put_claim(claim)

    return move


def converts(life_id: str = "ref-{id}") -> Move:
    """The person referred becomes a customer."""

    async def move(life: Life, run: str) -> None:
        await own("referral_converted", referral_id=life_id.format(id=life.id))(life, run)

    return move
