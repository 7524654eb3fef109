"""A referral from code to reward, however its events are heard (section 13.2, A5, A6)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.advocacy import ActivityClaim
from models.advocacy_program import ADVOCACY_PROGRAM
from models.errors import BadInput, Refused
from models.referral import (
    CODE_ALPHABET,
    GiveLink,
    MailProspect,
    Referral,
    ReferralConfig,
    ReferralRequest,
    ReferralStatus,
    ReferralVerdict,
    TrackReferral,
)
from rules import advocacy, referral
from tests.rules.making import BOUNDED

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
CONFIG = ReferralConfig()
CODE = referral.code_of(bytes(range(8)))
S = ReferralStatus


def day(days: float) -> datetime:
    return NOW + timedelta(days=days)


def created(**fields: Any) -> ReferralVerdict:
    asked = {"referrer": "C-1", "referred_email": "Eva@Example.com", "consent": True}
    request = ReferralRequest(
        **{**asked, **{k: fields.pop(k) for k in list(fields) if k in ReferralRequest.model_fields}}
    )
    whole: dict[str, Any] = {
        "referral_id": "r1",
        "code": CODE,
        "referrer_emails": ("ana@acme.es",),
        "existing_customer": False,
        "earlier": (),
        "now": NOW,
        "config": CONFIG,
    }
    return referral.create(request, **{**whole, **fields})


def started(one: Referral, at: datetime, customer: str = "C-2") -> ReferralVerdict:
    return referral.trial_started(one, customer=customer, at=at, config=CONFIG)


def converted(one: Referral, at: datetime, customer: str = "C-2") -> ReferralVerdict:
    return referral.converted(one, customer=customer, at=at, config=CONFIG)


def expired(one: Referral, now: datetime) -> ReferralVerdict:
    return referral.expire(one, now=now, config=CONFIG)


NEW = created().referral


@pytest.mark.parametrize("randomness", [bytes(8), b"\xff" * 8, bytes(range(8)), b"12345678 and more"])
def test_a6_a_code_is_ten_plain_signs_of_the_randomness_given(randomness: bytes) -> None:
    code = referral.code_of(randomness)
    assert len(code) == 10
    assert set(code) <= set(CODE_ALPHABET)
    assert code == referral.code_of(randomness)
    assert referral.parse_code(f" {code[:5].lower()}-{code[5:]} ") == code


def test_a6_other_randomness_gives_another_code_and_the_code_is_stored() -> None:
    codes = {referral.code_of(number.to_bytes(8, "big")) for number in range(2000)}
    assert len(codes) == 2000
    assert NEW.code == CODE
    assert NEW.id not in NEW.code


def test_a6_too_little_randomness_is_refused() -> None:
    with pytest.raises(BadInput):
        referral.code_of(b"1234567")


@pytest.mark.parametrize(
    ("typed", "read"),
    [("O0Il1-abcde", "00111ABCDE"), ("ABCDE", None), ("ABCDE12345U", None), ("ABCDE1234U", None), ("", None)],
)
def test_a_typed_code_is_read_kindly_or_refused(typed: str, read: str | None) -> None:
    if read is not None:
        assert referral.parse_code(typed) == read
        return
    with pytest.raises(BadInput) as refused:
        referral.parse_code(typed)
    assert refused.value.field == "code"


@pytest.mark.parametrize(
    ("consent", "effect"),
    [(True, MailProspect), (False, GiveLink), (None, GiveLink)],
)
def test_a5_the_prospect_is_mailed_only_with_recorded_consent(consent: bool | None, effect: type) -> None:
    verdict = created(consent=consent)
    assert verdict.outcome == "created"
    assert [type(one) for one in verdict.effects] == [effect]
    assert verdict.referral.status is S.PENDING
    assert verdict.referral.consent is (consent is True)


@pytest.mark.parametrize("address", ["ana@acme.es", " ANA@Acme.ES "])
def test_a5_nobody_refers_themselves(address: str) -> None:
    verdict = created(referred_email=address)
    assert (verdict.outcome, verdict.referral.status, verdict.referral.reason) == (
        "rejected",
        S.REJECTED,
        "self_referral",
    )
    assert verdict.effects == ()


def test_a5_a_customer_cannot_be_referred() -> None:
    verdict = created(existing_customer=True)
    assert (verdict.outcome, verdict.referral.reason, verdict.effects) == ("rejected", "existing_customer", ())


@pytest.mark.parametrize(
    ("earlier", "outcome"),
    [
        (NEW, "merged"),
        (NEW.model_copy(update={"referrer": "C-9"}), "merged"),
        (started(NEW, day(1)).referral, "merged"),
        (NEW.model_copy(update={"created_at": day(-180)}), "created"),
        (NEW.model_copy(update={"status": S.EXPIRED}), "created"),
        (NEW.model_copy(update={"status": S.REJECTED}), "created"),
    ],
)
def test_a5_a_second_referral_of_an_address_joins_the_first_and_mails_nobody(earlier: Referral, outcome: str) -> None:
    verdict = created(referral_id="r2", referred_email="eva@example.COM", earlier=(earlier,))
    assert verdict.outcome == outcome
    assert (verdict.referral.id == "r1") is (outcome == "merged")
    assert bool(verdict.effects) is (outcome == "created")


def test_a5_a_trial_of_the_referred_person_keeps_the_referral_though_now_a_customer() -> None:
    assert created(referral_id="r2", existing_customer=True, earlier=(NEW,)).outcome == "merged"


@pytest.mark.parametrize(("referrer", "mailed"), [("C-1", True), ("C-9", False)])
def test_a5_consent_told_later_by_the_referrer_lets_us_mail_once(referrer: str, mailed: bool) -> None:
    without = created(consent=None).referral
    again = created(referral_id="r2", referrer=referrer, earlier=(without,))
    assert (again.outcome, again.referral.consent) == ("merged", mailed)
    assert again.effects == ((MailProspect(referral="r1", code=CODE),) if mailed else ())
    assert created(referral_id="r3", earlier=(again.referral,)).effects == () or not mailed


def test_the_same_request_again_is_the_referral_already_made() -> None:
    verdict = created(earlier=(NEW,))
    assert (verdict.outcome, verdict.referral, verdict.effects) == ("unchanged", NEW, ())


@pytest.mark.parametrize("address", ["", "eva", "eva@", "eva@example.com, bob@example.com", "eva@exa\nmple.com"])
def test_a_prospect_needs_one_address(address: str) -> None:
    with pytest.raises(ValidationError):
        ReferralRequest(referrer="C-1", referred_email=address)


def test_a5_a_conversion_tracks_the_activity_with_evidence_enough_to_verify_it() -> None:
    trial = started(NEW, day(3)).referral
    verdict = converted(trial, day(17))
    (track,) = verdict.effects
    assert isinstance(track, TrackReferral)
    assert (track.referrer, track.referred_customer) == ("C-1", "C-2")
    claim = advocacy.claim(
        ADVOCACY_PROGRAM,
        (),
        key=track.referral,
        customer=track.referrer,
        activity_id="referral",
        subject=track.referred_customer,
        at=day(17),
    )
    verified = advocacy.verify(ADVOCACY_PROGRAM, claim, evidence=track.evidence, by="referral", at=day(17))
    assert advocacy.earned([verified]) == 500
    rewarded = referral.rewarded(verdict.referral, at=day(18)).referral
    assert (rewarded.status, rewarded.converted_at, rewarded.rewarded_at) == (S.REWARDED, day(17), day(18))


def test_a_conversion_without_a_trial_waits_for_a_person() -> None:
    (track,) = converted(NEW, day(1)).effects
    assert isinstance(track, TrackReferral)
    claim = ActivityClaim(key="k", customer="C-1", activity="referral", subject="C-2", points=500, claimed_at=day(1))
    with pytest.raises(BadInput, match="trial_completed"):
        advocacy.verify(ADVOCACY_PROGRAM, claim, evidence=track.evidence, by="referral", at=day(1))


def test_what_is_heard_twice_happens_once() -> None:
    trial = started(NEW, day(3))
    assert started(trial.referral, day(3)).outcome == "unchanged"
    paid = converted(trial.referral, day(17))
    again = converted(paid.referral, day(17))
    assert (again.outcome, again.referral, again.effects) == ("unchanged", paid.referral, ())
    assert started(paid.referral, day(3)).outcome == "unchanged"
    given_ = referral.rewarded(paid.referral, at=day(18))
    assert referral.rewarded(given_.referral, at=day(19)).outcome == "unchanged"
    assert converted(given_.referral, day(20)).effects == ()


@pytest.mark.parametrize(
    ("now", "status"),
    [(day(180) - timedelta(seconds=1), S.PENDING), (day(180), S.EXPIRED), (day(400), S.EXPIRED)],
)
def test_a_referral_expires_after_180_days(now: datetime, status: ReferralStatus) -> None:
    one = expired(NEW, now).referral
    assert one.status is status
    assert one.closed_at == (day(180) if status is S.EXPIRED else None)


@pytest.mark.parametrize("at", [day(180), day(200)])
def test_a_conversion_too_late_credits_nothing_whether_or_not_expiry_was_noticed(at: datetime) -> None:
    for one in (NEW, started(NEW, day(1)).referral, expired(NEW, day(190)).referral):
        verdict = converted(one, at)
        assert verdict.referral.status is S.EXPIRED
        assert verdict.effects == ()


def test_a_conversion_in_time_counts_though_it_is_heard_after_the_expiry() -> None:
    gone = expired(started(NEW, day(3)).referral, day(181)).referral
    verdict = converted(gone, day(179))
    assert (verdict.referral.status, verdict.referral.closed_at) == (S.CONVERTED, None)
    assert len(verdict.effects) == 1


def test_a_converted_referral_does_not_expire() -> None:
    paid = converted(NEW, day(5)).referral
    assert expired(paid, day(999)).outcome == "unchanged"


@pytest.mark.parametrize("hear", [started, converted])
def test_a5_the_referrers_own_account_earns_nothing(hear: Any) -> None:
    verdict = hear(NEW, day(2), customer="C-1")
    assert (verdict.referral.status, verdict.referral.reason, verdict.effects) == (S.REJECTED, "self_referral", ())
    assert converted(verdict.referral, day(3)).outcome == "unchanged"


def test_one_referral_leads_to_one_customer() -> None:
    with pytest.raises(Refused, match="another referred customer"):
        converted(started(NEW, day(1)).referral, day(2), customer="C-3")


def test_an_event_before_the_referral_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        converted(NEW, day(-1))
    assert refused.value.field == "at"


@pytest.mark.parametrize("status", [S.PENDING, S.TRIAL_STARTED, S.EXPIRED, S.REJECTED])
def test_only_a_conversion_is_rewarded(status: ReferralStatus) -> None:
    with pytest.raises(Refused):
        referral.rewarded(NEW.model_copy(update={"status": status}), at=day(1))


HEARD = st.lists(
    st.tuples(st.sampled_from(["trial", "paid", "sweep", "reward"]), st.integers(0, 220)),
    max_size=12,
)


@BOUNDED
@given(HEARD)
def test_the_activity_is_tracked_once_at_most_whatever_is_heard(heard: list[tuple[str, int]]) -> None:
    one, tracked = NEW, 0
    for what, at in heard:
        match what:
            case "trial":
                verdict = started(one, day(at))
            case "paid":
                verdict = converted(one, day(at))
            case "sweep":
                verdict = expired(one, day(at))
            case _:
                if one.status is not S.CONVERTED:
                    continue
                verdict = referral.rewarded(one, at=day(at))
        tracked += len(verdict.effects)
        one = verdict.referral
    assert tracked == int(one.status in (S.CONVERTED, S.REWARDED))
