"""An onboarding that stands still: help once per stall, late milestones, and the return."""

from temporalio.testing import WorkflowEnvironment

from models.events import EventType
from tests.harness import Company
from tests.workflows.life import living


async def test_help_comes_once_per_stall_and_ends_with_progress(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    async with living(skipping, skipping_company) as ana:
        await ana.subscribes()
        await ana.until_day(2.9)
        assert ana.stalled(1) not in (await ana.done()).runs
        await ana.until_day(3)
        stalled = await ana.done()
        assert stalled.onboarding is not None
        assert stalled.onboarding.status == "stalled"
        assert {one.name for one in stalled.blockers} == {
            "onboarding_stalled",
            "milestone_late:day1",
            "milestone_late:day3",
            "first_value_not_reached",
        }
        assert stalled.statuses(ana.stalled(1)) == {"send_help_email": "done", "create_csm_task": "done"}

        await ana.does("welcome")
        helped = await ana.done()
        assert helped.onboarding is not None
        assert helped.onboarding.status == "in_progress"
        assert "onboarding_stalled" not in {one.name for one in helped.blockers}
        assert helped.runs[ana.stalled(1)].status == "goal_met"
        call = helped.steps[ana.stalled(1)]["schedule_help_call"]
        assert (call.status, call.reason) == ("skipped", "a step was completed")
        assert helped.proposals == []

        await ana.until_day(5.5)
        assert ana.stalled(2) not in (await ana.done()).runs
        await ana.until_day(14)
        again = await ana.done()
        assert again.statuses(ana.stalled(2)) == {
            "send_help_email": "done",
            "create_csm_task": "done",
            "schedule_help_call": "done",
        }
        assert ana.stalled(3) not in again.runs
        assert [one.meeting for one in again.proposals] == ["help_call"]
        assert [subject for subject, _ in again.mails()].count("onboarding_help") == 2
        assert [one.type for one in again.tasks].count("onboarding_stalled") == 2

        await ana.does("first_chatbot", "install", "customize", "first_conversation")
        await ana.until_day(16)
        back = await ana.done()
    assert back.onboarding is not None
    assert (back.onboarding.status, back.onboarding.late, back.onboarding.blockers) == ("completed", (), ())
    assert back.blockers == []
    assert back.stages()[-1] == ("onboarding_done", "adopting")


async def test_progress_before_the_third_day_counts_anew(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    async with living(skipping, skipping_company) as ana:
        await ana.subscribes()
        await ana.until_day(2)
        # Reported two days late: it counts from when it was done, not from when it was heard.
        await ana.tell(EventType.ONBOARDING_STEP_COMPLETED, at=ana.began, step_id="welcome")
        await ana.until_day(3)
        assert ana.stalled(1) in (await ana.done()).runs
        await ana.does("first_chatbot")
        await ana.until_day(5.9)
        assert ana.stalled(2) not in (await ana.done()).runs
