"""A customer's whole life: trial, paid, cancelled, back again; each stage by its rule, each play of its own cycle."""

from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from models.events import EventType
from tests.harness import Company
from tests.workflows.life import living


async def test_trial_paid_cancelled_and_won_back(skipping: WorkflowEnvironment, skipping_company: Company) -> None:
    async with living(skipping, skipping_company) as ana:
        await ana.tell(EventType.TRIAL_STARTED, trial_days=14)
        await ana.until_day(5)
        trial = await ana.done()
        assert trial.stages() == [("trial_started", "trial")]
        assert trial.runs == {}
        assert [one.workflow for one in trial.webhooks] == ["trial_welcome_sequence"]

        await ana.subscribes()
        await ana.does("welcome", "first_chatbot", "customize")
        await ana.until_day(6.5)
        await ana.cancels()
        left = await ana.done()
        assert left.stages()[1:] == [("trial_converted", "onboarding"), ("subscription_ended", "churned")]
        begun = [left.runs[ana.onboarding()], left.runs[ana.welcome]]
        assert {(run.status, run.reason) for run in begun} == {("exited", "the subscription ended")}
        assert left.steps[ana.welcome]["send_onboarding_checklist"].reason == "the subscription ended"
        assert left.onboarding is not None
        assert left.onboarding.status == "ended"
        begun_said = [one.key for one in left.said if one.workflow_id in (ana.onboarding(), ana.welcome)]

        await ana.until_day(20)
        said = (await ana.done()).said
        assert [one.key for one in said if one.workflow_id in (ana.onboarding(), ana.welcome)] == begun_said
        assert (await ana.done()).stages() == left.stages()

        await ana.subscribes()
        again = await ana.done()
        assert again.stages()[3:] == [("win_back", "onboarding")]
        assert again.onboarding is not None
        assert (again.onboarding.cycle, again.onboarding.progress, again.onboarding.completed_steps) == (2, 0, ())
        assert again.runs[ana.onboarding(2)].status == "running"
        await ana.does("welcome", "first_chatbot", "customize")
        assert (await ana.done()).stages()[4:] == []
        await ana.does("install")
        assert (await ana.done()).stages()[4:] == [("onboarding_done", "adopting")]
        await ana.until_day(30)
        welcomes = [name for name, run in (await ana.done()).runs.items() if run.playbook.endswith("welcome_sequence")]
        assert sorted(name.rpartition(":")[2] for name in welcomes) == ["1", "2"]
        assert [name for name, _ in (await ana.done()).mails()].count("welcome_email_self_serve") == 2


async def test_win_back_is_asked_for_only_where_marketing_is_allowed(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    for consent, announced in (({}, False), ({"marketing": False}, False), ({"marketing": True}, True)):
        async with living(skipping, skipping_company, consent=consent) as ana:
            await ana.tell(EventType.TRIAL_STARTED)
            await ana.cancels()
            names = {one.workflow: one.response for one in (await ana.done()).webhooks}
        assert "exit_interview" in names
        assert (names["win_back_sequence"] != "no marketing consent") is announced


async def test_what_arrives_twice_or_late_changes_nothing_twice(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    async with living(skipping, skipping_company) as ana:
        started = await ana.tell(EventType.SUBSCRIPTION_CREATED)
        step = await ana.tell(EventType.ONBOARDING_STEP_COMPLETED, step_id="welcome")
        before = await ana.done()
        for event in (started, step, started, step):
            await ana.tell(event.type, at=event.occurred_at, event_id=event.event_id, **event.data)
        # The same step under another event id, and by its criterion.
        await ana.tell(EventType.ONBOARDING_STEP_COMPLETED, criterion="profile_completed")
        assert await ana.done() == before

        # A cancellation from before the subscription, delivered after it, is history.
        await ana.tell(EventType.SUBSCRIPTION_CANCELLED, at=ana.began - timedelta(days=1))
        after = await ana.done()
        assert after.stages() == before.stages()
        assert {run.status for run in after.runs.values()} == {"running"}


async def test_a_step_that_the_program_does_not_have_is_reported_and_changes_nothing(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    async with living(skipping, skipping_company) as ana:
        await ana.subscribes()
        before = await ana.done()
        await ana.tell(EventType.ONBOARDING_STEP_COMPLETED, criterion="moon_landed")
        await ana.tell(EventType.ONBOARDING_STEP_COMPLETED, step_id="moon")
        after = await ana.done()
    assert after.onboarding == before.onboarding
    assert [(one.role.value, one.recipient) for one in after.notices] == [("support", "support")] * 2
    assert "no such step in this program; steps: welcome (profile_completed), first_chatbot" in after.notices[0].message
    assert "moon_landed" in after.notices[0].message
