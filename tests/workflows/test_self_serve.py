"""Self-serve onboarding over forty days: what the customer does, and everything that we do about it, once."""

from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from models.enums import DeliveryStatus
from models.ids import message_id
from models.play import OnboardingRecord
from tests.harness import Company
from tests.workflows.life import Life, living
from tests.workflows.receiver import Receiver


async def _forty_days(ana: Life) -> None:
    """Two steps on the first morning, one in the evening, the rest on the second day."""
    await ana.subscribes()
    await ana.does("welcome", "first_chatbot")
    await ana.until_day(0.5)
    await ana.does("install")
    await ana.until_day(2)
    await ana.does("customize", "first_conversation", "invite_team")
    await ana.until_day(40)


async def test_a_self_serve_customer_lives_through_forty_days(
    skipping: WorkflowEnvironment, hooked_company: Company, hooks: Receiver
) -> None:
    hooks.answers.extend([503, 500])
    hooks.refuses["30_day_review"] = 410
    async with living(skipping, hooked_company) as ana:
        await _forty_days(ana)
        done = await ana.done()

    assert done.stages() == [("subscription_started", "onboarding"), ("onboarding_done", "adopting")]
    assert [one.facts for one in done.transitions] == [
        {"subscription_status": "active"},
        {"onboarding_completion": 80},
    ]
    assert done.statuses(ana.welcome) == {
        "send_welcome_email": "done",
        "assign_csm": "done",
        "create_success_plan": "done",
        "schedule_kickoff": "skipped",
        "send_onboarding_checklist": "done",
        "check_first_value": "done",
        "send_tips_email": "done",
        "schedule_30_day_review": "done",
    }
    assert done.statuses(ana.onboarding()) == {
        "celebrate_day1": "done",
        "celebrate_day3": "done",
        "celebrate_day7": "done",
        "emit_onboarding_completed": "done",
        "schedule_check_in": "skipped",
    }
    assert done.steps[ana.welcome]["schedule_kickoff"].reason == "condition false: has_kickoff"
    assert done.steps[ana.welcome]["check_first_value"].reason == "first value after 2 days"
    assert done.steps[ana.onboarding()]["schedule_check_in"].reason == "this cycle's review is already arranged"
    assert {run.status for run in done.runs.values()} == {"completed"}
    _onboarding_is_recorded(done.onboarding)
    _mails_are_as_promised(ana, hooked_company)
    assert [one.status.value for one in done.said] == ["sent"] * 6
    assert [(one.type, one.title) for one in done.feed] == [
        ("milestone", "Primer chatbot en marcha"),
        ("milestone", "Primera conversación atendida"),
        ("milestone", "Puesta en marcha completa"),
    ]
    [review] = done.tasks
    assert (review.type, review.assignee) == ("day_30", "csm-marta")
    assert review.due - done.transitions[0].at < timedelta(days=30) < review.due - ana.began
    assert done.blockers == []
    assert done.notices == []
    assert [(one.workflow, one.status) for one in done.webhooks] == [
        ("onboarding_kickoff", DeliveryStatus.DELIVERED),
        ("assign_csm", DeliveryStatus.DELIVERED),
        ("adoption_check_in", DeliveryStatus.DELIVERED),
        ("30_day_review", DeliveryStatus.FAILED),
        ("onboarding_completed", DeliveryStatus.DELIVERED),
    ]
    assert sorted(hooks.names()) == ["adoption_check_in", "assign_csm", "onboarding_completed", "onboarding_kickoff"]
    assert len({webhook_id for webhook_id, _ in hooks.took}) == 4
    assert hooks.asked.count("30_day_review") == 1
    assert all("email" not in envelope["customer"] for _, envelope in hooks.took)


def _onboarding_is_recorded(record: OnboardingRecord | None) -> None:
    assert record is not None
    assert (record.status, record.progress, record.current_step) == ("completed", 100, "connect_whatsapp")
    assert tuple(record.milestones) == ("day1", "day3", "day7")
    assert record.late == ()
    assert record.time_to_first_value is not None
    assert record.time_to_first_value.days == 2


def _mails_are_as_promised(ana: Life, here: Company) -> None:
    steps = [
        (ana.welcome, "send_welcome_email", "¡Te damos la bienvenida a MBC Chatbots, Ana!", False),
        (ana.onboarding(), "celebrate_day1", "¡Enhorabuena, Ana! Primer chatbot en marcha", True),
        (
            ana.welcome,
            "send_onboarding_checklist",
            "Ana, esto es lo que te queda para poner en marcha MBC Chatbots",
            False,
        ),
        (ana.onboarding(), "celebrate_day3", "¡Enhorabuena, Ana! Primera conversación atendida", True),
        (ana.onboarding(), "celebrate_day7", "¡Enhorabuena, Ana! Puesta en marcha completa", True),
        (ana.welcome, "send_tips_email", "Tres ideas para «Conecta WhatsApp (opcional)», Ana", True),
    ]
    assert here.mail.subjects() == [subject for _, _, subject, _ in steps]
    assert {str(mail["To"]) for mail in here.mail.mails} == {"Ana <ana@sol.example>"}
    team, *managers = (str(mail["From"]) for mail in here.mail.mails)
    assert team == "Equipo de Customer Success <customer.success@example.com>"
    assert set(managers) == {"Marta <marta@house.example>"}
    for mail, (workflow_id, step, _, personal) in zip(here.mail.mails, steps, strict=True):
        assert mail["Message-ID"] == message_id(f"{workflow_id}|0|{step}", "example.com")
        assert (mail["List-Unsubscribe"] is not None) is personal
        assert (mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click") is personal


async def test_a_webhook_without_an_address_is_recorded_as_skipped_and_an_unreachable_one_waits(
    skipping: WorkflowEnvironment, skipping_company: Company, hooked_company: Company, hooks: Receiver
) -> None:
    async with living(skipping, skipping_company) as ana:
        await ana.subscribes()
        assert [(one.status.value, one.response) for one in (await ana.done()).webhooks] == [
            ("skipped", "no address configured")
        ] * 2
    hooks.refuses.update(dict.fromkeys(("onboarding_kickoff", "assign_csm"), 503))
    async with living(skipping, hooked_company) as eva:
        await eva.subscribes()
        await eva.pass_time(hours=6)
        assert {one.status.value for one in (await eva.done()).webhooks} == {"pending"}
        hooks.refuses.clear()
        await eva.pass_time(hours=1)
        done = await eva.done()
        assert {one.status.value for one in done.webhooks} == {"delivered"}
        assert len(hooks.took) == 2
        assert done.statuses(eva.welcome)["send_welcome_email"] == "done"
