# ruff: noqa: E501 (tables read best with one step to a line)
"""Each play on a clock that skips, with its whole timeline against sections 7.2, 7.3 and 14 of the domain.

All stories are lived at once, on one server and one worker: a customer each, begun on the same Monday at nine.
"""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from temporalio.testing import WorkflowEnvironment

from models.event_kinds import INTERNAL, EventType
from rules.quarters import quarter_end, quarter_of
from tests.harness import company, hire
from tests.workflows import timelines as t
from tests.workflows.inline import growing, hears
from tests.workflows.life import MARTA, Life, living, somebody
from tests.workflows.timelines import Story

STORIES: dict[str, Story] = {
    "a week without login, nobody answers, then a login": Story(
        "save:{id}:no_login_7_days:1", ("signal_opened", {"type": "no_login_7_days", "severity": "medium"}),
        prepare=(t.logged_in_before,),
        moves=((80, t.says("no_answer")), (100, t.tells("user_logged_in"))),
        steps=[
            ("0d", "send_reengagement_email", "done"),
            ("0d", "in_app_notification", "done"),
            ("2d", "create_csm_task", "done"),
            ("3d8h", "call_outcome", "no_answer"),
        ],
        ends="goal_met", notices=("cs_manager",), mails=("reengagement_7_days",),
    ),
    "a week without login, back the next day": Story(
        "save:{id}:no_login_7_days:1", ("signal_opened", {"type": "no_login_7_days"}),
        prepare=(t.logged_in_before,), moves=((24, t.tells("user_logged_in")),),
        steps=[
            ("0d", "send_reengagement_email", "done"),
            ("0d", "in_app_notification", "done"),
            ("1d", "create_csm_task", "skipped"),
            ("1d", "call_outcome", "skipped"),
        ],
        ends="goal_met", mails=("reengagement_7_days",),
    ),
    "two weeks without login, nobody calls, never back": Story(
        "save:{id}:no_login_14_days:1", ("signal_opened", {"type": "no_login_14_days", "severity": "high"}),
        prepare=(t.logged_in_before, t.talked_to_customers),
        steps=[
            ("0d", "urgent_call", "done"),
            ("1d", "call_outcome", "timeout"),
            ("1d", "send_value_recap", "done"),
            ("1d", "offer_training", "done"),
            ("30d", "late_outcome", "skipped"),
        ],
        ends="exited", notices=("cs_manager", "executive"), mails=("value_recap_urgent",),
    ),
    "two weeks without login, no figures to tell": Story(
        "save:{id}:no_login_14_days:1", ("signal_opened", {"type": "no_login_14_days"}),
        prepare=(t.logged_in_before,), moves=((3, t.says("no_answer")), (30, t.tells("user_logged_in"))),
        steps=[
            ("0d", "urgent_call", "done"),
            ("0d3h", "call_outcome", "no_answer"),
            ("0d3h", "send_value_recap", "skipped"),
            ("1d", "offer_training", "done"),
            ("", "late_outcome", "unreached"),
        ],
        ends="goal_met", mails=(),
    ),
    "a detractor who is called, and told what was done": Story(
        "save:{id}:nps_detractor:1", ("signal_opened", {"type": "nps_detractor", "severity": "high"}),
        prepare=(t.answered(3),),
        moves=((5, t.says("reached", "the bot repeats itself")), (20, t.says("plan_recorded")), (50, t.says("send_resolution", "The bot no longer repeats itself."))),
        steps=[
            ("0d", "create_urgent_task", "done"),
            ("0d", "notify_csm", "done"),
            ("0d5h", "call_outcome", "reached"),
            ("1d", "schedule_followup_call", "skipped"),
            ("0d5h", "action_plan", "done"),
            ("0d20h", "plan_outcome", "plan_recorded"),
            ("0d20h", "resolution_task", "done"),
            ("2d2h", "resolution", "send_resolution"),
            ("2d2h", "send_resolution", "done"),
            ("2d2h", "escalate_to_manager", "skipped"),
            ("2d2h", "answered", "done"),
            ("", "followed_up", "unreached"),
        ],
        ends="goal_met", mails=("nps_followup",),
    ),
    "a detractor whom nobody follows up": Story(
        "save:{id}:nps_detractor:1", ("signal_opened", {"type": "nps_detractor"}),
        prepare=(t.answered(2),),
        steps=[
            ("0d", "create_urgent_task", "done"),
            ("0d", "notify_csm", "done"),
            ("30d", "call_outcome", "skipped"),
            ("1d", "schedule_followup_call", "done"),
            ("30d", "action_plan", "skipped"),
            ("30d", "plan_outcome", "skipped"),
            ("30d", "resolution_task", "skipped"),
            ("30d", "resolution", "skipped"),
            ("30d", "send_resolution", "skipped"),
            ("3d", "escalate_to_manager", "done"),
            ("30d", "answered", "skipped"),
            ("30d", "followed_up", "skipped"),
        ],
        ends="exited", notices=("cs_manager", "product", "cs_manager"), mails=("nps_followup_detractor",),
    ),
    "asked to cancel, the approved offer is rejected": Story(
        "save:{id}:cancellation_request:1", ("signal_opened", {"type": "cancellation_request", "severity": "high"}),
        moves=((1, t.decides(approved=True)), (1.5, t.says("offer_rejected")), (60, t.tells("subscription_cancelled"))),
        steps=[
            ("0d", "pause_cancellation", "done"),
            ("0d", "notify_csm_urgent", "done"),
            ("0d", "schedule_save_call", "done"),
            ("0d", "prepare_save_offer", "done"),
            ("0d", "request_offer_approval", "done"),
            ("0d1h", "offer_decision", "approval_decided:save_offer"),
            ("0d1h", "may_offer", "allowed"),
            ("0d1h", "tell_allowed", "done"),
            ("", "tell_refused", "unreached"),
            ("0d1h", "save_outcome", "offer_rejected"),
            ("0d1h", "involve_manager", "done"),
            ("1d", "one_day", "done"),
            ("1d", "rejected_by_then", "rejected"),
            ("1d", "escalate_to_executive", "done"),
            ("0d1h", "rejected_when", "within_the_day"),
            ("", "escalate_later", "unreached"),
        ],
        ends="exited", notices=("cs_manager", "cs_manager", "executive"), mails=("cancellation_acknowledged",),
    ),
    "asked to cancel, and thinks better of it": Story(
        "save:{id}:cancellation_request:1", ("signal_opened", {"type": "cancellation_request"}),
        moves=((1, t.decides(approved=False)), (7, t.tells("cancellation_withdrawn"))),
        steps=[
            ("0d", "pause_cancellation", "done"),
            ("0d", "notify_csm_urgent", "done"),
            ("0d", "schedule_save_call", "done"),
            ("0d", "prepare_save_offer", "done"),
            ("0d", "request_offer_approval", "done"),
            ("0d1h", "offer_decision", "approval_decided:save_offer"),
            ("0d1h", "may_offer", "refused"),
            ("", "tell_allowed", "unreached"),
            ("0d1h", "tell_refused", "done"),
            ("0d7h", "save_outcome", "skipped"),
            ("0d7h", "involve_manager", "skipped"),
            ("0d7h", "one_day", "skipped"),
            ("0d7h", "rejected_by_then", "skipped"),
            ("0d7h", "escalate_to_executive", "skipped"),
            ("0d7h", "rejected_when", "skipped"),
            ("0d7h", "escalate_later", "skipped"),
        ],
        ends="goal_met", notices=("cs_manager", "cs_manager", "cs_manager", "executive"), mails=("cancellation_acknowledged",),
    ),
    "use fell by half and did not recover": Story(
        "save:{id}:usage_drop_50:1", ("signal_opened", {"type": "usage_drop_50", "severity": "high"}),
        moves=((75, t.says("reached")),),
        steps=[
            ("0d", "create_csm_alert", "done"),
            ("1d", "send_checkin_email", "done"),
            ("3d", "schedule_call", "done"),
            ("3d3h", "call_outcome", "reached"),
            ("30d", "recovered", "skipped"),
        ],
        ends="exited", notices=("cs_manager",), mails=("checkin_low_usage",),
    ),
    "three open tickets, looked at by support": Story(
        "save:{id}:multiple_support_tickets:1", ("signal_opened", {"type": "multiple_support_tickets", "severity": "medium"}),
        prepare=(t.three_tickets,),
        moves=((20, t.says("send_status", "We have found the cause.")), (60, t.own("signal_cleared", type="multiple_support_tickets"))),
        steps=[
            ("0d", "review_tickets", "done"),
            ("0d20h", "review_outcome", "send_status"),
            ("0d20h", "send_ticket_status", "done"),
            ("2d", "call", "done"),
            ("2d12h", "call_outcome", "skipped"),
        ],
        ends="goal_met", mails=("ticket_status",),
    ),
    "a payment failed and stays unpaid": Story(
        "save:{id}:failed_payment:1", ("signal_opened", {"type": "failed_payment", "severity": "high"}),
        prepare=(t.owes,), moves=((100, t.says("will_pay")), (120, t.own("signal_cleared", type="failed_payment"))),
        steps=[
            ("0d", "send_payment_failed", "done"),
            ("0d", "show_payment_failed", "done"),
            ("3d", "call", "done"),
            ("4d4h", "call_outcome", "will_pay"),
        ],
        ends="goal_met", notices=("cs_manager",), mails=("payment_failed",),
    ),
    "a competitor was named": Story(
        "save:{id}:competitor_mention:1", ("signal_opened", {"type": "competitor_mention", "severity": "medium"}),
        moves=((30, t.says("evaluating")),),
        steps=[
            ("0d", "note", "done"),
            ("0d", "discovery_call", "done"),
            ("1d6h", "call_outcome", "evaluating"),
            ("1d6h", "recorded", "done"),
        ],
        ends="goal_met", mails=(),
    ),
    "a renewal from 90 days before, decided after the reminder": Story(
        "renewal:{id}:2035-01-01", ("renewal_due", {"days": 90, "term": "2035-01-01"}),
        prepare=(t.renews_in(90), t.fact(health_score=80)),
        moves=(
            (30 * 24, t.own("renewal_due", days=60, term="2035-01-01")),
            (60 * 24, t.own("renewal_due", days=30, term="2035-01-01")),
            (70 * 24, t.tells("renewal_decided", decision="renewed")),
        ),
        steps=[
            ("0d", "calculate_renewal_health", "done"),
            ("0d", "create_renewal_opp", "done"),
            ("0d", "notify_csm", "done"),
            ("0d", "class_at_90", "not_red"),
            ("", "escalate_red", "unreached"),
            ("30d", "class_at_60", "done"),
            ("30d", "opp_at_60", "skipped"),
            ("30d", "send_renewal_email", "done"),
            ("33d", "schedule_renewal_call", "done"),
            ("37d", "prepare_qbr", "done"),
            ("60d", "class_at_30", "done"),
            ("60d", "opp_at_30", "skipped"),
            ("60d", "send_renewal_reminder", "done"),
            ("67d", "escalate_if_no_response", "done"),
            ("70d", "decision", "skipped"),
            ("70d", "record_renewal", "skipped"),
            ("70d", "record_decline", "skipped"),
            ("70d", "renewed", "skipped"),
            ("70d", "declined", "skipped"),
            ("70d", "term_over", "skipped"),
            ("70d", "escalate_undecided", "skipped"),
        ],
        ends="goal_met", notices=("cs_manager",), mails=("renewal_60_days", "renewal_reminder_30_days"),
    ),
    "a renewal heard of 30 days before, in danger and never decided": Story(
        "renewal:{id}:2035-01-01", ("renewal_due", {"days": 30, "term": "2035-01-01"}),
        prepare=(t.renews_in(30), t.fact(health_score=20)),
        steps=[
            *(("120d", step, "skipped") for step in ("calculate_renewal_health", "create_renewal_opp", "notify_csm", "class_at_90", "escalate_red")),
            *(("120d", step, "skipped") for step in ("class_at_60", "opp_at_60", "send_renewal_email", "schedule_renewal_call", "prepare_qbr")),
            ("0d", "class_at_30", "done"),
            ("0d", "opp_at_30", "done"),
            ("0d", "send_renewal_reminder", "done"),
            ("7d", "escalate_if_no_response", "done"),
            ("{over}", "term_over", "done"),
            ("{over}", "escalate_undecided", "done"),
            *(("120d", step, "skipped") for step in ("decision", "record_renewal", "record_decline", "renewed", "declined")),
        ],
        ends="exited", notices=("cs_manager", "cs_manager"), mails=("renewal_reminder_30_days",),
    ),
    "a survey that nobody answers": Story(
        "nps:{id}:1", ("survey_due", {"kind": "nps"}),
        steps=[
            ("0d", "send_nps_survey", "done"),
            ("3d", "reminder_if_no_response", "done"),
            ("7d", "close_survey", "done"),
        ],
        ends="completed", mails=("nps_survey", "nps_reminder"),
    ),
    "a survey answered on the second day": Story(
        "nps:{id}:1", ("survey_due", {"kind": "nps"}),
        moves=((30, t.tells("survey_answered", kind="nps", score=8)),),
        steps=[
            ("0d", "send_nps_survey", "done"),
            ("1d6h", "reminder_if_no_response", "skipped"),
            ("1d6h", "close_survey", "skipped"),
        ],
        ends="goal_met", mails=("nps_survey",),
    ),
    "a promoter in good health": Story(
        "sequence:{id}:nps.nps_promoter:1", ("nps_processed", {"class": "promoter", "response_id": "r-1", "score": 10}),
        prepare=(t.answered(10), t.fact(health_score=85), t.changed(consent_marketing=True)),
        steps=[
            ("0d", "add_to_advocacy_pipeline", "done"),
            ("0d", "send_thank_you", "done"),
            ("7d", "send_advocacy_invite", "done"),
        ],
        ends="completed", mails=("nps_thank_you", "advocacy_invite"),
    ),
    "a promoter whose health is unknown": Story(
        "sequence:{id}:nps.nps_promoter:1", ("nps_processed", {"class": "promoter", "response_id": "r-1", "score": 9}),
        prepare=(t.answered(9), t.changed(consent_marketing=True)),
        steps=[
            ("0d", "add_to_advocacy_pipeline", "done"),
            ("0d", "send_thank_you", "done"),
            ("7d", "send_advocacy_invite", "skipped"),
        ],
        ends="completed", mails=("nps_thank_you",),
    ),
    "an opportunity whose proposal is approved": Story(
        "sequence:{id}:expansion.expansion_opportunity:1", ("opportunity_detected", {"type": "upsell", "key": "k-1"}),
        prepare=(t.offered("upsell"),), moves=((80, t.decides(approved=True)),),
        steps=[
            ("0d", "create_expansion_opp", "done"),
            ("0d", "notify_csm", "done"),
            ("3d", "prepare_proposal", "done"),
            ("3d", "request_approval", "done"),
            ("3d8h", "proposal_decision", "approval_decided:proposal"),
            ("3d8h", "may_propose", "allowed"),
            ("3d8h", "tell_approved", "done"),
            ("3d8h", "finish", "done"),
            ("", "refused", "unreached"),
            ("", "undecided", "unreached"),
        ],
        ends="goal_met", notices=("cs_manager",), mails=(),
    ),
    "an opportunity whose proposal is refused": Story(
        "sequence:{id}:expansion.expansion_opportunity:1", ("opportunity_detected", {"type": "upsell", "key": "k-1"}),
        prepare=(t.offered("upsell"),), moves=((80, t.decides(approved=False)),),
        steps=[
            ("0d", "create_expansion_opp", "done"),
            ("0d", "notify_csm", "done"),
            ("3d", "prepare_proposal", "done"),
            ("3d", "request_approval", "done"),
            ("3d8h", "proposal_decision", "approval_decided:proposal"),
            ("3d8h", "may_propose", "refused"),
            ("", "tell_approved", "unreached"),
            ("", "finish", "unreached"),
            ("3d8h", "refused", "done"),
            ("", "undecided", "unreached"),
        ],
        ends="exited", notices=("cs_manager",), mails=(),
    ),
    "near a limit, with consent": Story(
        "sequence:{id}:expansion.approaching_limits:1", ("limit_near", {"used": 0.84}),
        prepare=(t.near_a_limit, t.changed(consent_marketing=True), t.fact(expansion_opportunity=False)),
        steps=[
            ("0d", "send_usage_alert", "done"),
            ("0d", "notify_csm", "done"),
            ("3d", "send_upgrade_info", "done"),
        ],
        ends="completed", mails=("usage_limit_alert", "upgrade_information"),
    ),
    "near a limit, told with the opportunity, without consent": Story(
        "sequence:{id}:expansion.approaching_limits:1", ("limit_near", {"used": 0.84}),
        prepare=(t.near_a_limit, t.fact(expansion_opportunity=True)),
        steps=[
            ("0d", "send_usage_alert", "done"),
            ("0d", "notify_csm", "skipped"),
            ("3d", "send_upgrade_info", "skipped"),
        ],
        ends="completed", mails=("usage_limit_alert",),
    ),
    "health fell and stays low": Story(
        "sequence:{id}:at_risk.health_score_drop:1", ("health_dropped", {"drop": 25, "from": 70, "to": 45}),
        prepare=(t.fact(health_score=45),),
        steps=[
            ("0d", "create_at_risk_alert", "done"),
            ("0d", "notify_csm", "done"),
            ("1d", "schedule_intervention_call", "done"),
            ("30d", "call_outcome", "skipped"),
            ("3d", "escalate_to_manager", "done"),
            ("30d", "recovered", "skipped"),
        ],
        ends="exited", notices=("cs_manager",), mails=(),
    ),
    "health fell and recovers": Story(
        "sequence:{id}:at_risk.health_score_drop:1", ("health_dropped", {"drop": 25, "from": 70, "to": 45}),
        prepare=(t.fact(health_score=45),), moves=((40, t.fact(health_score=52)),),
        steps=[
            ("0d", "create_at_risk_alert", "done"),
            ("0d", "notify_csm", "done"),
            ("1d", "schedule_intervention_call", "done"),
            ("2d", "call_outcome", "skipped"),
            ("2d", "escalate_to_manager", "skipped"),
            ("2d", "recovered", "skipped"),
        ],
        ends="goal_met", mails=(),
    ),
    "a quarterly review that an enterprise never holds": Story(
        "qbr:{id}:{quarter}", ("qbr_due", {"quarter": "{quarter}"}), plan="enterprise",
        steps=[
            ("0d", "prepare_qbr", "done"),
            ("0d", "review_deck", "done"),
            ("150d", "deck_approved", "skipped"),
            ("2d", "schedule_qbr", "done"),
            ("150d", "held", "skipped"),
            *(("150d", step, "skipped") for step in ("ask_notes", "notes", "reviewed", "reviewed_without_notes")),
            ("{overdue}", "overdue", "done"),
            ("{overdue}", "overdue_for_whom", "enterprise"),
            ("{overdue}", "escalate_overdue", "done"),
        ],
        ends="exited", notices=("cs_manager",), mails=(),
    ),
    "a quarterly review that is held": Story(
        "qbr:{id}:{quarter}", ("qbr_due", {"quarter": "{quarter}"}), plan="pro",
        moves=((24, t.says("approved")), (10 * 24, t.says("held")), (12 * 24, t.says("notes_recorded"))),
        steps=[
            ("0d", "prepare_qbr", "done"),
            ("0d", "review_deck", "done"),
            ("1d", "deck_approved", "approved"),
            ("2d", "schedule_qbr", "done"),
            ("10d", "held", "held"),
            ("10d", "ask_notes", "done"),
            ("12d", "notes", "notes_recorded"),
            ("12d", "reviewed", "done"),
            ("", "reviewed_without_notes", "unreached"),
            *(("12d", step, "skipped") for step in ("overdue", "overdue_for_whom", "escalate_overdue")),
        ],
        ends="goal_met", mails=(),
    ),
    "a month in verified figures": Story(
        "sequence:{id}:engagement.monthly_recap:1", ("recap_due", {"month": "m"}),
        prepare=(t.a_month_of_figures,), steps=[("0d", "send_monthly_recap", "done")],
        ends="completed", mails=("value_recap_monthly",),
    ),
    "a month without one of its figures": Story(
        "sequence:{id}:engagement.monthly_recap:1", ("recap_due", {"month": "m"}),
        prepare=(t.talked_to_customers,), steps=[("0d", "send_monthly_recap", "skipped")],
        ends="completed", mails=(),
    ),
    "left, and asked why": Story(
        "sequence:{id}:churned.exit_interview:1", ("subscription_cancelled", {}),
        steps=[("1d", "invite_exit_interview", "done"), ("7d", "code_reason", "done")],
        ends="completed", mails=("exit_interview_invite",),
    ),
    "left, and won back by an approved offer": Story(
        "sequence:{id}:churned.win_back:1", ("subscription_cancelled", {}),
        prepare=(t.changed(consent_marketing=True),), moves=((84 * 24, t.decides(approved=True)),),
        steps=[
            ("83d", "prepare_return_offer", "done"),
            ("83d", "request_approval", "done"),
            ("84d", "offer_decision", "approval_decided:discount"),
            ("84d", "may_offer", "allowed"),
            ("84d", "send_win_back", "done"),
            ("", "refused", "unreached"),
        ],
        ends="exited", notices=("cs_manager",), mails=("win_back",),
    ),
    "a friend who agreed to be written to becomes a customer": Story(
        "referral:{id}:ref-{id}", ("referral_created", {"referral_id": "ref-{id}"}),
        prepare=(t.refers(consent=True),), moves=((100 * 24, t.converts()),),
        steps=[
            ("0d", "invite_referred", "done"),
            ("100d", "thank_referrer", "done"),
            ("100d", "converted", "done"),
        ],
        ends="goal_met", mails=("referral_invitation", "advocacy_thank_you"),
    ),
    "a friend who was not asked and never comes": Story(
        "referral:{id}:ref-{id}", ("referral_created", {"referral_id": "ref-{id}"}),
        prepare=(t.refers(consent=False),),
        steps=[
            ("0d", "invite_referred", "done"),
            ("180d", "thank_referrer", "skipped"),
            ("180d", "converted", "skipped"),
        ],
        ends="exited", mails=(),
    ),
    "a plan is due for review": Story(
        "sequence:{id}:success_plan.review:1", ("plan_review_due", {"due": "2026-01-01"}),
        prepare=(t.plan_to_review,), moves=((50, t.says("reviewed")),),
        steps=[
            ("0d", "ask_review", "done"),
            ("2d2h", "review_outcome", "reviewed"),
            ("2d2h", "record_review", "done"),
            ("2d2h", "reviewed", "done"),
        ],
        ends="goal_met", mails=(),
    ),
}  # fmt: skip


MADRID = "Europe/Madrid"


def label(span: timedelta) -> str:
    """``2d12h``: days and whole hours."""
    hours = int(span.total_seconds() / 3600 + 0.05)
    return f"{hours // 24}d{hours % 24}h" if hours % 24 else f"{hours // 24}d"


async def test_every_play_keeps_its_timeline(skipping: WorkflowEnvironment, plain_url: str, tmp_path: Path) -> None:
    clock = skipping.get_current_time
    async with (
        company(skipping.client, plain_url, tmp_path, clock=clock, weekly_cap=50) as here,
        living(skipping, here, csm_id=MARTA.id) as first,
    ):
        await hire(here.store, MARTA)
        lives: dict[str, Life] = {}
        for name, story in STORIES.items():
            life = Life(skipping, here, somebody(plan=story.plan, csm_id=MARTA.id))
            life.began = first.began
            lives[name] = life
            await growing(life, **{"mrr": Decimal(149), "currency": "EUR", **story.customer})
        for name, story in STORIES.items():
            await t.settled_in(lives[name])
            for prepare in story.prepare:
                await prepare(lives[name], "")
        began = await first.now()
        quarter = quarter_of(began, MADRID)
        begins: dict[str, datetime] = {}
        for name, story in STORIES.items():
            kind, said = story.starts
            data: dict[str, Any] = {
                key: value.format(quarter=quarter, id=lives[name].id) if isinstance(value, str) else value
                for key, value in said.items()
            }
            begins[name] = await first.now()
            if EventType(kind) in INTERNAL:
                await hears(
                    lives[name], kind, **{"from_" if key == "from" else key: each for key, each in data.items()}
                )
            else:
                await lives[name].tell(EventType(kind), **data)
        problems: dict[str, list[object]] = defaultdict(list)
        turns = sorted(
            (
                (begins[name] + timedelta(hours=hours, minutes=5), name, move)
                for name, story in STORIES.items()
                for hours, move in story.moves
            ),
            key=lambda turn: turn[:2],
        )
        for moment, name, move in turns:
            wait = moment - await first.now()
            if wait > timedelta(0):
                await first.pass_time(seconds=wait.total_seconds())
            try:
                await move(lives[name], STORIES[name].run.format(id=lives[name].id, quarter=quarter))
            except AssertionError as error:
                problems[name].append(error)
        await first.settle()
        await first.pass_time(seconds=(began + timedelta(days=181) - await first.now()).total_seconds())
        seen, expected = {}, {}
        for name, story in STORIES.items():
            run = story.run.format(id=lives[name].id, quarter=quarter)
            done = await lives[name].done()
            begun = done.runs[run].started
            over = datetime.combine(first.began.date() + timedelta(days=30), time(), tzinfo=UTC)
            words = {
                "overdue": label(quarter_end(quarter, MADRID) + timedelta(days=14) - begun),
                "over": label(over - begun),
            }
            steps = [
                (
                    label(one.ended - begun) if one.ended and one.status != "unreached" else "",
                    step,
                    one.result or one.status,
                )
                for step, one in done.steps[run].items()
            ]
            told = tuple(one.role.value for one in done.notices if one.workflow_id == run and one.role != "csm")
            mails = tuple(one.template for one in done.said if one.workflow_id == run)
            seen[name] = [sorted(steps), done.runs[run].status, told, mails]
            expected[name] = [
                sorted((when.format(**words), step, how) for when, step, how in story.steps),
                story.ends,
                story.notices,
                story.mails or (),
            ]
        for name, found in seen.items():
            if found != expected[name]:
                problems[name] += [(a, b) for a, b in zip(found, expected[name], strict=True) if a != b]
        assert not problems, "\n".join(f"{name}: {each}" for name, found in problems.items() for each in found)
