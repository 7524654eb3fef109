"""When a mail may not go: held outreach, quiet hours, the cap, consent, suppression, an address or zone unknown."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from temporalio.testing import WorkflowEnvironment

from intake.csv.lifecycles import outreach_activated
from models.ids import lifecycle_id
from models.records import Customer
from tests.harness import Company, company
from tests.workflows.life import Life, living

TIPS = "send_tips_email"


async def _change(ana: Life, **fields: object) -> None:
    async with ana.here.store.begin() as tx:
        customer = await tx.customers.get(ana.id)
        assert customer is not None
        await tx.customers.put(customer.model_copy(update=fields))


async def _suppress(ana: Life) -> None:
    async with ana.here.store.begin() as tx:
        await tx.communications.suppress("ana@sol.example", "unsubscribed", await ana.now())


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"consent_relationship": False}, "relationship mail declined"),
        ({"email": None}, "e-mail address unknown"),
        ({"timezone": None, "imported": True}, "time zone unknown"),
        ({"suppressed": True}, "address suppressed: unsubscribed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_mail_that_may_not_go_is_skipped_with_its_reason(
    skipping: WorkflowEnvironment, skipping_company: Company, fields: dict[str, object], reason: str
) -> None:
    async with living(skipping, skipping_company) as ana:
        await ana.subscribes()
        await ana.does("welcome")
        await ana.until_day(2)
        if fields.pop("suppressed", False):
            await _suppress(ana)
        if fields.pop("imported", False):
            fields["imported_at"] = ana.began
        await _change(ana, **fields)
        await ana.until_day(8)
        step = (await ana.done()).steps[ana.welcome][TIPS]
        sent = [name for name, _ in (await ana.done()).mails()]
    assert step.status == "skipped"
    assert reason in step.reason
    assert "onboarding_tips" not in sent
    assert (await ana.done()).runs[ana.welcome].status == "completed"


async def test_quiet_hours_defer_a_mail_to_the_morning_of_its_recipient(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    # Nine in the morning UTC is after eight in the evening in Auckland.
    async with living(skipping, skipping_company, timezone="Pacific/Auckland") as ana:
        await ana.subscribes()
        await ana.does("welcome", "first_chatbot", "install")
        evening = await ana.done()
        assert [one.type for one in evening.feed] == ["milestone"]
        assert evening.steps[ana.onboarding()]["celebrate_day1"].status == "pending"
        assert evening.steps[ana.onboarding()]["celebrate_day1"].reason == "quiet hours"
        assert evening.mails() == [("welcome_email_self_serve", "sent")]
        await ana.until_day(1.5)
        done = await ana.done()
    [mail] = [one for one in done.said if one.template == "milestone_reached"]
    assert mail.sent_at is not None
    assert mail.sent_at.astimezone(ZoneInfo("Pacific/Auckland")).hour == 8
    assert len(done.feed) == 1


async def test_the_weekly_cap_skips_what_would_be_one_too_many(
    skipping: WorkflowEnvironment, plain_url: str, tmp_path: Path
) -> None:
    async with (
        company(skipping.client, plain_url, tmp_path, weekly_cap=3) as here,
        living(skipping, here) as ana,
    ):
        await ana.subscribes()
        await ana.does("welcome", "first_chatbot", "install", "customize", "first_conversation")
        await ana.until_day(6)
        done = await ana.done()
    steps = done.steps[ana.onboarding()] | done.steps[ana.welcome]
    assert {name: steps[name].status for name in ("celebrate_day1", "celebrate_day3", "celebrate_day7", TIPS)} == {
        "celebrate_day1": "done",
        "celebrate_day3": "done",
        "celebrate_day7": "skipped",
        TIPS: "skipped",
    }
    assert steps[TIPS].reason == "frequency cap: 2 messages in 7 days, at most 2, 1 more kept for what matters most"
    assert len(done.feed) == 3


async def test_held_outreach_waits_for_activation_and_what_is_too_old_is_skipped(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    async with living(skipping, skipping_company) as ana:
        async with ana.here.store.begin() as tx:
            await tx.customers.put(Customer(id=ana.id, outreach_held=True))
        await ana.subscribes()
        await ana.until_day(8)
        held = await ana.done()
        assert held.said == []
        assert held.proposals == []
        assert held.statuses(ana.welcome) == {
            "send_welcome_email": "held",
            "assign_csm": "done",
            "create_success_plan": "done",
            "schedule_kickoff": "skipped",
            "send_onboarding_checklist": "held",
            "check_first_value": "done",
            "send_tips_email": "held",
            "schedule_30_day_review": "done",
        }
        view = await ana.view(ana.welcome)
        assert view.waiting_for.value == "person"
        async with ana.here.store.begin() as tx:
            assert await tx.customers.activate_outreach(await ana.now()) == [ana.id]
        lifecycle = ana.here.client.get_workflow_handle(lifecycle_id(ana.id))
        for _ in range(2):
            await lifecycle.signal("happened", outreach_activated(ana.id, await ana.now()))
        await ana.settle()
        at_once = [name for name, _ in (await ana.done()).mails()]
        await ana.pass_time(days=1)
        done = await ana.done()
    steps = done.steps[ana.welcome]
    # What was overdue does not come all at once: planned three days apart, the second keeps a day.
    assert (at_once.count("onboarding_checklist"), at_once.count("onboarding_tips")) == (1, 0)
    # Eight days late is beyond the sequence's catch-up of seven; six and three are not.
    assert (steps["send_welcome_email"].status, steps["send_welcome_email"].reason) == (
        "skipped",
        "overdue when outreach was activated",
    )
    assert [name for name, _ in done.mails()].count("onboarding_checklist") == 1
    assert [name for name, _ in done.mails()].count("onboarding_tips") == 1
    assert done.runs[ana.welcome].status == "completed"
    assert steps["send_onboarding_checklist"].due is not None
    assert steps["send_onboarding_checklist"].due - ana.began > timedelta(days=8)
