"""Each process of section 20 through the customer's own lifecycle: begun, run through its time, ended each way."""

from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from activities.approvals import decide
from models.approval import Verdict
from models.event_kinds import EventType
from models.ids import qbr_id, referral_id, renewal_id, save_id
from models.people import Intervention
from models.play import OutcomeRequest
from tests.harness import Company
from tests.workflows.inline import employing, growing, hears, quarter, referral, renewal, save, survey
from tests.workflows.life import MARTA, Life, living
from workflows.play import Play

SIGNAL = "no_login_7_days"
BOSS = MARTA.model_copy(update={"id": "csm-boss", "name": "Berta", "email": "berta@house.example", "segments": ()})


async def _interventions(life: Life) -> list[Intervention]:
    async with life.here.store.read() as tx:
        return await tx.interventions.of(life.id)


async def test_a_save_play_rises_is_answered_and_succeeds_when_its_signal_clears(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    here = employing(skipping_company, save())
    async with here.store.begin() as tx:
        await tx.customers.put_csm(BOSS)
        await tx.customers.put_csm(MARTA.model_copy(update={"manager_id": BOSS.id}))
    async with living(skipping, here, csm_id=MARTA.id) as ana:
        await growing(ana)
        async with here.store.begin() as tx:
            await tx.customers.put_csm(MARTA.model_copy(update={"manager_id": BOSS.id}))
        await hears(ana, "signal_opened", type=SIGNAL, severity="medium")
        play = save_id(ana.id, SIGNAL, 1)
        [first] = await _interventions(ana)
        assert (first.workflow_id, first.status, first.owner, first.severity) == (
            play,
            "in_progress",
            "csm-marta",
            "medium",
        )
        assert first.due_at is not None
        assert abs(first.due_at - first.started_at - timedelta(hours=24)) < timedelta(seconds=1)
        [task] = (await ana.done()).tasks
        assert (task.assignee, task.outcomes, task.status) == ("csm-marta", ("reached", "no_answer"), "open")
        await ana.pass_time(hours=25)
        [risen] = await _interventions(ana)
        assert (risen.status, risen.escalation_level) == ("escalated", 1)
        assert [one.recipient for one in (await ana.done()).notices] == ["csm-boss"]
        handle = ana.handle(play)
        asked = OutcomeRequest(outcome="reached", by="marta", note="back on Monday", request_id="r-1")
        assert await handle.execute_update(Play.answer, asked) == "recorded"
        assert await handle.execute_update(Play.answer, asked) == "already recorded"
        await ana.pass_time(days=3)
        async with here.store.read() as tx:
            [kept] = await tx.outcomes.of(ana.id)
        assert (kept.outcome, kept.by, kept.note, kept.step_id) == ("reached", "marta", "back on Monday", "hear")
        [task] = (await ana.done()).tasks
        assert (task.status, task.outcome, task.closed_by) == ("done", "reached", "marta")
        # The path does not rise further once somebody has acted, and the run stays open for its goal.
        assert len([one for one in (await ana.done()).notices if one.role == "executive"]) == 0
        assert (await ana.done()).runs[play].ended is None
        await hears(ana, "signal_cleared", type=SIGNAL, by="predicate_false")
        [ended] = await _interventions(ana)
        assert (ended.status, ended.reason, ended.outcome) == ("succeeded", "the signal cleared", "reached")
        mails = [str(one["To"]) for one in here.mail.mails if "house.example" in str(one["To"])]
        assert [name.split(" ")[0] for name in mails] == ["Marta", "Berta", "Marta"]


async def test_a_save_play_fails_after_thirty_days_and_cools_down_for_fourteen(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    here = employing(skipping_company, save())
    async with living(skipping, here) as ana:
        await growing(ana)
        await hears(ana, "signal_opened", type=SIGNAL, severity="medium")
        await hears(ana, "signal_opened", type=SIGNAL, severity="medium")
        assert len(await _interventions(ana)) == 1
        await ana.pass_time(days=31)
        [ended] = await _interventions(ana)
        assert (ended.status, ended.reason) == ("failed", "no success within 30 days")
        await hears(ana, "signal_opened", type=SIGNAL, severity="medium")
        assert len(await _interventions(ana)) == 1
        await hears(ana, "signal_opened", type=SIGNAL, severity="high")
        assert [one.severity for one in await _interventions(ana)] == ["high", "medium"]
        await ana.pass_time(days=31)
        await ana.pass_time(days=14)
        await hears(ana, "signal_opened", type=SIGNAL, severity="high")
        assert [one.workflow_id for one in await _interventions(ana)] == [save_id(ana.id, SIGNAL, n) for n in (3, 2, 1)]
        async with here.store.read() as tx:
            reasons = [one.reason for one in await tx.entries.declined(ana.id)]
        assert reasons[0].startswith("cool-down of 14 days since")
        assert reasons[1] == f"already open: {save_id(ana.id, SIGNAL, 1)}"


async def test_the_worse_signal_supersedes_whichever_word_comes_first(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    here = employing(skipping_company, save(), save("no_login_14_days"))
    for order in (("opened", "cleared"), ("cleared", "opened")):
        async with living(skipping, here) as ana:
            await growing(ana)
            await hears(ana, "signal_opened", type=SIGNAL)
            for word in order:
                if word == "opened":
                    await hears(ana, "signal_opened", type="no_login_14_days")
                else:
                    await hears(ana, "signal_cleared", type=SIGNAL, by="superseded")
            statuses = {one.signal: one.status for one in await _interventions(ana)}
            assert statuses == {SIGNAL: "superseded", "no_login_14_days": "in_progress"}
            statuses_of_steps = (await ana.done()).statuses(save_id(ana.id, SIGNAL, 1))
            assert statuses_of_steps["hear"] == "skipped"
            [task] = [one for one in (await ana.done()).tasks if one.workflow_id == save_id(ana.id, SIGNAL, 1)]
            assert task.status == "cancelled"


async def test_a_customer_that_leaves_ends_everything_and_starts_nothing(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    here = employing(skipping_company, save(exits=[]), referral(exits=[]))
    async with living(skipping, here) as ana:
        await growing(ana)
        await hears(ana, "signal_opened", type=SIGNAL)
        await hears(ana, "referral_created", referral_id="r-1")
        await ana.cancels()
        runs = (await ana.done()).runs
        assert {run.status for run in runs.values()} == {"exited"}
        assert runs[save_id(ana.id, SIGNAL, 1)].reason.startswith("the customer left: ")
        assert set((await ana.done()).statuses(referral_id(ana.id, "r-1")).values()) == {"done", "skipped"}
        await hears(ana, "signal_opened", type="failed_payment")
        assert len((await ana.done()).runs) == len(runs)


async def test_a_renewal_is_one_process_of_the_term(skipping: WorkflowEnvironment, skipping_company: Company) -> None:
    here = employing(skipping_company, renewal())
    async with living(skipping, here) as ana:
        await growing(ana)
        play = renewal_id(ana.id, "2099-09-01")
        await hears(ana, "renewal_due", days=90, term="2099-09-01")
        await ana.pass_time(days=30)
        await hears(ana, "renewal_due", days=60, term="2099-09-01")
        await ana.pass_time(days=30)
        await hears(ana, "renewal_due", days=30, term="2099-09-01")
        await ana.pass_time(days=8)
        done = await ana.done()
        assert list(done.runs) == [play]
        assert [one.recipient for one in done.notices if one.role == "cs_manager"] == ["cs_manager"]
        await ana.tell(EventType.RENEWAL_DECIDED, decision="renewed")
        assert (await ana.done()).runs[play].status == "goal_met"
        assert set((await ana.done()).statuses(play).values()) == {"done"}
        await hears(ana, "renewal_due", days=30, term="2099-09-01")
        assert list((await ana.done()).runs) == [play]
        await hears(ana, "renewal_due", days=60, term="2100-09-01")
        second = (await ana.done()).statuses(renewal_id(ana.id, "2100-09-01"))
        assert second == {"letter": "done"}


async def test_a_survey_round_reminds_whoever_is_silent_and_nobody_twice_a_quarter(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    here = employing(skipping_company, survey())
    async with living(skipping, here) as ana:
        await growing(ana)
        await hears(ana, "survey_due", kind="nps")
        await ana.pass_time(days=8)
        await hears(ana, "survey_due", kind="nps")
        await ana.pass_time(days=90)
        await hears(ana, "survey_due", kind="nps")
        await ana.tell(EventType.SURVEY_ANSWERED, kind="nps", score=9)
        runs = (await ana.done()).runs
        assert {name.split(":")[0] for name in runs} == {"nps"}
        assert [run.status for run in sorted(runs.values(), key=lambda run: run.started)] == ["completed", "goal_met"]
        first, second = sorted(runs, key=lambda name: runs[name].started)
        assert (await ana.done()).statuses(first) == {"send": "done", "remind": "done", "close": "done"}
        assert (await ana.done()).statuses(second) == {"send": "done", "remind": "skipped", "close": "skipped"}


@pytest.mark.parametrize(("approved", "step"), [(True, "invite"), (False, "redraft")])
async def test_a_review_waits_for_a_named_person(
    skipping: WorkflowEnvironment, skipping_company: Company, approved: bool, step: str
) -> None:
    here = employing(skipping_company, quarter())
    async with living(skipping, here) as ana:
        await growing(ana)
        await hears(ana, "qbr_due", quarter="2026-Q3")
        await ana.pass_time(days=2)
        assert (await ana.view(qbr_id(ana.id, "2026-Q3"))).waiting_for == "person"
        async with here.store.begin() as tx:
            [asked] = await tx.approvals.requests(customer=ana.id)
            verdict = Verdict(approved=approved, by="Berta", reason="" if approved else "figures of May are missing")
            await decide(tx, asked.number, verdict, await ana.now())
        await here.catch_up(await ana.now())
        await ana.settle()
        statuses = (await ana.done()).statuses(qbr_id(ana.id, "2026-Q3"))
        assert statuses[step] == "done"
        assert {"invite", "redraft"} - {step} - set(statuses) == {"invite", "redraft"} - {step}
        await ana.tell(EventType.MEETING_BOOKED, meeting_id="m-1", kind="qbr", scheduled_at="2026-09-01T09:00:00Z")
        await hears(ana, "qbr_due", quarter="2026-Q3")
        assert list((await ana.done()).runs) == [qbr_id(ana.id, "2026-Q3")]


async def test_a_referral_waits_half_a_year(skipping: WorkflowEnvironment, skipping_company: Company) -> None:
    here = employing(skipping_company, referral())
    async with living(skipping, here) as ana:
        await growing(ana)
        await hears(ana, "referral_created", referral_id="r-1")
        await hears(ana, "referral_created", referral_id="r-2")
        await ana.pass_time(days=100)
        await hears(ana, "referral_converted", referral_id="r-2")
        await ana.pass_time(days=85)
        runs = (await ana.done()).runs
        assert {name: run.status for name, run in runs.items()} == {
            referral_id(ana.id, "r-1"): "exited",
            referral_id(ana.id, "r-2"): "completed",
        }


async def test_a_task_that_nobody_awaits_is_done_and_stops_the_path(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    steps = save().steps
    here = employing(skipping_company, save().model_copy(update={"steps": steps[:1]}))
    async with living(skipping, here) as ana:
        await growing(ana)
        await hears(ana, "signal_opened", type=SIGNAL)
        handle = ana.handle(save_id(ana.id, SIGNAL, 1))
        for outcome, step in (("reached", "call"), ("done", "hear"), ("done", "nothing")):
            with pytest.raises(WorkflowUpdateFailedError):
                await handle.execute_update(Play.answer, OutcomeRequest(outcome=outcome, step=step, by="marta"))
        await handle.execute_update(Play.answer, OutcomeRequest(outcome="done", step="call", by="marta"))
        await ana.pass_time(days=3)
        assert (await ana.done()).notices == []
        [task] = (await ana.done()).tasks
        assert (task.status, task.closed_by) == ("done", "marta")
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update(Play.answer, OutcomeRequest(outcome="done", step="call", by="marta"))
