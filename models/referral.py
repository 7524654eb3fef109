"""A referral: one customer recommends us to one person (sections 0.5 and 13.2 of the domain)."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from models.base import Carried, Delay, Instant, Value
from models.events import Email, Text

CODE_LENGTH = 10
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""32 signs without I, L, O and U: none is taken for another, and no word comes about."""

Code = Annotated[str, Field(pattern=rf"^[{CODE_ALPHABET}]{{{CODE_LENGTH}}}$")]


class ReferralStatus(StrEnum):
    """Where a referral stands."""

    PENDING = "pending"
    TRIAL_STARTED = "trial_started"
    CONVERTED = "converted"
    REWARDED = "rewarded"
    EXPIRED = "expired"
    REJECTED = "rejected"


class ReferralConfig(Value):
    """Delays of referrals."""

    expires_after: Delay = Field(default=timedelta(days=180), description="Without a conversion, from creation.")


class ReferralRequest(Value):
    """What a referrer tells us. ``consent``: that the prospect agreed to be mailed is on record; None: not said."""

    referrer: str
    referred_email: Email
    referred_name: Text | None = None
    consent: bool | None = None


class Referral(Carried):
    """The stored referral; ``code`` is unique in the table, ``referred_email`` is normalised."""

    id: str
    code: Code
    referrer: str
    referred_email: str
    referred_name: str | None = None
    status: ReferralStatus = ReferralStatus.PENDING
    consent: bool = False
    created_at: Instant
    trial_started_at: Instant | None = None
    converted_at: Instant | None = None
    rewarded_at: Instant | None = None
    closed_at: Instant | None = Field(default=None, description="Expired or rejected at.")
    referred_customer: str | None = None
    reason: str = ""


class MailProspect(Carried):
    """Send the referral mail to the prospect, who consented."""

    effect: Literal["mail_prospect"] = "mail_prospect"
    referral: str
    code: Code


class GiveLink(Carried):
    """Give the referrer a link to pass on: the prospect has not consented to a mail from us."""

    effect: Literal["give_link"] = "give_link"
    referral: str
    code: Code


class TrackReferral(Carried):
    """Claim the ``referral`` activity for the referrer, once per referred customer, with the evidence there is."""

    effect: Literal["track_referral"] = "track_referral"
    referral: str
    referrer: str
    referred_customer: str
    evidence: dict[str, str]


ReferralEffect = Annotated[MailProspect | GiveLink | TrackReferral, Field(discriminator="effect")]


class ReferralVerdict(Carried):
    """The referral as it is to be stored, and what to do. ``unchanged``: heard already, or too late to matter."""

    outcome: Literal["created", "merged", "rejected", "moved", "unchanged"]
    referral: Referral
    effects: tuple[ReferralEffect, ...] = ()
