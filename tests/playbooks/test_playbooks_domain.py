# ruff: noqa: E501 (tables read best with one case to a line)
"""The files say what sections 3.5, 4 and 14 of the domain say, compared with its tables written out here."""

from datetime import timedelta

import pytest

from models.enums import Language, Segment
from models.playbook import ActStep, Playbook
from models.program import OnboardingProgram
from playbooks.catalog import Catalog

CATALOG = Catalog.load()
SELF_SERVE = CATALOG.by_id("self-serve-v1")
MID_MARKET = CATALOG.by_id("mid-market-v1", Segment.MID_MARKET)

SELF_SERVE_STEPS = [
    ("welcome", "Welcome & Account Setup", "action", True, 5, "profile_completed", ["video|Welcome to MBC|/videos/welcome"]),
    ("first_chatbot", "Create Your First Chatbot", "action", True, 10, "chatbot_created",
     ["guide|Chatbot Builder Guide|/docs/builder", "video|Creating Your First Bot|/videos/first-bot"]),
    ("customize", "Customize Your Chatbot", "action", True, 15, "chatbot_customized",
     ["guide|Customization Guide|/docs/customize"]),
    ("install", "Install on Your Website", "integration", True, 10, "widget_installed",
     ["guide|Installation Guide|/docs/install", "video|Widget Installation|/videos/install"]),
    ("first_conversation", "Have Your First Conversation", "action", True, 5, "first_conversation_completed", []),
    ("connect_whatsapp", "Connect WhatsApp (Optional)", "integration", False, 20, "whatsapp_connected",
     ["guide|WhatsApp Setup|/docs/whatsapp"]),
    ("invite_team", "Invite Team Members", "action", False, 5, "team_invited", []),
]  # fmt: skip
MID_MARKET_STEPS = [
    ("kickoff", "Kickoff Call", "meeting", True, 45, "kickoff_completed", ["template|Kickoff Agenda|/templates/kickoff"]),
    ("discovery", "Discovery & Requirements", "meeting", True, 60, "requirements_documented",
     ["template|Discovery Questionnaire|/templates/discovery"]),
    ("implementation", "Implementation & Configuration", "action", True, 180, "implementation_completed",
     ["guide|Implementation Guide|/docs/implementation"]),
    ("training", "Team Training", "meeting", True, 60, "training_completed", ["video|Training Series|/training"]),
    ("go_live", "Go Live", "action", True, 30, "live_in_production", ["checklist|Go-Live Checklist|/templates/go-live"]),
    ("review_30", "30-Day Review", "meeting", True, 30, "30_day_review_completed", []),
]  # fmt: skip
SELF_SERVE_MILESTONES = [
    ("day1", "Day 1: First Bot Live", 1, ["chatbot_created", "widget_installed"], "🎉"),
    ("day3", "Day 3: First Value", 3, ["first_conversation_completed"], "🚀"),
    ("day7", "Day 7: Fully Onboarded", 7, ["all_required_steps_completed"], "⭐"),
]
MID_MARKET_MILESTONES = [
    ("week1", "Week 1: Aligned", 7, ["kickoff_completed", "requirements_documented"], ""),
    ("week2", "Week 2: Configured", 14, ["implementation_completed"], ""),
    ("week3", "Week 3: Trained & Live", 21, ["training_completed", "live_in_production"], ""),
    ("week4", "Week 4: Optimized", 30, ["30_day_review_completed"], ""),
]
WELCOME = [
    ("send_welcome_email", 0),
    ("assign_csm", 0),
    ("create_success_plan", 1),
    ("schedule_kickoff", 1),
    ("send_onboarding_checklist", 2),
    ("check_first_value", 3),
    ("send_tips_email", 5),
    ("schedule_30_day_review", 7),
]
STALLED = [("send_help_email", 0), ("create_csm_task", 0), ("schedule_help_call", 1)]


def program(playbook: Playbook) -> OnboardingProgram:
    assert playbook.program is not None
    return playbook.program


def action(playbook: Playbook, step_id: str) -> ActStep:
    step = playbook.step(step_id)
    assert isinstance(step, ActStep)
    return step


@pytest.mark.parametrize(("playbook", "rows"), [(SELF_SERVE, SELF_SERVE_STEPS), (MID_MARKET, MID_MARKET_STEPS)])
def test_program_steps_are_those_of_the_domain(playbook: Playbook, rows: list[tuple[object, ...]]) -> None:
    found = [
        (s.id, s.name, s.type, s.required, s.minutes, s.criterion, [f"{r.type}|{r.title}|{r.url}" for r in s.resources])
        for s in program(playbook).steps
    ]
    assert found == rows


@pytest.mark.parametrize(
    ("playbook", "rows"), [(SELF_SERVE, SELF_SERVE_MILESTONES), (MID_MARKET, MID_MARKET_MILESTONES)]
)
def test_milestones_are_those_of_the_domain(playbook: Playbook, rows: list[tuple[object, ...]]) -> None:
    found = [
        (m.id, m.name, m.target_day, list(m.criteria), m.celebration.get(Language.ES, "")[:1])
        for m in program(playbook).milestones
    ]
    assert found == rows
    assert all(set(m.celebration) in ({*Language}, set()) for m in program(playbook).milestones)


def test_programs_have_the_figures_of_the_domain() -> None:
    quick, guided = program(SELF_SERVE), program(MID_MARKET)
    assert (SELF_SERVE.title, quick.duration_days, quick.has_kickoff) == ("Self-Serve Quick Start", 7, False)
    assert (MID_MARKET.title, guided.duration_days, guided.has_kickoff) == ("Mid-Market Success Program", 30, True)
    assert [sum(s.minutes for s in quick.steps if s.required is needed) for needed in (True, False)] == [45, 25]
    assert sum(s.minutes for s in guided.steps) == 405
    assert (quick.first_value, guided.first_value) == ("first_conversation_completed", "live_in_production")
    assert {quick.stall_after, guided.stall_after} == {timedelta(days=3)}


def test_every_program_step_has_a_name_in_each_language() -> None:
    for step in (*program(SELF_SERVE).steps, *program(MID_MARKET).steps):
        assert set(step.names) == {*Language}


def test_celebrated_milestones_are_celebrated_and_the_others_told_to_the_manager() -> None:
    for playbook in (SELF_SERVE, MID_MARKET):
        for milestone in program(playbook).milestones:
            anchor = f"event:milestone_reached:{milestone.id}"
            heard = [step for step in playbook.steps if step.after == anchor]
            assert [getattr(step, "do", "") for step in heard] == [
                "celebrate_milestone" if milestone.celebration else "notify_csm"
            ]


@pytest.mark.parametrize("playbook", [SELF_SERVE, MID_MARKET])
def test_completion_sends_its_webhook_and_arranges_the_one_review(playbook: Playbook) -> None:
    webhook, review = action(playbook, "emit_onboarding_completed"), action(playbook, "schedule_check_in")
    assert (webhook.after, webhook.delay) == ("event:onboarding_completed", timedelta(0))
    assert (webhook.do, webhook.params) == ("emit_webhook", {"workflow": "onboarding_completed"})
    assert (review.after, review.delay) == ("event:onboarding_completed", timedelta(days=30))
    welcome = action(CATALOG.by_id("onboarding.welcome_sequence"), "schedule_30_day_review")
    assert (
        (review.do, review.params)
        == (welcome.do, welcome.params)
        == ("schedule_review", {"review": "day_30", "at_day": 30})
    )


@pytest.mark.parametrize("segment", list(Segment))
def test_welcome_sequence_has_its_eight_actions_for_every_segment(segment: Segment) -> None:
    playbook = CATALOG.by_id("onboarding.welcome_sequence", segment)
    assert playbook.trigger == "subscription_created"
    assert [(step.id, step.delay // timedelta(days=1)) for step in playbook.steps] == WELCOME
    assert {step.after for step in playbook.steps} == {"trigger"}
    assert not playbook.goals


def test_welcome_promises_a_kickoff_only_where_there_is_one() -> None:
    for segment in Segment:
        playbook = CATALOG.by_id("onboarding.welcome_sequence", segment)
        kickoff = program(CATALOG.program_for(segment)).has_kickoff
        template = "welcome_email" if kickoff else "welcome_email_self_serve"
        assert action(playbook, "send_welcome_email").params == {"template": template}
        assert action(playbook, "schedule_kickoff").when == "has_kickoff"


def test_stalled_onboarding_has_its_three_actions_and_its_goal() -> None:
    playbook = CATALOG.by_id("onboarding.stalled_onboarding")
    assert playbook.trigger == "onboarding_stalled"
    assert [(step.id, step.delay // timedelta(days=1)) for step in playbook.steps] == STALLED
    assert [goal.event for goal in playbook.goals] == ["onboarding_step_completed"]
    assert action(playbook, "create_csm_task").params["due_days"] == 1


def test_every_playbook_ends_when_the_subscription_does() -> None:
    for playbook in CATALOG.all():
        if playbook.trigger == "subscription_cancelled":
            continue  # what begins with the end of a subscription ends when the customer comes back
        assert "subscription_cancelled" in [exit_.event for exit_ in playbook.exits]


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        (Segment.SELF_SERVE, "self-serve-v1"),
        (Segment.SMB, "self-serve-v1"),
        (Segment.MID_MARKET, "mid-market-v1"),
        (Segment.ENTERPRISE, "mid-market-v1"),
        (None, "self-serve-v1"),
    ],
)
def test_program_is_chosen_by_segment(segment: Segment | None, expected: str) -> None:
    assert CATALOG.program_for(segment).id == expected
    started = [playbook.id for playbook in CATALOG.for_trigger("subscription_created", segment)]
    assert sorted(started) == sorted(["onboarding.welcome_sequence", expected])
