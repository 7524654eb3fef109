"""One simulated customer: contact rules, facts, answers, escalations, holdouts, days that pass."""

from datetime import timedelta
from typing import Any

import pytest

from models.enums import Segment
from models.signals import ChurnSignalType
from rules import churn
from tests.analysis.simulated import BEGINS, account, happens, mail, play, run

HOUR = timedelta(hours=1)


def moments(tally: Any) -> list[tuple[str, float]]:
    return [(one.step, (one.at - BEGINS) / HOUR) for one in tally.sends]


def test_a_message_waits_for_the_morning_and_the_cap_keeps_back_what_is_too_much() -> None:
    steps = [mail("a"), mail("b", delay="12 hours"), mail("c", delay="24 hours"), mail("d", delay="8 days")]
    tally = run(play(*steps, priority=80))  # below 80, the last message of the week is kept for others
    # 12 hours after ten o'clock in Madrid is night; from eight on it may go.
    assert moments(tally) == [("a", 0), ("b", 22), ("d", 192)]
    assert tally.deferred == {("p", "b"): 1, ("p", "c"): 1}  # a late message puts off the one planned after it
    assert [(row[0], row[3]) for row in tally.capped] == [("C-1", "c")]


CONSENT = [
    ({"consent_relationship": False}, "offer", "relationship mail declined"),
    ({}, "news", "no marketing consent"),
    ({"consent_marketing": True}, "news", None),
    ({"suppressed": "bounced"}, "offer", "address suppressed: bounced"),
    ({"suppressed": "bounced"}, "receipt", None),
    ({"zone": None}, "offer", "time zone unknown"),
    ({"has_email": False}, "receipt", "e-mail address unknown"),
    ({"named": False}, "offer", "cannot be written: first_name is unknown"),
]


@pytest.mark.parametrize(("fields", "template", "reason"), CONSENT)
def test_nobody_is_written_to_who_may_not_be(fields: dict[str, Any], template: str, reason: str | None) -> None:
    tally = run(play(mail("a", template)), who=account(**fields))
    assert [key[2] for key in tally.refused] == ([reason] if reason else [])
    assert len(tally.sends) == (0 if reason else 1)


def test_an_imported_customer_is_held_until_outreach_is_activated_and_nothing_old_goes_then() -> None:
    steps = [mail("a"), mail("b", delay="2 days")]
    assert run(play(*steps), who=account(held=True)).sends == []
    script = [happens("limit_near"), happens("outreach_activated", day=2.5)]
    tally = run(play(*steps), who=account(held=True), script=script)
    assert moments(tally) == [("b", 70)]  # activated in the evening, sent in the morning


FACTS = [
    ("open_tickets >= 3", {"open_tickets": 3}, True),
    ("open_tickets >= 3", {"open_tickets": 2}, False),
    ("open_tickets >= 3", {}, None),
    ("days_as_customer == 100", {}, True),
    ("segment == 'self_serve' && stage == 'growing'", {}, True),
    ("still_no_login", {}, True),
    ("days_since_last_login > 7", {"days_since_last_login": 3}, False),
]


@pytest.mark.parametrize(("when", "facts", "holds"), FACTS)
def test_a_condition_reads_what_is_stored_and_unknown_stays_unknown(
    when: str, facts: dict[str, Any], holds: bool | None
) -> None:
    tally = run(play(mail("a", when=when)), who=account(facts=facts))
    assert bool(tally.sends) is (holds is True)
    if holds is None:
        assert [key[2] for key in tally.refused] == ["unknown: open_tickets"]


def test_events_and_declared_facts_change_what_a_condition_sees() -> None:
    three = play(mail("a", when="open_tickets >= 3", delay="3 days"))
    opened = [happens("limit_near"), happens("ticket_opened", day=1), happens("ticket_opened", day=2)]
    assert run(three, who=account(facts={"open_tickets": 1}), script=opened).sends
    assert not run(three, who=account(facts={"open_tickets": 1}), script=opened[:2]).sends
    said = {"facts": [{"fact": "open_tickets", "value": 5, "day": 2}]}
    assert run(three, who=account(facts={}), responses=said).sends


def test_days_without_a_login_pass_only_where_logins_are_declared() -> None:
    quiet = play(mail("a", when="days_since_last_login >= 10", delay="8 days"))
    who = account(facts={"days_since_last_login": 3})
    assert not run(quiet, who=who).sends
    nobody = {"habits": [{"event": "user_logged_in", "per_month": 0}]}
    assert run(quiet, who=who, responses=nobody).sends
    came = [happens("limit_near"), happens("user_logged_in", day=6)]
    assert not run(quiet, who=who, script=came).sends


ANSWERED = play(
    {"id": "call", "kind": "act", "do": "create_task", "with": {"task": "call", "title": {"es": "x", "en": "x"}}},
    {"id": "hear", "kind": "await", "after": "call", "outcomes": ["reached", "lost"], "timeout": "9 days"},
    {"id": "way", "kind": "branch", "after": "hear", "cases": [{"if": "result_hear == 'reached'", "then": "good"}]},
    mail("thanks", "receipt", after="way", on=["good"]),
    mail("sorry", "receipt", after="way", on=["otherwise"]),
    escalation={"path": ["csm", "cs_manager", "executive"], "timeline": "3 days"},
)


@pytest.mark.parametrize(
    ("said", "step", "levels"),
    [
        ([], "sorry", [1, 2]),
        ([{"step": "hear", "outcome": "reached", "after": {"min": "4 days"}}], "thanks", [1]),
        ([{"step": "hear", "outcome": "lost", "after": {"min": "1 hour"}}], "sorry", []),
        ([{"step": "hear", "outcome": "lost", "probability": 0.0}], "sorry", [1, 2]),
    ],
)
def test_people_answer_as_the_responses_say_and_silence_escalates(
    said: list[dict[str, Any]], step: str, levels: list[int]
) -> None:
    tally = run(ANSWERED, responses={"reactions": said})
    assert [one.step for one in tally.sends] == [step]
    assert [one.level for one in tally.rises] == levels
    assert [one.kind for one in tally.tasks] == ["call"]


def test_an_event_that_is_a_goal_ends_the_run_and_is_counted_so() -> None:
    play_ = play(mail("a"), mail("b", delay="5 days"), goals=[{"event": "user_logged_in", "reason": "came back"}])
    reacts = {"reactions": [{"template": "offer", "event": "user_logged_in", "after": {"min": "2 days"}}]}
    tally = run(play_, responses=reacts)
    assert [one.step for one in tally.sends] == ["a"]
    assert tally.ends == {("p", "goal_met", "came back"): 1}


def test_a_signal_opens_with_the_morning_after_its_facts_and_starts_its_play_once() -> None:
    save = play(mail("a", "receipt"), trigger="signal_opened:no_login_7_days")
    logins = {"habits": [{"event": "user_logged_in", "per_month": 0}]}
    tally = run(save, who=account(facts={"days_since_last_login": 5}), script=[], responses=logins)
    assert moments(tally) == [("a", 24 * 4 - 4)]  # eight whole days without a login, at the sweep of five o'clock UTC
    facts = {"days_since_last_login": 9}
    open_already = churn.detect(facts, BEGINS - timedelta(days=1))
    assert [one.type for one in open_already] == [ChurnSignalType.NO_LOGIN_7_DAYS]
    assert run(save, who=account(facts=facts, signals=open_already), script=[]).starts == {}
    assert run(save, who=account(facts=facts), script=[]).starts == {"p": 1}


def test_the_calendar_brings_renewals_once_and_only_the_nearest_of_those_due() -> None:
    once = {"once_per": "term"}  # the stage renewing brings the sixty days' play too
    plays = [
        play(mail("a", "receipt"), name=f"r{days}", trigger=f"renewal_due:{days}", reentry=once)
        for days in (30, 60, 90)
    ]
    soon = account(renewal_at=BEGINS + timedelta(days=50), facts={"contract_length": 12})
    assert run(*plays, who=soon, script=[], days=60).starts == {"r60": 1, "r30": 1}
    far = account(renewal_at=BEGINS + timedelta(days=100), facts={"contract_length": 12})
    assert run(*plays, who=far, script=[], days=60).starts == {"r90": 1, "r60": 1}
    short = account(renewal_at=BEGINS + timedelta(days=50), facts={"contract_length": 1})
    assert run(*plays, who=short, script=[], days=60).starts == {}


def test_a_playbook_is_for_its_segments_and_for_nobody_of_unknown_segment() -> None:
    only = play(mail("a", "receipt"), segments=["enterprise"])
    assert run(only).starts == {}
    assert run(only, who=account(segment=Segment.ENTERPRISE)).starts == {"p": 1}
    assert run(play(mail("a", "receipt")), who=account(segment=None)).starts == {}


def test_those_who_are_held_out_are_counted_and_hear_nothing() -> None:
    half = play(mail("a", "receipt"), holdout={"fraction": 0.5})
    outcomes = [run(half, who=account(f"C-{n}"), script=[happens("limit_near", f"C-{n}")]) for n in range(30)]
    assert {bool(one.sends) for one in outcomes} == {True, False}
    assert all(bool(one.sends) is (one.held_out["p"] == 0) for one in outcomes)


def test_simulating_one_playbook_leaves_the_others_alone() -> None:
    two = (play(mail("a", "receipt")), play(mail("b", "receipt"), name="q"))
    assert run(*two, only="q").starts == {"q": 1}
