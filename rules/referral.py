"""The life of a referral (section 13.2 of the domain, A5, A6).

::

    pending -> trial_started -> converted -> rewarded
       |            |
       +------------+--> expired (180 days from creation), rejected

Events may come twice, late or out of order: what matters is when a thing happened, not when it was heard. Randomness is
an argument; the caller keeps codes unique and tries again with other bytes on a collision.
"""

from collections.abc import Collection
from datetime import datetime

from models.advocacy_program import PAID_PLAN, TRIAL_COMPLETED
from models.errors import BadInput, Refused
from models.referral import (
    CODE_ALPHABET,
    CODE_LENGTH,
    GiveLink,
    MailProspect,
    Referral,
    ReferralConfig,
    ReferralEffect,
    ReferralRequest,
    ReferralStatus,
    ReferralVerdict,
    TrackReferral,
)

_BYTES = 8
_LIVE = (ReferralStatus.PENDING, ReferralStatus.TRIAL_STARTED)
_LOOK_ALIKE = str.maketrans("OIL", "011", "- ")


def code_of(randomness: bytes) -> str:
    """A code of ten signs from eight random bytes: 50 bits, so that guessing one is hopeless (A6).

    Raises:
        BadInput: fewer bytes.
    """
    if len(randomness) < _BYTES:
        raise BadInput(f"expected at least {_BYTES} random bytes", field="randomness", value=len(randomness))
    number = int.from_bytes(randomness[:_BYTES], "big")
    return "".join(CODE_ALPHABET[(number >> (5 * place)) & 31] for place in range(CODE_LENGTH))


def parse_code(typed: str) -> str:
    """The code a person typed: case, dashes and spaces do not matter; O is 0, I and L are 1.

    Raises:
        BadInput: no code looks like that.
    """
    code = typed[:64].upper().translate(_LOOK_ALIKE)
    if len(code) != CODE_LENGTH or any(sign not in CODE_ALPHABET for sign in code):
        raise BadInput("not a referral code", field="code", value=typed)
    return code


def normalised(email: str) -> str:
    """The address by which referrals are compared."""
    return email.strip().casefold()


def create(
    request: ReferralRequest,
    *,
    referral_id: str,
    code: str,
    referrer_emails: Collection[str],
    existing_customer: bool,
    earlier: Collection[Referral],
    now: datetime,
    config: ReferralConfig,
) -> ReferralVerdict:
    """A new referral, or the one there is for that address, or a refusal kept with its reason (A5).

    Args:
        request: what the referrer told.
        referral_id: identifies the new referral; the same id again gives the one stored.
        code: made by :func:`code_of`.
        referrer_emails: every address known of the referrer's account.
        existing_customer: the address belongs to a customer already.
        earlier: every referral stored for that address, by whomever.
        now: the moment.
        config: delays.
    """
    address = normalised(request.referred_email)
    for one in earlier:
        if one.id == referral_id:
            return ReferralVerdict(outcome="unchanged", referral=one)
    made = Referral(
        id=referral_id,
        code=code,
        referrer=request.referrer,
        referred_email=address,
        referred_name=request.referred_name,
        consent=request.consent is True,
        created_at=now,
    )
    if address in {normalised(email) for email in referrer_emails}:
        return _rejected(made, "self_referral", now)
    live = [one for one in earlier if one.status in _LIVE and now < expires_at(one, config)]
    if live:
        return _merged(min(live, key=lambda one: (one.created_at, one.id)), request)
    if existing_customer:
        return _rejected(made, "existing_customer", now)
    return ReferralVerdict(outcome="created", referral=made, effects=(_reach(made),))


def expires_at(referral: Referral, config: ReferralConfig) -> datetime:
    """When it expires without a conversion."""
    return referral.created_at + config.expires_after


def trial_started(referral: Referral, *, customer: str, at: datetime, config: ReferralConfig) -> ReferralVerdict:
    """The referred person began a trial."""
    refused = _not_now(referral, customer, at, config)
    if refused is not None:
        return refused
    if referral.trial_started_at is not None:
        return ReferralVerdict(outcome="unchanged", referral=referral)
    return _moved(
        referral,
        status=ReferralStatus.TRIAL_STARTED,
        trial_started_at=at,
        referred_customer=customer,
        closed_at=None,
        reason="",
    )


def converted(referral: Referral, *, customer: str, at: datetime, config: ReferralConfig) -> ReferralVerdict:
    """The referred person pays: the referral activity is tracked once, for the referrer.

    Without a trial on record its evidence lacks the trial, and the claim waits for a person to verify it.
    """
    refused = _not_now(referral, customer, at, config)
    if refused is not None:
        return refused
    evidence = {PAID_PLAN: f"converted at {at.isoformat()}"}
    if referral.trial_started_at is not None and referral.trial_started_at <= at:
        evidence[TRIAL_COMPLETED] = f"trial from {referral.trial_started_at.isoformat()}, then converted"
    track = TrackReferral(
        referral=referral.id, referrer=referral.referrer, referred_customer=customer, evidence=evidence
    )
    return _moved(
        referral,
        track,
        status=ReferralStatus.CONVERTED,
        converted_at=at,
        referred_customer=customer,
        closed_at=None,
        reason="",
    )


def rewarded(referral: Referral, *, at: datetime) -> ReferralVerdict:
    """The points of the referral were given.

    Raises:
        Refused: it did not convert.
    """
    if referral.status is ReferralStatus.REWARDED:
        return ReferralVerdict(outcome="unchanged", referral=referral)
    if referral.status is not ReferralStatus.CONVERTED:
        raise Refused(f"a referral that is {referral.status.value} has nothing to reward")
    return _moved(referral, status=ReferralStatus.REWARDED, rewarded_at=at)


def expire(referral: Referral, *, now: datetime, config: ReferralConfig) -> ReferralVerdict:
    """Expired if it is 180 days old without a conversion; else unchanged."""
    ends = expires_at(referral, config)
    if referral.status not in _LIVE or now < ends:
        return ReferralVerdict(outcome="unchanged", referral=referral)
    return _moved(referral, status=ReferralStatus.EXPIRED, closed_at=ends, reason="no conversion in time")


def _not_now(referral: Referral, customer: str, at: datetime, config: ReferralConfig) -> ReferralVerdict | None:
    """Why an event of the referred person changes nothing, or None.

    An event from before the expiry counts even where the expiry was stored first: it was heard late, not too late.

    Raises:
        BadInput: the event is older than the referral.
        Refused: the referral led to another customer already.
    """
    if referral.status in (ReferralStatus.CONVERTED, ReferralStatus.REWARDED, ReferralStatus.REJECTED):
        return ReferralVerdict(outcome="unchanged", referral=referral)
    if at < referral.created_at:
        raise BadInput("before the referral", field="at", value=at.isoformat())
    if referral.referred_customer not in (None, customer):
        raise Refused(f"referral {referral.id} belongs to another referred customer")
    if customer == referral.referrer:
        return _rejected(referral, "self_referral", at)
    if at >= expires_at(referral, config):
        return expire(referral, now=at, config=config)
    return None


def _merged(kept: Referral, request: ReferralRequest) -> ReferralVerdict:
    """The first referral of an address stays; consent told later by the same referrer lets us mail, once."""
    if request.consent is True and not kept.consent and request.referrer == kept.referrer:
        agreed = kept.model_copy(update={"consent": True})
        return ReferralVerdict(outcome="merged", referral=agreed, effects=(_reach(agreed),))
    return ReferralVerdict(outcome="merged", referral=kept)


def _reach(referral: Referral) -> ReferralEffect:
    if referral.consent:
        return MailProspect(referral=referral.id, code=referral.code)
    return GiveLink(referral=referral.id, code=referral.code)


def _rejected(referral: Referral, reason: str, at: datetime) -> ReferralVerdict:
    closed = referral.model_copy(update={"status": ReferralStatus.REJECTED, "closed_at": at, "reason": reason})
    return ReferralVerdict(outcome="rejected", referral=closed)


def _moved(referral: Referral, *effects: ReferralEffect, **changes: object) -> ReferralVerdict:
    return ReferralVerdict(outcome="moved", referral=referral.model_copy(update=changes), effects=effects)
