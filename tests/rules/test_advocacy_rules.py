"""Activities count once and only with evidence; tiers follow what was earned; who is invited (sections 13.1, 13.2)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.advocacy import (
    ActivityClaim,
    AdvocacyProgram,
    AdvocacyStatus,
    AdvocateFacts,
    CandidateRecord,
    CandidateStatus,
    ClaimStatus,
    OncePer,
    RedemptionStatus,
)
from models.advocacy_program import ADVOCACY_PROGRAM as PROGRAM
from models.enums import Language, LifecycleStage
from models.errors import BadInput, Refused
from rules import advocacy
from tests.rules.making import BOUNDED

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
EVIDENCE = {one.id: {need.id: "seen" for need in one.requirements} for one in PROGRAM.activities}


def claimed(
    activity: str, *, claims: tuple[ActivityClaim, ...] = (), key: str = "", subject: str = ""
) -> ActivityClaim:
    return advocacy.claim(
        PROGRAM,
        claims,
        key=key or f"{activity}-{subject}-{len(claims)}",
        customer="C-1",
        activity_id=activity,
        subject=subject,
        at=NOW,
    )


def verified(made: ActivityClaim) -> ActivityClaim:
    return advocacy.verify(PROGRAM, made, evidence=EVIDENCE[made.activity], by="ana", at=NOW)


def facts(**fields: Any) -> AdvocateFacts:
    whole: dict[str, Any] = {
        "customer": "C-1",
        "name": "Acme",
        "nps": 9,
        "health_score": 70,
        "mrr": Decimal(100),
        "stage": LifecycleStage.GROWING,
        "open_high_churn_signal": False,
    }
    return AdvocateFacts(**{**whole, **fields})


@pytest.mark.parametrize(
    ("activity", "points", "once_per"),
    [
        ("referral", 500, OncePer.REFERRED_CUSTOMER),
        ("g2_review", 100, OncePer.CUSTOMER),
        ("case_study", 300, OncePer.CUSTOMER),
        ("webinar", 400, OncePer.EVENT),
        ("testimonial", 150, OncePer.CUSTOMER),
    ],
)
def test_the_catalogue_of_activities_is_the_domains(activity: str, points: int, once_per: OncePer) -> None:
    found = advocacy.activity(PROGRAM, activity)
    assert (found.points, found.once_per) == (points, once_per)
    assert found.label.keys() == {Language.ES, Language.EN}
    assert len(found.requirements) == 2


def test_the_catalogue_of_rewards_and_tiers_is_the_domains() -> None:
    assert [(one.id, one.points_cost, one.type.value) for one in PROGRAM.rewards] == [
        ("credit_100", 200, "credit"),
        ("swag_pack", 150, "swag"),
        ("early_access", 300, "feature"),
        ("event_vip", 500, "event"),
    ]
    assert [(one.name, one.min_points) for one in PROGRAM.tiers] == [("Fan", 0), ("Champion", 300), ("Ambassador", 800)]


@pytest.mark.parametrize("activity", sorted(EVIDENCE))
def test_a1_an_activity_counts_once_for_what_it_counts_by(activity: str) -> None:
    subject = "" if advocacy.activity(PROGRAM, activity).once_per is OncePer.CUSTOMER else "one"
    first = claimed(activity, subject=subject, key="k1")
    for standing in (first, verified(first)):
        with pytest.raises(Refused, match="once per"):
            claimed(activity, claims=(standing,), subject=subject, key="k2")
    rejected = advocacy.reject(first, reason="no review found", by="ana", at=NOW)
    assert rejected.reason == "no review found"
    assert claimed(activity, claims=(rejected,), subject=subject, key="k2").status is ClaimStatus.CLAIMED
    if subject:
        assert claimed(activity, claims=(first,), subject="another", key="k2").subject == "another"


def test_a1_the_same_claim_again_is_the_one_already_made() -> None:
    first = verified(claimed("g2_review", key="k1"))
    assert claimed("g2_review", claims=(first,), key="k1") == first
    assert verified(first) == first


@pytest.mark.parametrize("activity", sorted(EVIDENCE))
def test_a1_points_come_only_with_evidence_of_every_requirement(activity: str) -> None:
    subject = "" if advocacy.activity(PROGRAM, activity).once_per is OncePer.CUSTOMER else "one"
    made = claimed(activity, subject=subject)
    assert advocacy.earned([made]) == 0
    for lacking in EVIDENCE[activity]:
        for evidence in (
            {k: v for k, v in EVIDENCE[activity].items() if k != lacking},
            {**EVIDENCE[activity], lacking: " "},
        ):
            with pytest.raises(BadInput, match=lacking):
                advocacy.verify(PROGRAM, made, evidence=evidence, by="ana", at=NOW)
    assert advocacy.earned([verified(made)]) == advocacy.activity(PROGRAM, activity).points


@pytest.mark.parametrize(
    ("activity", "subject", "field"),
    [
        ("unknown", "", "activity"),
        ("referral", "", "subject"),
        ("webinar", "", "subject"),
        ("g2_review", "x", "subject"),
    ],
)
def test_a_claim_of_nothing_known_is_refused(activity: str, subject: str, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        claimed(activity, subject=subject)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"evidence": {**EVIDENCE["g2_review"], "stars": "5"}}, "evidence"),
        ({"by": "  "}, "by"),
        ({"at": NOW - timedelta(seconds=1)}, "at"),
    ],
)
def test_a_verification_names_what_is_wrong(wrong: dict[str, Any], field: str) -> None:
    given_: dict[str, Any] = {"evidence": EVIDENCE["g2_review"], "by": "ana", "at": NOW}
    with pytest.raises(BadInput) as refused:
        advocacy.verify(PROGRAM, claimed("g2_review"), **{**given_, **wrong})
    assert refused.value.field == field


def test_a_decided_claim_is_not_decided_again() -> None:
    made = claimed("g2_review")
    with pytest.raises(Refused):
        advocacy.reject(verified(made), reason="late", by="ana", at=NOW)
    with pytest.raises(Refused):
        verified(advocacy.reject(made, reason="none", by="ana", at=NOW))


@pytest.mark.parametrize(
    ("to", "status"),
    [
        (CandidateStatus.CONTACTED, AdvocacyStatus.INVITED),
        (CandidateStatus.ACCEPTED, AdvocacyStatus.ACTIVE),
        (CandidateStatus.DECLINED, AdvocacyStatus.DECLINED),
        (CandidateStatus.NEW, AdvocacyStatus.NONE),
    ],
)
def test_a2_inviting_changes_the_customers_advocacy_status(to: CandidateStatus, status: AdvocacyStatus) -> None:
    moved, stands = advocacy.move(CandidateRecord(customer="C-1", source="nps_promoter", score=9), to)
    assert (moved.status, stands) == (to, status)
    assert advocacy.has_open([moved]) is (to in (CandidateStatus.NEW, CandidateStatus.CONTACTED))


def test_a2_a_candidate_does_not_go_back() -> None:
    declined = CandidateRecord(customer="C-1", source="nps_promoter", score=9, status=CandidateStatus.DECLINED)
    with pytest.raises(Refused):
        advocacy.move(declined, CandidateStatus.CONTACTED)


def test_a2_an_invited_customer_is_no_candidate_again() -> None:
    for status in AdvocacyStatus:
        found = advocacy.candidates([facts(advocacy_status=status)], PROGRAM)
        assert bool(found) is (status is AdvocacyStatus.NONE)


def test_a4_a_review_is_offered_to_everybody_says_it_is_rewarded_and_asks_for_no_praise() -> None:
    review = advocacy.activity(PROGRAM, "g2_review")
    for nps in (None, 0, 10):
        assert "g2_review" in advocacy.suggested(facts(nps=nps), PROGRAM)
    assert review.disclosure is not None
    assert "sea cual sea tu opinión" in review.disclosure[Language.ES]
    assert {need.id for need in review.requirements} == {"verified_review", "hundred_words"}


@pytest.mark.parametrize("nps", [None, 8, 9])
def test_where_a_platform_lets_us_choose_only_promoters_are_asked_for_a_review(nps: int | None) -> None:
    chosen = tuple(one.model_copy(update={"open_to_all": False}) for one in PROGRAM.activities)
    program = PROGRAM.model_copy(update={"activities": chosen})
    assert ("g2_review" in advocacy.suggested(facts(nps=nps), program)) is (nps == 9)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ("referral", "g2_review")),
        ({"has_referrals": True}, ("g2_review",)),
        ({"done": frozenset({"g2_review"})}, ("referral",)),
        ({"has_success_story": True}, ("referral", "g2_review", "case_study")),
        ({"has_success_story": True, "done": frozenset({"case_study"})}, ("referral", "g2_review")),
        ({"tier": "Champion"}, ("referral", "g2_review")),
        ({"tier": "Ambassador"}, ("referral", "g2_review", "webinar")),
        ({"tier": "Ambassador", "done": frozenset({"webinar"})}, ("referral", "g2_review", "webinar")),
        ({"criterion_achieved": True}, ("referral", "g2_review", "testimonial")),
        ({"criterion_achieved": True, "done": frozenset({"testimonial"})}, ("referral", "g2_review")),
        ({"criterion_achieved": None, "has_success_story": None}, ("referral", "g2_review")),
    ],
)
def test_a7_what_to_propose_follows_from_what_was_done(fields: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert advocacy.suggested(facts(**fields), PROGRAM) == expected


def test_a7_what_was_done_is_derived_from_claims() -> None:
    rejected = advocacy.reject(claimed("testimonial"), reason="no", by="ana", at=NOW)
    assert advocacy.done([claimed("g2_review"), verified(claimed("case_study")), rejected]) == {
        "g2_review",
        "case_study",
    }


@pytest.mark.parametrize(
    ("fields", "invited"),
    [
        ({"health_score": 69}, False),
        ({"health_score": 70}, True),
        ({"health_score": None}, False),
        ({"nps": 8}, False),
        ({"nps": 10}, True),
        ({"nps": None}, False),
    ],
)
def test_a8_health_of_seventy_invites_and_unknown_does_not(fields: dict[str, Any], invited: bool) -> None:
    assert advocacy.may_invite(facts(**fields), PROGRAM).allowed is invited


@pytest.mark.parametrize(
    ("fields", "invited"),
    [
        ({"stage": LifecycleStage.AT_RISK}, False),
        ({"stage": LifecycleStage.CHURNED}, False),
        ({"stage": None}, False),
        ({"stage": LifecycleStage.RENEWING}, True),
        ({"open_high_churn_signal": True}, False),
        ({"open_high_churn_signal": None}, False),
    ],
)
def test_a9_nobody_at_risk_is_a_candidate(fields: dict[str, Any], invited: bool) -> None:
    permission = advocacy.may_invite(facts(**fields), PROGRAM)
    assert permission.allowed is invited
    assert bool(permission.reason) is not invited
    assert bool(advocacy.candidates([facts(**fields)], PROGRAM)) is invited


def test_the_twenty_candidates_of_highest_mrr_come_first() -> None:
    book = [facts(customer=f"C-{number:02}", mrr=Decimal(number)) for number in range(25)]
    book += [facts(customer="C-99", mrr=None), facts(customer="C-98", mrr=Decimal(24))]
    found = advocacy.candidates(book, PROGRAM)
    assert [one.customer for one in found][:3] == ["C-24", "C-98", "C-23"]
    assert len(found) == 20
    assert found == advocacy.candidates(reversed(book), PROGRAM)
    assert advocacy.candidates([book[-2], book[0]], PROGRAM)[-1].customer == "C-99"


@pytest.mark.parametrize(
    ("points", "name"),
    [(0, "Fan"), (299, "Fan"), (300, "Champion"), (799, "Champion"), (800, "Ambassador"), (10**9, "Ambassador")],
)
def test_the_tier_is_the_highest_whose_minimum_is_reached(points: int, name: str) -> None:
    assert advocacy.tier(PROGRAM, points).name == name


def test_a_tier_gives_all_of_those_below() -> None:
    given_ = advocacy.benefits(PROGRAM, advocacy.tier(PROGRAM, 300))
    assert given_ == ("exclusive newsletter", "profile badge", "private community", "priority support")


def test_negative_points_are_refused() -> None:
    with pytest.raises(BadInput):
        advocacy.tier(PROGRAM, -1)


@BOUNDED
@given(st.integers(0, 2000), st.integers(0, 2000))
def test_a_tier_never_falls_as_lifetime_points_rise(points: int, more: int) -> None:
    before, after = advocacy.tier(PROGRAM, points), advocacy.tier(PROGRAM, points + more)
    assert before.min_points <= after.min_points


def test_publishing_needs_the_customers_permission_and_ours() -> None:
    study = claimed("case_study")
    assert not advocacy.may_publish(PROGRAM, study, "ana").allowed
    assert not advocacy.may_publish(PROGRAM, verified(study), None).allowed
    assert advocacy.may_publish(PROGRAM, verified(study), "ana").allowed
    assert not advocacy.may_publish(PROGRAM, verified(claimed("g2_review")), "ana").allowed


@pytest.mark.parametrize("field", ["activities", "rewards", "tiers"])
def test_a_program_that_says_a_thing_twice_is_refused(field: str) -> None:
    doubled = getattr(PROGRAM, field) + getattr(PROGRAM, field)[:1]
    with pytest.raises(ValidationError, match="used twice"):
        AdvocacyProgram(**{**dict(PROGRAM), field: doubled})


def test_tiers_rise_from_nothing() -> None:
    for tiers in (PROGRAM.tiers[1:], PROGRAM.tiers[::-1]):
        with pytest.raises(ValidationError, match="rise from 0"):
            AdvocacyProgram(**{**dict(PROGRAM), "tiers": tiers})


def test_statuses_are_the_domains() -> None:
    assert [one.value for one in RedemptionStatus] == ["pending_approval", "granted", "refused"]
    assert [one.value for one in AdvocacyStatus] == ["none", "invited", "active", "declined"]
