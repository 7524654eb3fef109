"""Points spent on rewards (section 13.2 of the domain, A3, G20).

The balance is earned less redeemed and never falls below 0: the caller stores a redemption under a lock on the
customer's points, so that two requests cannot both spend the last ones.
"""

from collections.abc import Collection
from datetime import datetime

from models.advocacy import (
    ActivityClaim,
    AdvocacyProgram,
    AdvocacyReward,
    PointsStanding,
    Redemption,
    RedemptionStatus,
)
from models.errors import BadInput, Refused
from rules import advocacy


def standing(
    program: AdvocacyProgram, claims: Collection[ActivityClaim], redemptions: Collection[Redemption]
) -> PointsStanding:
    """What a customer has earned, spent (or has held for an approval) and has left; the tier is by what was earned."""
    lifetime = advocacy.earned(claims)
    held = {one.key: one.points for one in redemptions if one.status is not RedemptionStatus.REFUSED}
    spent = sum(held.values())
    return PointsStanding(
        earned=lifetime, redeemed=spent, balance=lifetime - spent, tier=advocacy.tier(program, lifetime).name
    )


def reward(program: AdvocacyProgram, reward_id: str) -> AdvocacyReward:
    """The reward of that id.

    Raises:
        BadInput: the program has no such reward.
    """
    for one in program.rewards:
        if one.id == reward_id:
            return one
    known = ", ".join(one.id for one in program.rewards)
    raise BadInput(f"no such reward; known: {known}", field="reward", value=reward_id)


def redeem(
    program: AdvocacyProgram,
    claims: Collection[ActivityClaim],
    redemptions: Collection[Redemption],
    *,
    key: str,
    customer: str,
    reward_id: str,
    at: datetime,
) -> Redemption:
    """Points given for a reward: granted at once, or held until a person approves a credit (G20).

    The same key again gives the redemption already made.

    Raises:
        BadInput: no such reward.
        Refused: not enough points left.
    """
    wanted = reward(program, reward_id)
    for one in redemptions:
        if one.key == key:
            return one
    left = standing(program, claims, redemptions).balance
    if left < wanted.points_cost:
        raise Refused(f"{reward_id} costs {wanted.points_cost} points; {left} are left")
    asked = Redemption(
        key=key,
        customer=customer,
        reward=reward_id,
        points=wanted.points_cost,
        status=RedemptionStatus.PENDING_APPROVAL,
        requested_at=at,
    )
    if wanted.needs_approval:
        return asked
    return asked.model_copy(update={"status": RedemptionStatus.GRANTED, "decided_at": at})


def decide(asked: Redemption, *, approve: bool, by: str, at: datetime) -> Redemption:
    """The redemption as a person decided it; a refusal gives the points back. The same decision again changes nothing.

    Raises:
        BadInput: nobody decides, or the date is before the request.
        Refused: it was decided otherwise.
    """
    to = RedemptionStatus.GRANTED if approve else RedemptionStatus.REFUSED
    if asked.status is to:
        return asked
    if asked.status is not RedemptionStatus.PENDING_APPROVAL:
        raise Refused(f"the redemption was {asked.status.value} already")
    if not by.strip():
        raise BadInput("somebody answers for it", field="by", value=by)
    if at < asked.requested_at:
        raise BadInput("before the request", field="at", value=at.isoformat())
    return asked.model_copy(update={"status": to, "decided_at": at, "decided_by": by.strip()})
