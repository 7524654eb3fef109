"""Referrals as they are made, and what is heard of the referred person (section 13.2 of the domain, A5, A6)."""

from collections.abc import Callable
from datetime import datetime

from activities import advocacy as advocates
from activities.frame import customer_of
from activities.ports import Transaction
from models.advocacy_program import PAID_PLAN, REFERRAL, TRIAL_COMPLETED
from models.enums import LifecycleStage
from models.errors import BadInput, Refused
from models.event_kinds import EventType
from models.event_making import STEADFAST, made
from models.records import Customer
from models.referral import (
    Referral,
    ReferralConfig,
    ReferralRequest,
    ReferralVerdict,
    TrackReferral,
)
from rules import referral as rules

CONFIG = ReferralConfig()

_TOLD = {
    "trial_started": EventType.REFERRAL_TRIAL_STARTED,
    "converted": EventType.REFERRAL_CONVERTED,
    "rejected": EventType.REFERRAL_REJECTED,
}


async def create(
    tx: Transaction, request: ReferralRequest, randomness: Callable[[int], bytes], now: datetime
) -> ReferralVerdict:
    """Store a referral and tell the referrer's plays; ``randomness`` gives that many unpredictable bytes.

    One address has one referral at a time: another one of it is merged with the first.

    Raises:
        NotFound: no such referrer.
        Refused: the referrer left, or refers itself or a customer; the refusal is kept.
    """
    referrer = await customer_of(tx, request.referrer)
    if referrer.stage is LifecycleStage.CHURNED:
        raise Refused("a customer that left does not refer", field="referrer", value=referrer.id)
    address = rules.normalised(request.referred_email)
    code = await _free_code(tx, randomness)
    verdict = rules.create(
        request,
        referral_id=f"ref_{code}",
        code=code,
        referrer_emails=[referrer.email] if referrer.email else [],
        existing_customer=await tx.referrals.is_customer(address),
        earlier=await tx.referrals.by_address(address),
        now=now,
        config=CONFIG,
    )
    await tx.referrals.put(verdict.referral)
    if verdict.outcome in ("created", "merged") and verdict.effects:
        await _tell(
            tx, EventType.REFERRAL_CREATED, verdict.referral, now, "consented" if verdict.outcome == "merged" else ""
        )
    return verdict


async def heard(
    tx: Transaction, customer: Customer, code: str | None, at: datetime, now: datetime, *, pays: bool
) -> None:
    """A trial or a subscription began: whether it came of a referral, by its code or its address."""
    for found in await _of(tx, customer, code):
        try:
            change = rules.converted if pays else rules.trial_started
            verdict = change(found, customer=customer.id, at=at, config=CONFIG)
        except (BadInput, Refused):
            continue  # it came from elsewhere: before the referral, or of another one's
        if verdict.outcome == "unchanged":
            continue
        await tx.referrals.put(verdict.referral)
        for effect in verdict.effects:
            if isinstance(effect, TrackReferral):
                await _track(tx, effect, verdict.referral, now)
        if (kind := _TOLD.get(verdict.referral.status.value)) is not None:
            await _tell(tx, kind, verdict.referral, now)
        return


async def expire(tx: Transaction, now: datetime) -> list[Referral]:
    """Close what is 180 days old without a conversion; those that were closed."""
    closed = []
    for one in await tx.referrals.due(now - CONFIG.expires_after):
        verdict = rules.expire(one, now=now, config=CONFIG)
        if verdict.outcome == "moved":
            await tx.referrals.put(verdict.referral)
            closed.append(verdict.referral)
    return closed


async def _of(tx: Transaction, customer: Customer, code: str | None) -> list[Referral]:
    if code is not None:
        try:
            found = await tx.referrals.by_code(rules.parse_code(code))
        except BadInput:
            found = None
        if found is not None:
            return [found]
    return await tx.referrals.by_address(rules.normalised(customer.email)) if customer.email else []


async def _track(tx: Transaction, effect: TrackReferral, referral: Referral, now: datetime) -> None:
    """The referrer's activity, once per referred customer; verified at once where the evidence is whole."""
    try:
        claimed = await advocates.claim(tx, effect.referrer, REFERRAL, effect.referred_customer, now)
    except Refused:
        return
    if {TRIAL_COMPLETED, PAID_PLAN} <= set(effect.evidence):
        await advocates.verify(tx, claimed.key, effect.evidence, "steadfast", now)
        await tx.referrals.put(rules.rewarded(referral, at=now).referral)


async def _tell(tx: Transaction, kind: EventType, referral: Referral, now: datetime, again: str = "") -> None:
    event = made(
        kind,
        referral.referrer,
        now,
        f"{referral.id}:{again}",
        referral_id=referral.id,
        code=referral.code,
        consent=referral.consent,
        status=referral.status.value,
    )
    await tx.inbox.add(STEADFAST, event, now)


async def _free_code(tx: Transaction, randomness: Callable[[int], bytes]) -> str:
    for _ in range(5):
        code = rules.code_of(randomness(8))
        if await tx.referrals.by_code(code) is None:
            return code
    raise Refused("no free code was found; try again")
