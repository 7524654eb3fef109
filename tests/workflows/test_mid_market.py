"""Mid-market onboarding over forty-four days: the manager is told of milestones, the customer meets people."""

from temporalio.testing import WorkflowEnvironment

from tests.harness import Company
from tests.workflows.life import living
from tests.workflows.receiver import Receiver

DAYS = {1: "kickoff", 2.5: "discovery", 5: "implementation", 7.5: "training", 10: "go_live", 12.5: "review_30"}


async def test_a_mid_market_customer_lives_through_forty_four_days(
    skipping: WorkflowEnvironment, hooked_company: Company, hooks: Receiver
) -> None:
    async with living(skipping, hooked_company, plan="pro", locale="en-GB", first_name="Joan") as joan:
        await joan.subscribes()
        progress = []
        for day, step in DAYS.items():
            await joan.until_day(day)
            await joan.does(step)
            record = (await joan.done()).onboarding
            assert record is not None
            progress.append((record.progress, record.status, record.current_step))
        await joan.until_day(44)
        done = (await joan.done()).without("qbr")
    assert progress == [
        (17, "in_progress", "discovery"),
        (33, "in_progress", "implementation"),
        (50, "in_progress", "training"),
        (67, "in_progress", "go_live"),
        (83, "in_progress", "review_30"),
        (100, "completed", None),
    ]
    assert [(one.rule, one.facts) for one in done.transitions] == [
        ("subscription_started", {"subscription_status": "active"}),
        ("onboarding_done", {"onboarding_completion": 83}),
    ]
    assert [(one.recipient, one.message) for one in done.notices] == [
        ("csm-marta", "Semana 1 alcanzada: objetivos acordados."),
        ("csm-marta", "Semana 2 alcanzada: todo configurado."),
        ("csm-marta", "Semana 3 alcanzada: equipo formado y en producción."),
        ("csm-marta", "Semana 4 alcanzada: repaso de los 30 días hecho."),
    ]
    assert done.feed == []
    assert done.mails() == [
        ("welcome_email", "sent"),
        ("onboarding_checklist", "sent"),
        ("onboarding_tips", "sent"),
    ]
    assert {one.language.value for one in done.said} == {"en"}
    assert [(one.meeting, one.calendar_link) for one in done.proposals] == [("kickoff", "https://cal.example/marta")]
    # Day 3 came before the launch in production: a task, and a blocker that the launch then cleared.
    assert sorted(one.type for one in done.tasks) == ["day_30", "first_value", "kickoff"]
    assert done.blockers == []
    assert done.steps[joan.welcome]["check_first_value"].reason == "not reached: blocker and task"
    [first_value] = [one.title for one in done.tasks if one.type == "first_value"]
    assert "«" in first_value, "the step is called what the customer calls it"
    assert done.onboarding is not None
    assert tuple(done.onboarding.milestones) == ("week1", "week2", "week3", "week4")
    assert done.onboarding.time_to_first_value is not None
    assert done.onboarding.time_to_first_value.days == 10
    assert {run.status for run in done.runs.values()} == {"completed"}
    assert sorted(hooks.names()) == [
        "30_day_review",
        "adoption_check_in",
        "assign_csm",
        "onboarding_completed",
        "onboarding_kickoff",
    ]
