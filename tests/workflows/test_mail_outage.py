"""A mail server that is down delays a mail, never doubles it; one that refuses for good fails the step, not the run."""

from zoneinfo import ZoneInfo

from temporalio.testing import WorkflowEnvironment

from tests.harness import Company
from tests.workflows.life import living

MADRID = ZoneInfo("Europe/Madrid")


async def test_a_refusal_for_now_is_tried_again_for_two_days_and_sent_once(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    mail = skipping_company.mail
    mail.refuse = "451 4.3.0 later, please"
    async with living(skipping, skipping_company) as ana:
        await ana.subscribes()
        await ana.until_day(2)
        during = await ana.done()
        assert mail.mails == []
        assert during.mails()[0] == ("welcome_email_self_serve", "queued")
        mail.refuse = None
        await ana.pass_time(hours=1.5)
        done = await ana.done()
        assert mail.subjects().count("¡Te damos la bienvenida a MBC Chatbots, Ana!") == 1
        assert done.mails()[0] == ("welcome_email_self_serve", "sent")
        await ana.until_day(9)
        assert (await ana.done()).runs[ana.welcome].status == "completed"


async def test_a_mail_delayed_into_the_night_waits_for_the_morning(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    mail = skipping_company.mail
    async with living(skipping, skipping_company) as ana:
        await ana.subscribes()
        await ana.does("welcome")
        await ana.until_day(4.5)
        mail.refuse = "451 4.3.0 later, please"
        await ana.until_day(5.5)
        mail.refuse = None
        await ana.until_day(6)
        [tips] = [one for one in (await ana.done()).said if one.template == "onboarding_tips"]
    assert tips.status.value == "sent"
    assert tips.sent_at is not None
    assert 8 <= tips.sent_at.astimezone(MADRID).hour < 20
    assert tips.sent_at.astimezone(MADRID).date() > tips.created_at.astimezone(MADRID).date()
    assert mail.mails[-1]["Message-ID"] == tips.message_id


async def test_a_refusal_for_good_fails_the_step_and_the_run_goes_on(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    skipping_company.mail.refuse = "550 5.1.1 nobody of that name"
    async with living(skipping, skipping_company) as ana:
        await ana.subscribes()
        await ana.until_day(1)
        skipping_company.mail.refuse = None
        await ana.until_day(8)
        done = await ana.done()
    first = done.steps[ana.welcome]["send_welcome_email"]
    assert first.status == "failed"
    assert "550" in first.reason
    assert done.mails()[0] == ("welcome_email_self_serve", "failed")
    assert done.runs[ana.welcome].status == "completed"
    assert len(skipping_company.mail.mails) == len([one for one in done.mails() if one[1] == "sent"])
