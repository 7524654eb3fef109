"""The advocacy program as data, and what is recorded of each advocate (sections 13.1, 13.2 and 0.5 of the domain).

Labels in English are internal; ``label`` is what the product shows, Spanish first. Texts of mails are templates.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from models.base import Carried, Instant, Slug, Value
from models.enums import Language, LifecycleStage
from models.event_values import Amount

Points = Annotated[int, Field(ge=0)]
Labels = Annotated[dict[Language, Annotated[str, Field(min_length=1, max_length=200)]], Field(min_length=1)]


class AdvocacyType(StrEnum):
    """Kind of an activity."""

    REFERRAL = "referral"
    REVIEW = "review"
    CASE_STUDY = "case_study"
    SPEAKING = "speaking"
    CONTENT = "content"


class RewardType(StrEnum):
    """Kind of a reward."""

    CREDIT = "credit"
    SWAG = "swag"
    FEATURE = "feature"
    EVENT = "event"


class AdvocacyStatus(StrEnum):
    """Where a customer stands with the program."""

    NONE = "none"
    INVITED = "invited"
    ACTIVE = "active"
    DECLINED = "declined"


class CandidateStatus(StrEnum):
    """Where a candidate record stands; ``new`` and ``contacted`` are open."""

    NEW = "new"
    CONTACTED = "contacted"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class ClaimStatus(StrEnum):
    """An activity is claimed, then verified (points) or rejected."""

    CLAIMED = "claimed"
    VERIFIED = "verified"
    REJECTED = "rejected"


class RedemptionStatus(StrEnum):
    """A reward that needs approval waits for it; points are held meanwhile and given back on refusal."""

    PENDING_APPROVAL = "pending_approval"
    GRANTED = "granted"
    REFUSED = "refused"


class OncePer(StrEnum):
    """How often an activity counts (A1)."""

    CUSTOMER = "customer"
    REFERRED_CUSTOMER = "referred_customer"
    EVENT = "event"


class Requirement(Value):
    """Something to be shown by evidence before points are given."""

    id: Slug
    description: str


class AdvocacyActivity(Value):
    """Something an advocate can do."""

    id: Slug
    name: str
    label: Labels
    description: str
    points: Annotated[int, Field(gt=0)]
    type: AdvocacyType
    requirements: tuple[Requirement, ...] = Field(min_length=1)
    once_per: OncePer = OncePer.CUSTOMER
    open_to_all: bool = Field(default=False, description="Offered irrespective of score: no selecting the happy (A4).")
    disclosure: Labels | None = Field(default=None, description="Said beside the offer: it is rewarded (A4).")
    publishes: bool = Field(default=False, description="Publishing it needs our own approval too (section 16).")


class AdvocacyReward(Value):
    """Something points buy. ``amount`` is money, for credits only."""

    id: Slug
    name: str
    label: Labels
    description: str
    points_cost: Annotated[int, Field(gt=0)]
    type: RewardType
    amount: Amount | None = None

    @property
    def needs_approval(self) -> bool:
        """Credit is money: a person approves it (G20)."""
        return self.type is RewardType.CREDIT


class AdvocacyTier(Value):
    """A rank, and what it adds to the benefits of the ranks below."""

    name: str
    min_points: Points
    adds: tuple[str, ...]


class AdvocacyProgram(Value):
    """Activities, rewards, tiers; and whom to invite (A8)."""

    activities: tuple[AdvocacyActivity, ...] = Field(min_length=1)
    rewards: tuple[AdvocacyReward, ...] = ()
    tiers: tuple[AdvocacyTier, ...] = Field(min_length=1, description="Lowest first; the first from 0 points.")
    promoter_from: Annotated[int, Field(ge=0, le=10)] = 9
    invite_health: Annotated[int, Field(ge=0, le=100)] = 70
    candidates_shown: Annotated[int, Field(ge=1)] = 20

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for what, ids in (
            ("activity", [one.id for one in self.activities]),
            ("reward", [one.id for one in self.rewards]),
            ("tier", [one.name for one in self.tiers]),
        ):
            doubled = sorted({one for one in ids if ids.count(one) > 1})
            if doubled:
                raise ValueError(f"{what} used twice: {', '.join(doubled)}")
        minimums = [tier.min_points for tier in self.tiers]
        if minimums[0] != 0 or minimums != sorted(set(minimums)):
            raise ValueError("tiers must rise from 0 points")
        return self


class ActivityClaim(Carried):
    """An activity of one customer. ``subject``: the referred customer or the event, where it counts once per that."""

    key: str
    customer: str
    activity: Slug
    subject: str = ""
    status: ClaimStatus = ClaimStatus.CLAIMED
    points: Points = Field(description="Of the program when claimed; counted once verified.")
    claimed_at: Instant
    closed_at: Instant | None = Field(default=None, description="Verified or rejected at.")
    closed_by: str = ""
    evidence: dict[str, str] = Field(default_factory=dict, description="By requirement id; untrusted text.")
    reason: str = ""


class Redemption(Carried):
    """Points given for a reward."""

    key: str
    customer: str
    reward: Slug
    points: Annotated[int, Field(gt=0)]
    status: RedemptionStatus
    requested_at: Instant
    decided_at: Instant | None = None
    decided_by: str = ""


class PointsStanding(Value):
    """Lifetime points earned, points given or held for rewards, what is left to spend, and the tier."""

    earned: Points
    redeemed: Points
    balance: Points
    tier: str


class CandidateRecord(Carried):
    """The stored candidate (not the list row)."""

    customer: str
    source: Slug
    score: int
    status: CandidateStatus = CandidateStatus.NEW


class AdvocateFacts(Value):
    """What candidacy and suggestions read of a customer; None is unknown and fires nothing."""

    customer: str
    name: str | None = None
    nps: int | None = None
    health_score: int | None = None
    mrr: Decimal | None = None
    stage: LifecycleStage | None = None
    open_high_churn_signal: bool | None = None
    advocacy_status: AdvocacyStatus = AdvocacyStatus.NONE
    tier: str | None = None
    has_success_story: bool | None = None
    criterion_achieved: bool | None = None
    has_referrals: bool = False
    done: frozenset[str] = Field(default=frozenset(), description="Activities claimed or verified by the customer.")


class AdvocacyCandidate(Value):
    """A row of the candidate list."""

    customer: str
    name: str | None
    nps: int
    health_score: int
    mrr: Decimal | None
    potential_activities: tuple[str, ...]
