"""Points are spent once, never below nothing, and spending them lowers no tier (section 13.2, A3, G20)."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.advocacy import ActivityClaim, ClaimStatus, Redemption, RedemptionStatus
from models.advocacy_program import ADVOCACY_PROGRAM as PROGRAM
from models.errors import BadInput, Refused
from rules import rewards
from tests.rules.making import BOUNDED

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


def earned(*points: int) -> list[ActivityClaim]:
    return [
        ActivityClaim(
            key=f"k{number}",
            customer="C-1",
            activity="webinar",
            subject=f"e{number}",
            status=ClaimStatus.VERIFIED,
            points=one,
            claimed_at=NOW,
        )
        for number, one in enumerate(points)
    ]


def redeemed(
    claims: list[ActivityClaim], before: list[Redemption], reward: str = "swag_pack", key: str = ""
) -> Redemption:
    return rewards.redeem(
        PROGRAM, claims, before, key=key or f"r{len(before)}", customer="C-1", reward_id=reward, at=NOW
    )


def test_a3_redeeming_lowers_the_balance_and_not_the_tier() -> None:
    claims = earned(400)
    made = redeemed(claims, [], "early_access")
    assert made.status is RedemptionStatus.GRANTED
    told = rewards.standing(PROGRAM, claims, [made])
    assert (told.earned, told.redeemed, told.balance, told.tier) == (400, 300, 100, "Champion")


@pytest.mark.parametrize(("points", "enough"), [(149, False), (150, True), (151, True)])
def test_a3_a_reward_needs_its_points(points: int, enough: bool) -> None:
    if enough:
        assert redeemed(earned(points), []).points == 150
        return
    with pytest.raises(Refused, match="149 are left"):
        redeemed(earned(points), [])


def test_the_same_request_again_is_the_redemption_already_made() -> None:
    claims = earned(150)
    made = redeemed(claims, [], key="r0")
    assert redeemed(claims, [made], key="r0") == made
    with pytest.raises(Refused):
        redeemed(claims, [made], key="r1")


def test_claims_not_verified_buy_nothing() -> None:
    waiting = [one.model_copy(update={"status": ClaimStatus.CLAIMED}) for one in earned(500)]
    with pytest.raises(Refused, match="0 are left"):
        redeemed(waiting, [])


def test_g20_a_credit_waits_for_a_person_and_holds_its_points() -> None:
    claims = earned(200)
    asked = redeemed(claims, [], "credit_100")
    assert asked.status is RedemptionStatus.PENDING_APPROVAL
    assert rewards.standing(PROGRAM, claims, [asked]).balance == 0
    granted = rewards.decide(asked, approve=True, by="ana", at=NOW)
    assert (granted.status, granted.decided_by) == (RedemptionStatus.GRANTED, "ana")
    assert rewards.decide(granted, approve=True, by="ana", at=NOW) == granted
    with pytest.raises(Refused):
        rewards.decide(granted, approve=False, by="ana", at=NOW)


def test_g20_a_refused_credit_gives_the_points_back() -> None:
    claims = earned(200)
    refused = rewards.decide(redeemed(claims, [], "credit_100"), approve=False, by="ana", at=NOW)
    assert rewards.standing(PROGRAM, claims, [refused]).balance == 200


@pytest.mark.parametrize(("by", "at", "field"), [(" ", NOW, "by"), ("ana", NOW - timedelta(seconds=1), "at")])
def test_a_decision_names_who_and_a_possible_when(by: str, at: datetime, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        rewards.decide(redeemed(earned(200), [], "credit_100"), approve=True, by=by, at=at)
    assert refused.value.field == field


def test_an_unknown_reward_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        redeemed(earned(10_000), [], "yacht")
    assert (refused.value.field, refused.value.value) == ("reward", "yacht")


STEPS = st.lists(
    st.one_of(
        st.integers(1, 500),
        st.sampled_from([one.id for one in PROGRAM.rewards]),
        st.booleans(),
    ),
    max_size=25,
)


@BOUNDED
@given(STEPS)
def test_points_are_never_negative_and_the_tier_never_falls(steps: list[int | str | bool]) -> None:
    claims: list[ActivityClaim] = []
    made: list[Redemption] = []
    lowest = 0
    for step in steps:
        if isinstance(step, bool):
            waiting = [at for at, one in enumerate(made) if one.status is RedemptionStatus.PENDING_APPROVAL]
            if waiting:
                made[waiting[0]] = rewards.decide(made[waiting[0]], approve=step, by="ana", at=NOW)
        elif isinstance(step, int):
            claims = earned(*[one.points for one in claims], step)
        else:
            with contextlib.suppress(Refused):
                made.append(redeemed(claims, made, step))
        told = rewards.standing(PROGRAM, claims, made)
        assert told.balance == told.earned - told.redeemed >= 0
        minimum = next(tier.min_points for tier in PROGRAM.tiers if tier.name == told.tier)
        assert minimum >= lowest
        lowest = minimum
