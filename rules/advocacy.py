"""Activities and points, tiers, and whom to invite (section 13.2 of the domain, A1 to A4, A7 to A9).

Points are counted from verified activities only; the tier follows lifetime points, so redeeming never lowers it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from models.advocacy import (
    ActivityClaim,
    AdvocacyActivity,
    AdvocacyCandidate,
    AdvocacyProgram,
    AdvocacyStatus,
    AdvocacyTier,
    AdvocateFacts,
    CandidateRecord,
    CandidateStatus,
    ClaimStatus,
    OncePer,
)
from models.advocacy_program import AMBASSADOR, CASE_STUDY, G2_REVIEW, REFERRAL, TESTIMONIAL, WEBINAR
from models.contact import Permission
from models.enums import LifecycleStage
from models.errors import BadInput, Refused
from rules.themes import bounded

_LOST = (LifecycleStage.AT_RISK, LifecycleStage.CHURNED)

_MOVES: dict[CandidateStatus, tuple[CandidateStatus, ...]] = {
    CandidateStatus.NEW: (CandidateStatus.CONTACTED, CandidateStatus.ACCEPTED, CandidateStatus.DECLINED),
    CandidateStatus.CONTACTED: (CandidateStatus.ACCEPTED, CandidateStatus.DECLINED),
    CandidateStatus.ACCEPTED: (),
    CandidateStatus.DECLINED: (),
}

_STANDS = {
    CandidateStatus.CONTACTED: AdvocacyStatus.INVITED,
    CandidateStatus.ACCEPTED: AdvocacyStatus.ACTIVE,
    CandidateStatus.DECLINED: AdvocacyStatus.DECLINED,
}


def activity(program: AdvocacyProgram, activity_id: str) -> AdvocacyActivity:
    """The activity of that id.

    Raises:
        BadInput: the program has no such activity.
    """
    for one in program.activities:
        if one.id == activity_id:
            return one
    known = ", ".join(one.id for one in program.activities)
    raise BadInput(f"no such advocacy activity; known: {known}", field="activity", value=activity_id)


def claim(
    program: AdvocacyProgram,
    claims: Iterable[ActivityClaim],
    *,
    key: str,
    customer: str,
    activity_id: str,
    subject: str = "",
    at: datetime,
) -> ActivityClaim:
    """The claim of an activity; the same key again gives the claim already made.

    Args:
        program: the catalogue.
        claims: every claim of the customer.
        key: identifies this claim.
        customer: who claims.
        activity_id: what was done.
        subject: the referred customer, or the event, where the activity counts once per that; else empty.
        at: when it was claimed.

    Raises:
        BadInput: an unknown activity, or a subject missing or out of place.
        Refused: it is claimed or verified already as often as it counts (A1); a rejected claim may be made again.
    """
    wanted = activity(program, activity_id)
    if (wanted.once_per is OncePer.CUSTOMER) is bool(subject):
        needed = "none is expected" if subject else f"expected the {wanted.once_per.value.replace('_', ' ')}"
        raise BadInput(f"{needed} for {activity_id}", field="subject", value=subject)
    for one in claims:
        if one.customer != customer:
            continue
        if one.key == key:
            return one
        if (one.activity, one.subject) == (activity_id, subject) and one.status is not ClaimStatus.REJECTED:
            raise Refused(f"{one.status.value} already; it counts once per {wanted.once_per.value.replace('_', ' ')}")
    return ActivityClaim(
        key=key, customer=customer, activity=activity_id, subject=subject, points=wanted.points, claimed_at=at
    )


def verify(
    program: AdvocacyProgram, made: ActivityClaim, *, evidence: Mapping[str, str], by: str, at: datetime
) -> ActivityClaim:
    """The claim verified, with evidence of every requirement; verified already, it stays as it is.

    Raises:
        BadInput: evidence is missing or names no requirement, nobody verifies, or the date is before the claim.
        Refused: the claim was rejected.
    """
    if made.status is ClaimStatus.VERIFIED:
        return made
    wanted = [one.id for one in activity(program, made.activity).requirements]
    kept = {name: bounded(text) or "" for name, text in evidence.items()}
    if unknown := sorted(set(kept) - set(wanted)):
        said = f"no such requirement of {made.activity}; known: {', '.join(wanted)}"
        raise BadInput(said, field="evidence", value=", ".join(unknown))
    if missing := [name for name in wanted if not kept.get(name)]:
        raise BadInput(f"missing for {', '.join(missing)}", field="evidence")
    return _close(made, ClaimStatus.VERIFIED, by=by, at=at).model_copy(update={"evidence": kept})


def reject(made: ActivityClaim, *, reason: str, by: str, at: datetime) -> ActivityClaim:
    """The claim rejected; rejected already, it stays as it is.

    Raises:
        BadInput: nobody rejects, or the date is before the claim.
        Refused: the claim was verified: its points are given.
    """
    if made.status is ClaimStatus.REJECTED:
        return made
    return _close(made, ClaimStatus.REJECTED, by=by, at=at).model_copy(update={"reason": bounded(reason) or ""})


def earned(claims: Iterable[ActivityClaim]) -> int:
    """Lifetime points: those of verified claims, each key once."""
    return sum({one.key: one.points for one in claims if one.status is ClaimStatus.VERIFIED}.values())


def tier(program: AdvocacyProgram, lifetime_points: int) -> AdvocacyTier:
    """The highest tier whose minimum is reached.

    Raises:
        BadInput: negative points.
    """
    if lifetime_points < 0:
        raise BadInput("points cannot be negative", field="points", value=lifetime_points)
    return [one for one in program.tiers if one.min_points <= lifetime_points][-1]


def benefits(program: AdvocacyProgram, reached: AdvocacyTier) -> tuple[str, ...]:
    """Everything a tier gives: its own and all of the tiers below."""
    return tuple(given for one in program.tiers if one.min_points <= reached.min_points for given in one.adds)


def done(claims: Iterable[ActivityClaim]) -> frozenset[str]:
    """Activities the customer has claimed or had verified: derived, never kept as flags (A7)."""
    return frozenset(one.activity for one in claims if one.status is not ClaimStatus.REJECTED)


def may_publish(program: AdvocacyProgram, made: ActivityClaim, approved_by: str | None) -> Permission:
    """Whether it may be published: the customer agreed (verified evidence) and one of us approved (section 16)."""
    if not activity(program, made.activity).publishes:
        return Permission(False, "not something we publish")
    if made.status is not ClaimStatus.VERIFIED:
        return Permission(False, "the customer's permission is not verified")
    return Permission(True) if approved_by else Permission(False, "waits for our approval")


def may_invite(facts: AdvocateFacts, program: AdvocacyProgram) -> Permission:
    """Whether to invite now, for the list and for a promoter's outreach alike (A8, A9); unknown is no."""
    if facts.advocacy_status is not AdvocacyStatus.NONE:
        return Permission(False, f"advocacy status {facts.advocacy_status.value}")
    if facts.nps is None or facts.nps < program.promoter_from:
        return Permission(False, f"NPS {_told(facts.nps)}, below {program.promoter_from} or unknown")
    if facts.health_score is None or facts.health_score < program.invite_health:
        return Permission(False, f"health {_told(facts.health_score)}, below {program.invite_health} or unknown")
    if facts.stage is None or facts.stage in _LOST:
        return Permission(False, f"stage {_told(facts.stage)}")
    if facts.open_high_churn_signal is not False:
        return Permission(False, f"open high churn signal {_told(facts.open_high_churn_signal)}")
    return Permission(True)


def candidates(book: Iterable[AdvocateFacts], program: AdvocacyProgram) -> tuple[AdvocacyCandidate, ...]:
    """The customers to invite, highest MRR first (unknown last, then by id), the first 20."""
    found = [one for one in book if may_invite(one, program).allowed]
    found.sort(key=lambda one: (one.mrr is None, -(one.mrr or 0), one.customer))
    return tuple(
        AdvocacyCandidate(
            customer=one.customer,
            name=one.name,
            nps=one.nps,
            health_score=one.health_score,
            mrr=one.mrr,
            potential_activities=suggested(one, program),
        )
        for one in found[: program.candidates_shown]
        if one.nps is not None and one.health_score is not None
    )


def suggested(facts: AdvocateFacts, program: AdvocacyProgram) -> tuple[str, ...]:
    """Activities worth proposing, in the catalogue's order; none of those done, and nothing on an unknown fact."""
    promoter = facts.nps is not None and facts.nps >= program.promoter_from
    fitting = {
        REFERRAL: not facts.has_referrals,
        G2_REVIEW: promoter,
        CASE_STUDY: facts.has_success_story is True,
        WEBINAR: facts.tier == AMBASSADOR,
        TESTIMONIAL: facts.criterion_achieved is True,
    }
    return tuple(
        one.id
        for one in program.activities
        if (one.open_to_all or fitting.get(one.id, False))
        and not (one.once_per is OncePer.CUSTOMER and one.id in facts.done)
    )


def move(candidate: CandidateRecord, to: CandidateStatus) -> tuple[CandidateRecord, AdvocacyStatus]:
    """The candidate moved on, and the customer's advocacy status then (A2); a move to where it is changes nothing.

    Raises:
        Refused: not from where it stands.
    """
    if to is not candidate.status and to not in _MOVES[candidate.status]:
        raise Refused(f"a candidate cannot go from {candidate.status.value} to {to.value}")
    return candidate.model_copy(update={"status": to}), _STANDS.get(to, AdvocacyStatus.NONE)


def has_open(records: Collection[CandidateRecord]) -> bool:
    """Whether a candidate of the customer is open: then another promoter's answer adds none (N9)."""
    return any(one.status in (CandidateStatus.NEW, CandidateStatus.CONTACTED) for one in records)


def _close(made: ActivityClaim, status: ClaimStatus, *, by: str, at: datetime) -> ActivityClaim:
    if made.status is not ClaimStatus.CLAIMED:
        raise Refused(f"the claim was {made.status.value} already")
    if not by.strip():
        raise BadInput("somebody answers for it", field="by", value=by)
    if at < made.claimed_at:
        raise BadInput("before the claim", field="at", value=at.isoformat())
    return made.model_copy(update={"status": status, "closed_at": at, "closed_by": by.strip()})


def _told(value: object) -> str:
    return "unknown" if value is None else str(value)
