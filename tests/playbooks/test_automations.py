# ruff: noqa: E501 (tables read best with one case to a line)
"""The fourteen automations of section 14, fifty steps, and the save plays of section 7.2, found in the files.

Where section 7.3 merges processes, an automation is carried by another file; its description says so.
"""

from datetime import timedelta

import pytest

from models.enums import Role, Segment
from models.playbook import ActStep, AwaitStep, EscalateStep, Playbook
from playbooks.catalog import Catalog

CATALOG = Catalog.load()
DAY = timedelta(days=1)

# Automation: the file that carries it, its trigger, and each step with its delay in days and its condition. The second
# name of a step is the one in the file, where another process has the step already under its own name.
Row = tuple[str, float, str]
AUTOMATIONS: dict[str, tuple[str, str, list[Row]]] = {
    "onboarding.welcome_sequence": ("onboarding.welcome_sequence", "subscription_created", [
        ("send_welcome_email", 0, ""), ("assign_csm", 0, ""), ("create_success_plan", 1, ""),
        ("schedule_kickoff", 1, "has_kickoff"), ("send_onboarding_checklist", 2, ""), ("check_first_value", 3, ""),
        ("send_tips_email", 5, ""), ("schedule_30_day_review", 7, ""),
    ]),
    "onboarding.stalled_onboarding": ("onboarding.stalled_onboarding", "onboarding_stalled", [
        ("send_help_email", 0, ""), ("create_csm_task", 0, ""), ("schedule_help_call", 1, ""),
    ]),
    "engagement.low_usage_alert": ("save.usage_drop_50", "signal_opened:usage_drop_50", [
        ("create_csm_alert", 0, ""), ("send_checkin_email", 1, ""), ("schedule_call", 3, "no_response"),
    ]),
    "engagement.no_login_7_days": ("save.no_login_7_days", "signal_opened:no_login_7_days", [
        ("send_reengagement_email", 0, ""), ("in_app_notification", 0, ""),
        ("create_csm_task", 2, "still_no_login && no_response"),
    ]),
    "renewal.renewal_90_days": ("renewal.renewal", "renewal_due:90", [
        ("calculate_renewal_health", 0, ""), ("create_renewal_opp", 0, ""), ("notify_csm", 0, ""),
    ]),
    "renewal.renewal_60_days": ("renewal.renewal", "renewal_due:60", [
        ("send_renewal_email", 0, ""), ("schedule_renewal_call", 3, ""), ("prepare_qbr", 7, ""),
    ]),
    "renewal.renewal_30_days": ("renewal.renewal", "renewal_due:30", [
        ("send_renewal_reminder", 0, ""), ("escalate_if_no_response", 7, "no_response"),
    ]),
    "nps.nps_survey": ("nps.nps_survey", "survey_due:nps", [
        ("send_nps_survey", 0, ""), ("reminder_if_no_response", 3, "no_response"), ("close_survey", 7, ""),
    ]),
    "nps.nps_detractor": ("save.nps_detractor", "signal_opened:nps_detractor", [
        ("create_urgent_task", 0, ""), ("notify_csm", 0, ""), ("schedule_followup_call", 1, "no_followup && no_response"),
        ("escalate_to_manager", 3, "no_followup"),
    ]),
    "nps.nps_promoter": ("nps.nps_promoter", "nps_processed:promoter", [
        ("add_to_advocacy_pipeline", 0, ""), ("send_thank_you", 0, ""),
        ("send_advocacy_invite", 7, 'health_score >= 70 && stage != "at_risk"'),
    ]),
    "expansion.expansion_opportunity": ("expansion.expansion_opportunity", "opportunity_detected", [
        ("create_expansion_opp", 0, ""), ("notify_csm", 0, ""),
        ("prepare_proposal", 3, 'stage != "at_risk" && stage != "churned"'),
    ]),
    "expansion.approaching_limits": ("expansion.approaching_limits", "limit_near", [
        ("send_usage_alert", 0, ""), ("notify_csm", 0, "!expansion_opportunity"),
        ("send_upgrade_info", 3, 'stage != "at_risk" && stage != "churned"'),
    ]),
    "at_risk.health_score_drop": ("at_risk.health_score_drop", "health_dropped", [
        ("create_at_risk_alert", 0, ""), ("notify_csm", 0, ""), ("schedule_intervention_call", 1, ""),
        ("escalate_to_manager", 3, "no_improvement"),
    ]),
    "at_risk.cancellation_request": ("save.cancellation_request", "signal_opened:cancellation_request", [
        ("pause_cancellation", 0, ""), ("notify_csm_urgent", 0, ""), ("schedule_save_call", 0, ""),
        ("prepare_save_offer", 0, ""), ("escalate_to_executive", 1, "save_rejected"),
    ]),
}  # fmt: skip


def playbook(name: str) -> Playbook:
    """Of any segment."""
    return CATALOG.by_id(name, Segment.ENTERPRISE)


def test_there_are_fourteen_in_six_groups_with_fifty_steps() -> None:
    assert len(AUTOMATIONS) == 14
    assert len({name.partition(".")[0] for name in AUTOMATIONS}) == 6
    assert sum(len(rows) for _, _, rows in AUTOMATIONS.values()) == 50


@pytest.mark.parametrize("name", AUTOMATIONS)
def test_each_automation_is_carried_by_one_file(name: str) -> None:
    carrier, trigger, _ = AUTOMATIONS[name]
    found = playbook(carrier)
    if carrier != name:
        assert name in found.description
    assert trigger.startswith(found.trigger)
    naming = [one.id for one in CATALOG.all() if one.id == name or name in one.description]
    assert set(naming) == {carrier}


@pytest.mark.parametrize(
    ("name", "row"), [(name, row) for name, (_, _, rows) in AUTOMATIONS.items() for row in rows],
    ids=lambda value: value if isinstance(value, str) else value[0],
)  # fmt: skip
def test_each_step_has_its_delay_from_the_trigger_and_its_condition(name: str, row: Row) -> None:
    carrier, trigger, _ = AUTOMATIONS[name]
    found = playbook(carrier)
    step_id, days, condition = row
    step = found.step(step_id)
    assert isinstance(step, ActStep | EscalateStep)
    if condition == "save_rejected":
        _after_a_rejection(found, step)
        return
    assert step.after == (f"event:{trigger}" if carrier == "renewal.renewal" else "trigger")
    assert step.delay == days * DAY
    assert (step.when or "") == condition


def _after_a_rejection(found: Playbook, step: ActStep | EscalateStep) -> None:
    """A day after the trigger, if the outcome "offer rejected" is there; later, at once."""
    assert (step.after, step.on) == ("rejected_by_then", ("rejected",))
    assert found.step("one_day").delay == DAY
    assert found.step("escalate_later").on == ("later",)


# Section 7.2: timeline in hours, path, and each action with its verb or kind and its due moment.
SAVES: dict[str, tuple[int, str, list[tuple[str, str, int | None]]]] = {
    "no_login_7_days": (48, "csm cs_manager", [
        ("send_reengagement_email", "send_message", 0), ("in_app_notification", "send_message", 0), ("create_csm_task", "call", 48),
    ]),
    "no_login_14_days": (24, "csm cs_manager executive", [
        ("urgent_call", "call", 0), ("send_value_recap", "send_message", None), ("offer_training", "propose_meeting", 24),
    ]),
    "nps_detractor": (24, "csm cs_manager product", [
        ("create_urgent_task", "create_task", 0), ("action_plan", "create_task", None), ("send_resolution", "send_message", None),
    ]),
    "cancellation_request": (2, "csm cs_manager executive", [
        ("schedule_save_call", "call", 0), ("prepare_save_offer", "prepare_save_offer", 0), ("involve_manager", "meeting", None),
    ]),
    "usage_drop_50": (72, "csm cs_manager", [
        ("create_csm_alert", "raise_alert", 0), ("send_checkin_email", "send_message", 24), ("schedule_call", "propose_meeting", 72),
    ]),
    "multiple_support_tickets": (48, "support csm cs_manager", [
        ("review_tickets", "create_task", 0), ("send_ticket_status", "send_message", None), ("call", "call", 48),
    ]),
    "failed_payment": (72, "csm cs_manager", [
        ("send_payment_failed", "send_message", 0), ("show_payment_failed", "send_message", 0), ("call", "call", 72),
    ]),
    "competitor_mention": (48, "csm cs_manager product", [
        ("note", "raise_alert", 0), ("discovery_call", "call", 0),
    ]),
}  # fmt: skip
PRIORITY = [
    *("cancellation_request", "failed_payment", "nps_detractor", "no_login_14_days", "usage_drop_50"),
    *("multiple_support_tickets", "competitor_mention", "no_login_7_days"),
]


@pytest.mark.parametrize("signal", SAVES)
def test_each_signal_has_its_save_play(signal: str) -> None:
    hours, path, actions = SAVES[signal]
    found = playbook(f"save.{signal}")
    assert found.escalation is not None
    assert found.escalation.timeline == timedelta(hours=hours)
    assert " ".join(found.escalation.path) == path
    assert found.owner is Role(path.split()[0])
    assert found.reentry.cool_down == timedelta(days=14)
    assert found.reentry.unless_severity_rose
    assert found.expires == timedelta(days=30)
    for step_id, verb, after in actions:
        step = found.step(step_id)
        assert isinstance(step, ActStep)
        assert step.do == verb
        if after is not None:
            assert (step.after, step.delay) == ("trigger", timedelta(hours=after))


def test_saves_of_several_signals_are_handled_in_the_order_of_the_domain() -> None:
    ranked = sorted(SAVES, key=lambda signal: -playbook(f"save.{signal}").priority)
    assert ranked == PRIORITY


def test_the_second_week_supersedes_the_first() -> None:
    assert playbook("save.no_login_14_days").excludes.stops == ("save.no_login_7_days",)


def test_a_cancellation_is_acknowledged_first_and_pauses_only_unrelated_outreach() -> None:
    found = playbook("save.cancellation_request")
    first = found.steps[0]
    assert isinstance(first, ActStep)
    assert (first.id, first.delay, first.when) == ("pause_cancellation", timedelta(0), None)
    assert first.params == {"template": "cancellation_acknowledged"}
    assert found.excludes.pauses == ("expansion.*", "advocacy.*", "nps.*")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("save_offer", "save.cancellation_request"),
        ("proposal", "expansion.expansion_opportunity"),
        ("discount", "churned.win_back"),
    ],
)
def test_offers_and_proposals_wait_for_a_named_person(kind: str, name: str) -> None:
    found = playbook(name)
    asked = [step for step in found.steps if isinstance(step, ActStep) and step.do == "request_approval"]
    assert [step.params["kind"] for step in asked] == [kind]
    waits = [step for step in found.steps if isinstance(step, AwaitStep) and f"approval_decided:{kind}" in step.events]
    assert [step.after for step in waits] == [asked[0].id]


def test_internal_steps_never_reach_the_customer() -> None:
    for name, step_id in [
        ("nps_detractor", "action_plan"),
        ("cancellation_request", "involve_manager"),
        ("competitor_mention", "note"),
    ]:
        step = playbook(f"save.{name}").step(step_id)
        assert isinstance(step, ActStep)
        assert not step.contacts
