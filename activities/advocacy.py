"""What people do with the advocacy program: candidates, invitations, claims, rewards (section 13.2 of the domain).

Plain functions on a transaction, used by the command line, the console and what hears of a referral. Each can be asked
twice.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from activities.frame import customer_of
from activities.ports import Transaction
from models.advocacy import (
    ActivityClaim,
    AdvocacyCandidate,
    AdvocacyProgram,
    AdvocacyType,
    AdvocateFacts,
    CandidateRecord,
    CandidateStatus,
    ClaimStatus,
    PointsStanding,
    Redemption,
    RedemptionStatus,
)
from models.advocacy_program import ADVOCACY_PROGRAM
from models.approval import Approval, ApprovalKind
from models.enums import Severity
from models.errors import NotFound, Refused
from models.nps import AddCandidate
from models.records import Customer
from models.success_plan import CriterionStatus, PlanConfig
from rules import advocacy, rewards
from rules.success_plan import view

BY_HAND = "manual"
"""Source of a candidate that a person put there."""

COUNTED = {
    AdvocacyType.REFERRAL: "referrals_made",
    AdvocacyType.REVIEW: "reviews_written",
    AdvocacyType.CASE_STUDY: "case_studies",
}
"""Facts that count verified activities of a kind (section 3.1)."""

PUBLISHED = {AdvocacyType.CASE_STUDY: ApprovalKind.CASE_STUDY, AdvocacyType.CONTENT: ApprovalKind.TESTIMONIAL}


async def facts_of(
    tx: Transaction, customer: Customer, now: datetime, program: AdvocacyProgram = ADVOCACY_PROGRAM
) -> AdvocateFacts:
    """What candidacy and suggestions read of a customer; a provisional health is unknown."""
    answers = [one for one in await tx.surveys.of(customer.id) if one.submitted_at <= now]
    last = await tx.evaluations.get(customer.id)
    signals = await tx.signals.open(customer.id)
    claims = await tx.advocacy.claims(customer.id)
    plan = await tx.plans.get(customer.id)
    achieved = plan is not None and any(
        view(one, now.date(), PlanConfig()).status is CriterionStatus.ACHIEVED for one in plan.success_criteria
    )
    return AdvocateFacts(
        customer=customer.id,
        name=customer.name,
        nps=answers[-1].score if answers else None,
        health_score=None if last is None or last.provisional else last.score,
        mrr=customer.mrr,
        stage=customer.stage,
        open_high_churn_signal=None if last is None else any(one.severity is Severity.HIGH for one in signals),
        advocacy_status=await tx.advocacy.status(customer.id),
        tier=rewards.standing(program, claims, await tx.advocacy.redemptions(customer.id)).tier,
        has_success_story=achieved if plan is not None else None,
        criterion_achieved=achieved if plan is not None else None,
        has_referrals=bool(await tx.referrals.of(customer.id)),
        done=advocacy.done(claims),
    )


async def candidates(
    tx: Transaction, now: datetime, program: AdvocacyProgram = ADVOCACY_PROGRAM
) -> tuple[AdvocacyCandidate, ...]:
    """Whom to invite, the highest MRR first."""
    book = []
    for customer_id in await tx.advocacy.promoters(program.promoter_from):
        book.append(await facts_of(tx, await customer_of(tx, customer_id), now, program))
    return advocacy.candidates(book, program)


async def invite(tx: Transaction, customer_id: str, now: datetime) -> CandidateRecord:
    """The customer is invited: it stands as ``invited``, and the list no longer has it (A2).

    Raises:
        Refused: it may not be invited now; the reason says why.
    """
    customer = await customer_of(tx, customer_id)
    standing = await tx.advocacy.open_candidate(customer_id)
    if standing is not None and standing.status is CandidateStatus.CONTACTED:
        return standing
    facts = await facts_of(tx, customer, now)
    allowed = advocacy.may_invite(facts, ADVOCACY_PROGRAM)
    if not allowed.allowed:
        raise Refused(allowed.reason, field="customer", value=customer_id)
    assert facts.nps is not None  # may_invite has seen to it
    asked = AddCandidate(customer=customer_id, source=BY_HAND, score=facts.nps)
    await tx.advocacy.add_candidate(asked, f"{BY_HAND}:{customer_id}:{now.isoformat()}", now)
    return await answer(tx, customer_id, CandidateStatus.CONTACTED, now)


async def answer(tx: Transaction, customer_id: str, to: CandidateStatus, now: datetime) -> CandidateRecord:
    """What became of the invitation.

    Raises:
        Refused: no candidate is open, or not from where it stands.
    """
    await customer_of(tx, customer_id)
    candidate = await tx.advocacy.open_candidate(customer_id)
    if candidate is None:
        raise Refused("no candidate of this customer is open", field="customer", value=customer_id)
    moved, _ = advocacy.move(candidate, to)
    await tx.advocacy.move(customer_id, moved.status, now)
    return moved


async def claim(tx: Transaction, customer_id: str, activity: str, subject: str, now: datetime) -> ActivityClaim:
    """An advocate says what it did; points come with the verification (A1). Whoever claims has accepted.

    Raises:
        BadInput: no such activity, or a subject missing or out of place.
        Refused: it counts no more.
    """
    await customer_of(tx, customer_id)
    claims = await tx.advocacy.claims(customer_id)
    tries = sum((one.activity, one.subject) == (activity, subject) for one in claims)
    made = advocacy.claim(
        ADVOCACY_PROGRAM,
        claims,
        key=f"claim:{customer_id}:{activity}:{subject}:{tries}",
        customer=customer_id,
        activity_id=activity,
        subject=subject,
        at=now,
    )
    await tx.advocacy.put_claim(made)
    if await tx.advocacy.open_candidate(customer_id) is not None:
        await answer(tx, customer_id, CandidateStatus.ACCEPTED, now)
    return made


async def verify(tx: Transaction, key: str, evidence: Mapping[str, str], by: str, now: datetime) -> ActivityClaim:
    """The claim is verified: its points count, and so do the facts of its kind.

    Raises:
        NotFound: no such claim.
        BadInput, Refused: from ``rules.advocacy.verify``.
    """
    made = await _claim(tx, key)
    verified = advocacy.verify(ADVOCACY_PROGRAM, made, evidence=evidence, by=by, at=now)
    await tx.advocacy.put_claim(verified)
    kinds = {one.id: one.type for one in ADVOCACY_PROGRAM.activities}
    if (fact := COUNTED.get(kinds[verified.activity])) is not None:
        claims = await tx.advocacy.claims(verified.customer)
        counted = sum(
            one.status is ClaimStatus.VERIFIED and kinds.get(one.activity) is kinds[verified.activity] for one in claims
        )
        await tx.advocacy.count(verified.customer, now, [(fact, counted)])
    return verified


async def reject(tx: Transaction, key: str, reason: str, by: str, now: datetime) -> ActivityClaim:
    """The claim gives no points; it may be made again."""
    rejected = advocacy.reject(await _claim(tx, key), reason=reason, by=by, at=now)
    await tx.advocacy.put_claim(rejected)
    return rejected


async def publish(tx: Transaction, key: str, by: str, now: datetime) -> Approval:
    """Ask that a case study or testimonial may be published (section 16); the customer's own permission comes first.

    Raises:
        Refused: it is nothing we publish, or the customer's permission is not verified.
    """
    made = await _claim(tx, key)
    kind = PUBLISHED.get(advocacy.activity(ADVOCACY_PROGRAM, made.activity).type)
    allowed = advocacy.may_publish(ADVOCACY_PROGRAM, made, by)
    if not allowed.allowed or kind is None:
        raise Refused(allowed.reason or "not something we publish", field="claim", value=key)
    return await tx.approvals.ask(
        Approval(
            key=f"publish:{key}",
            kind=kind,
            customer=made.customer,
            subject=key,
            title=f"publish {made.activity} of {made.customer}",
            detail={"evidence": dict(made.evidence)},
            requested_by=by,
            requested_at=now,
        )
    )


async def standing(tx: Transaction, customer_id: str) -> PointsStanding:
    """Points and tier of a customer."""
    claims, given = await tx.advocacy.claims(customer_id), await tx.advocacy.redemptions(customer_id)
    return rewards.standing(ADVOCACY_PROGRAM, claims, given)


async def redeem(tx: Transaction, customer_id: str, reward: str, by: str, now: datetime) -> Redemption:
    """Points for a reward: granted, or held until a named person approves a credit (A3, G20).

    The customer's row is locked, so that two requests cannot spend the same points. The same reward asked again within
    a minute is the same request.

    Raises:
        BadInput: no such reward.
        Refused: not enough points.
    """
    await customer_of(tx, customer_id)
    given = await tx.advocacy.redemptions(customer_id)
    again = [one for one in given if one.reward == reward and now - one.requested_at < timedelta(minutes=1)]
    if again:
        return again[-1]
    made = rewards.redeem(
        ADVOCACY_PROGRAM,
        await tx.advocacy.claims(customer_id),
        given,
        key=f"redeem:{customer_id}:{reward}:{now.isoformat()}",
        customer=customer_id,
        reward_id=reward,
        at=now,
    )
    await tx.advocacy.put_redemption(made)
    if made.status is RedemptionStatus.PENDING_APPROVAL:
        await tx.approvals.ask(
            Approval(
                key=made.key,
                kind=ApprovalKind.CREDIT_REWARD,
                customer=customer_id,
                subject=made.key,
                title=f"{reward} for {made.points} points of {customer_id}",
                detail={"reward": reward, "points": made.points},
                requested_by=by,
                requested_at=now,
            )
        )
    return made


async def settle_reward(tx: Transaction, decided: Approval, now: datetime) -> None:
    """A credit was approved or refused; a refusal gives the points back."""
    asked = await tx.advocacy.redemption(decided.subject)
    if asked is None:
        raise NotFound("no such redemption", field="subject", value=decided.subject)
    approve = decided.status == "approved"
    await tx.advocacy.put_redemption(rewards.decide(asked, approve=approve, by=decided.decided_by, at=now))


async def _claim(tx: Transaction, key: str) -> ActivityClaim:
    made = await tx.advocacy.claim(key)
    if made is None:
        raise NotFound("no such claim", field="claim", value=key)
    return made
