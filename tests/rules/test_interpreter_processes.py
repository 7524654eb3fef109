"""What runs of every process share: expiry, ends, their trigger, calendars, messages kept apart, what is theirs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.calendars import LibraryCalendars
from models.enums import RunStatus, WaitingFor
from models.run import END_RUN, RESUMED, StepResult, Wait
from rules import interpreter
from tests.rules.making import DONE, START, Run, act, choose, event, hear, hour, play

DAY = timedelta(days=1)
HELD = StepResult(status="held", reason="paused while save.x runs")


def mail(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "kind": "act", "do": "send_message", "with": {"template": "t"}, **fields}


def end(name: str, how: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "kind": "end", "as": how, **fields}


def told(run: Run, name: str, at: datetime, **data: Any) -> None:
    seen = event(name, at).model_copy(update={"data": data})
    run.state = interpreter.observe(run.playbook, run.state, seen)


def test_a_run_that_expires_stays_open_for_its_goal_and_has_failed_without() -> None:
    playbook = play(act(), expires="10 days", goals=[{"event": "won"}])
    kept = Run(playbook)
    decision = kept.until(START + 9 * DAY)
    assert decision == Wait(until=START + 10 * DAY, waiting_for=WaitingFor.CUSTOMER, reason="the customer")
    kept.happens("won", START + 9 * DAY)
    assert kept.status is RunStatus.GOAL_MET
    failed = Run(playbook)
    failed.until(START + 30 * DAY)
    assert (failed.status, failed.state.reason) == (RunStatus.EXITED, "no success within 10 days")
    assert failed.state.ended == START + 10 * DAY
    late = Run(playbook)
    late.happens("won", START + 11 * DAY)
    assert late.status is RunStatus.EXITED


def test_a_save_play_has_thirty_days_and_an_import_begins_them_anew() -> None:
    playbook = play(act(), process="save", trigger="signal_opened:failed_payment")
    assert (playbook.lasts, playbook.cools_down) == (30 * DAY, 14 * DAY)
    run = Run(playbook, not_before=START + 20 * DAY)
    run.until(START + 100 * DAY)
    assert run.state.ended == START + 50 * DAY


@pytest.mark.parametrize(("how", "status"), [("succeeded", RunStatus.GOAL_MET), ("failed", RunStatus.EXITED)])
def test_an_end_step_ends_the_run_and_says_what_was_left(how: str, status: RunStatus) -> None:
    playbook = play(
        hear(outcomes=["yes", "no"]),
        end("over", how, after="h", on=["yes"], delay="1 hour"),
        act("later", delay="9 days"),
    )
    run = Run(playbook)
    run.look(START)
    run.says("yes", hour(5))
    run.until(hour(7))
    assert (run.status, run.state.reason, run.state.ended) == (status, f"over: {how}", hour(6))
    assert run.ends("later") == ("skipped", "skipped", hour(6))


def test_what_started_a_run_counts_as_seen_but_answers_no_wait() -> None:
    playbook = play(
        act("first", after="event:renewal_due:60"),
        act("never", after="event:renewal_due:30"),
        hear("again", events=["renewal_due"], timeout="5 days"),
    )
    run = Run(playbook, trigger="renewal_due:60")
    run.look(START)
    assert [name for name, _ in run.did] == ["first"]
    assert run.how("again").value == "running"
    run.happens("renewal_due:30", hour(10))
    run.look(hour(10))
    assert [name for name, _ in run.did] == ["first", "never"]
    assert run.ends("again") == ("done", "renewal_due", hour(10))


def test_local_times_and_working_days_come_from_the_calendar_that_the_run_carries() -> None:
    # START is Monday 2 March 2026, 09:00 UTC: 10:00 in Madrid.
    playbook = play(
        act("monday", at={"time": "08:00", "days": ["mon"]}),
        act("working", working_days=2),
        act("over_the_change", delay="27 days", at={"time": "09:00"}),
    )
    madrid = LibraryCalendars().of("Europe/Madrid", "ES", START)
    run = Run(playbook, calendar=madrid)
    run.until(START + 40 * DAY)
    assert dict(run.did) == {
        "working": datetime(2026, 3, 4, 9, tzinfo=UTC),
        "monday": datetime(2026, 3, 9, 7, tzinfo=UTC),
        # Summer time began on the 29th: 09:00 there is 07:00 UTC from then on.
        "over_the_change": datetime(2026, 3, 30, 7, tzinfo=UTC),
    }
    carried = type(run.state).model_validate_json(run.state.model_dump_json())
    assert carried == run.state
    nowhere = Run(playbook)
    nowhere.until(START + 40 * DAY)
    assert dict(nowhere.did)["monday"] == datetime(2026, 3, 9, 8, tzinfo=UTC)


def test_after_a_pause_overdue_messages_keep_their_distance_and_old_ones_never_go() -> None:
    playbook = play(
        mail("old"),
        mail("one", delay="3 days"),
        mail("two", delay="3 days"),
        mail("three", delay="4 days"),
        act("task", delay="4 days"),
        mail("four", delay="9 days"),
        catch_up="7 days",
    )
    answers = {name: [HELD, DONE] for name in ("old", "one", "two", "three")}
    run = Run(playbook, answers)
    run.until(START + 8 * DAY)
    run.happens(RESUMED, START + 8 * DAY)
    run.until(START + 20 * DAY)
    sent = {name: at for name, at in run.did if at >= START + 8 * DAY}
    assert run.ends("old")[0] == "skipped"
    # Planned together they come together; planned a day apart they keep the day; then the plan holds again.
    assert (sent["one"], sent["two"], sent["three"]) == (START + 8 * DAY, START + 8 * DAY, START + 9 * DAY)
    assert sent["four"] == START + 10 * DAY
    assert dict(run.did)["task"] == START + 4 * DAY


def test_messages_in_time_never_drift() -> None:
    playbook = play(*(mail(f"m{n}", delay=f"{n} days") for n in range(5)))
    run = Run(playbook)
    minute = timedelta(minutes=1)
    for n in range(5):
        run.look(START + n * DAY + n * minute)
    assert [at for _, at in run.did] == [START + n * DAY + n * minute for n in range(5)]
    assert [run.state.steps[f"m{n}"].due for n in range(5)] == [START + n * DAY for n in range(5)]


def test_a_superseded_signal_is_no_success_and_a_told_end_says_why() -> None:
    playbook = play(hear(outcomes=["yes"]), goals=[{"event": "signal_cleared:no_login_7_days"}])
    for by, status in (("superseded", RunStatus.SUPERSEDED), ("predicate_false", RunStatus.GOAL_MET)):
        run = Run(playbook)
        told(run, "signal_cleared:no_login_7_days", hour(1), by=by)
        assert run.status is status
    run = Run(playbook)
    told(run, END_RUN, hour(1), status="exited", reason="the customer left")
    assert (run.status, run.state.reason, run.ends("h")[0]) == (RunStatus.EXITED, "the customer left", "skipped")


def test_an_approval_is_heard_by_the_run_that_asked_and_its_verdict_picks_the_branch() -> None:
    playbook = play(
        act("ask"),
        hear("verdict", after="ask", events=["approval_decided:save_offer"]),
        choose("choose", ("approved", "yes"), after="verdict", otherwise="no"),
        act("offer", after="choose", on=["yes"]),
    )
    asked = {"ask": [StepResult(status="done", values={"approval:7": True})]}
    run = Run(playbook, asked)
    assert run.look(START) == Wait(
        until=None, waiting_for=WaitingFor.PERSON, reason="verdict: approval_decided:save_offer"
    )
    told(run, "approval_decided:save_offer", hour(1), approval_id="8", approved=True)
    assert run.how("verdict").value == "running"
    told(run, "approval_decided:save_offer", hour(2), approval_id="7", approved=False)
    run.look(hour(2))
    assert (run.ends("choose")[1], run.how("offer").value) == ("no", "unreached")


def test_what_is_about_another_term_is_not_for_this_run() -> None:
    playbook = play(act("a", after="event:renewal_due:30"), goals=[{"event": "won"}])
    run = Run(playbook, values={"term": "2026-09-01"})
    told(run, "renewal_due:30", hour(1), term="2027-09-01")
    assert run.state.steps["a"].due is None
    told(run, "renewal_due:30", hour(2), term="2026-09-01")
    assert run.state.steps["a"].due == hour(2)


def test_an_outcome_may_name_its_step_where_several_know_it() -> None:
    playbook = play(hear("one", outcomes=["yes"]), hear("two", outcomes=["yes"]))
    run = Run(playbook)
    run.look(START)
    run.state = interpreter.answer(playbook, run.state, "yes", hour(1), step="two")
    assert (run.how("one").value, run.how("two").value) == ("running", "done")
    assert interpreter.answers(playbook, run.state, "yes", "two") is None
    assert interpreter.acted(run.state).answered
