"""The advocacy program as it is worked with: candidates, claims, points, rewards under approval, referrals."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from activities import advocacy as advocates
from activities import referrals
from activities.approvals import decide
from intake import facts
from models.advocacy import AdvocacyStatus, CandidateStatus, ClaimStatus, RedemptionStatus
from models.advocacy_program import ADVOCACY_PROGRAM
from models.approval import ApprovalKind, ApprovalStatus, Verdict
from models.enums import LifecycleStage as Stage
from models.errors import BadInput, Refused
from models.events import Event
from models.referral import ReferralRequest, ReferralStatus
from persistence.store import SqlStore
from tests.activities.stage_scenes import DAY, NOW, READING, Scene


@pytest.fixture
async def store(plain_url: str) -> AsyncIterator[SqlStore]:
    opened = SqlStore.open(plain_url)
    yield opened
    await opened.close()


@pytest.fixture
async def promoter(store: SqlStore) -> Scene:
    """A healthy promoter."""
    scene = await (await Scene(store, Stage.GROWING).set(mrr=Decimal("490"), email="ana@sol.example")).health(85)
    return await scene.tell("survey_answered", kind="nps", score=9)


def requirements(activity: str) -> dict[str, str]:
    found = next(one for one in ADVOCACY_PROGRAM.activities if one.id == activity)
    return {one.id: "seen" for one in found.requirements}


def randomness() -> Iterator[bytes]:
    number = 0
    while True:
        number += 1
        yield number.to_bytes(8, "big")


async def test_a_promoter_is_a_candidate_until_it_is_invited(promoter: Scene) -> None:
    async with promoter.store.begin() as tx:
        listed = await advocates.candidates(tx, NOW)
        assert [(one.customer, one.nps, one.health_score) for one in listed] == [("C-1", 9, 85)]
        assert "g2_review" in listed[0].potential_activities
        for _ in range(2):
            assert (await advocates.invite(tx, "C-1", NOW)).status is CandidateStatus.CONTACTED
        assert await tx.advocacy.status("C-1") is AdvocacyStatus.INVITED
        assert await advocates.candidates(tx, NOW) == ()
    await promoter.tell("survey_answered", kind="nps", score=10, survey_id="S-2", ago=timedelta(minutes=1))
    async with promoter.store.read() as tx:
        assert await tx.advocacy.status("C-1") is AdvocacyStatus.INVITED


@pytest.mark.parametrize(("score", "stage", "why"), [(60, Stage.GROWING, "health 60"), (85, Stage.AT_RISK, "stage")])
async def test_nobody_is_invited_in_trouble(store: SqlStore, score: int, stage: Stage, why: str) -> None:
    scene = await (await Scene(store, stage).set()).health(score)
    await scene.tell("survey_answered", kind="nps", score=9)
    with pytest.raises(Refused, match=why):
        async with store.begin() as tx:
            await advocates.invite(tx, "C-1", NOW)


async def test_points_come_with_evidence_of_everything_and_once(promoter: Scene) -> None:
    async with promoter.store.begin() as tx:
        claimed = await advocates.claim(tx, "C-1", "g2_review", "", NOW)
        assert (await advocates.standing(tx, "C-1")).earned == 0
        assert await tx.advocacy.status("C-1") is AdvocacyStatus.ACTIVE
        with pytest.raises(BadInput, match="missing for"):
            await advocates.verify(tx, claimed.key, {}, "lena", NOW)
        for _ in range(2):
            await advocates.verify(tx, claimed.key, requirements("g2_review"), "lena", NOW)
        standing = await advocates.standing(tx, "C-1")
        facts = await tx.facts.read("C-1", ["reviews_written"], as_of=NOW, since=NOW)
    assert (standing.earned, standing.balance, standing.tier) == (100, 100, "Fan")
    assert facts == {"reviews_written": 1}
    with pytest.raises(Refused, match="verified already"):
        async with promoter.store.begin() as tx:
            await advocates.claim(tx, "C-1", "g2_review", "", NOW)


async def test_a_rejected_claim_may_be_made_again(promoter: Scene) -> None:
    async with promoter.store.begin() as tx:
        first = await advocates.claim(tx, "C-1", "testimonial", "", NOW)
        await advocates.reject(tx, first.key, "no photo", "lena", NOW)
        second = await advocates.claim(tx, "C-1", "testimonial", "", NOW)
        assert second.key != first.key
        with pytest.raises(Refused, match="not verified"):
            await advocates.publish(tx, second.key, "lena", NOW)
        await advocates.verify(tx, second.key, requirements("testimonial"), "lena", NOW)
        asked = await advocates.publish(tx, second.key, "lena", NOW)
    assert (asked.kind, asked.subject) == (ApprovalKind.TESTIMONIAL, second.key)


@pytest.mark.parametrize(
    ("approved", "status", "left"), [(True, RedemptionStatus.GRANTED, 200), (False, RedemptionStatus.REFUSED, 400)]
)
async def test_a_credit_waits_for_a_person_and_a_refusal_gives_the_points_back(
    promoter: Scene, approved: bool, status: RedemptionStatus, left: int
) -> None:
    async with promoter.store.begin() as tx:
        claimed = await advocates.claim(tx, "C-1", "webinar", "madrid-2026", NOW)
        await advocates.verify(tx, claimed.key, requirements("webinar"), "lena", NOW)
        for _ in range(2):
            made = await advocates.redeem(tx, "C-1", "credit_100", "marc", NOW)
            assert made.status is RedemptionStatus.PENDING_APPROVAL
        assert (await advocates.standing(tx, "C-1")).balance == 200
        with pytest.raises(Refused, match="200 are left"):
            await advocates.redeem(tx, "C-1", "event_vip", "marc", NOW)
    async with promoter.store.begin() as tx:
        (asked,) = await tx.approvals.requests(status=ApprovalStatus.PENDING)
        await decide(tx, asked.number, Verdict(approved=approved, by="lena", reason="as agreed"), NOW)
    async with promoter.store.read() as tx:
        (stored,) = await tx.advocacy.redemptions("C-1")
        assert (stored.status, (await advocates.standing(tx, "C-1")).balance) == (status, left)


async def refer(scene: Scene, **more: object) -> str:
    source = randomness()
    request = ReferralRequest.model_validate({"referrer": "C-1", "referred_email": "Bea@Mar.example", **more})
    async with scene.store.begin() as tx:
        return (await referrals.create(tx, request, lambda _: next(source), NOW - 10 * DAY)).referral.id


async def begin(scene: Scene, kind: str, at: timedelta, customer: str = "C-2", **data: object) -> None:
    said = {"id": customer, "plan": "growth", "email": "bea@mar.example"}
    event = Event.model_validate(
        {"event_id": f"{customer}-{kind}", "type": kind, "occurred_at": NOW + at, "customer": said, "data": data}
    )
    async with scene.store.begin() as tx:
        await tx.customers.apply(event, currency="EUR")
        await facts.store(tx, event, f"events:{event.event_id}", READING)


async def test_a_referral_that_converts_credits_the_referrer_once(promoter: Scene) -> None:
    ident = await refer(promoter)
    assert await refer(promoter, consent=True) == ident
    await begin(promoter, "trial_started", -5 * DAY)
    await begin(promoter, "subscription_created", -DAY)
    await begin(promoter, "subscription_created", -DAY)
    async with promoter.store.read() as tx:
        stored = await tx.referrals.get(ident)
        assert stored is not None
        assert (stored.status, stored.referred_customer, stored.consent) == (ReferralStatus.REWARDED, "C-2", True)
        (claimed,) = await tx.advocacy.claims("C-1")
        assert (claimed.status, claimed.subject, claimed.points) == (ClaimStatus.VERIFIED, "C-2", 500)
        rows = await tx.inbox.undelivered(before=NOW + DAY, limit=20)
    told = [row.type for row in rows if row.type.startswith("referral")]
    assert told == ["referral_created", "referral_created", "referral_trial_started", "referral_converted"]


async def test_without_a_trial_on_record_a_person_has_to_see_to_it(promoter: Scene) -> None:
    ident = await refer(promoter)
    async with promoter.store.read() as tx:
        stored = await tx.referrals.get(ident)
    assert stored is not None
    code = f"{stored.code[:5]}-{stored.code[5:]}".lower()
    await begin(promoter, "subscription_created", -DAY, referral_code=code)
    async with promoter.store.read() as tx:
        (claimed,) = await tx.advocacy.claims("C-1")
    assert claimed.status is ClaimStatus.CLAIMED


@pytest.mark.parametrize(
    ("address", "reason"), [("ANA@sol.example", "self_referral"), ("paco@rio.example", "existing_customer")]
)
async def test_oneself_and_customers_cannot_be_referred(promoter: Scene, address: str, reason: str) -> None:
    other = Scene(promoter.store, Stage.GROWING)
    other.customer = other.customer.model_copy(update={"id": "C-3", "email": "Paco@Rio.example"})
    async with promoter.store.begin() as tx:
        await tx.customers.put(other.customer)
    ident = await refer(promoter, referred_email=address)
    async with promoter.store.read() as tx:
        stored = await tx.referrals.get(ident)
    assert stored is not None
    assert (stored.status, stored.reason) == (ReferralStatus.REJECTED, reason)


async def test_after_180_days_a_referral_expires(promoter: Scene) -> None:
    ident = await refer(promoter)
    async with promoter.store.begin() as tx:
        assert await referrals.expire(tx, NOW + 169 * DAY) == []
        assert [one.id for one in await referrals.expire(tx, NOW + 170 * DAY)] == [ident]
        assert await referrals.expire(tx, NOW + 171 * DAY) == []
