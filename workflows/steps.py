"""Which activity carries out which verb, and what it is asked."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from pydantic import JsonValue

from activities.advocates import AdvocateActivities
from activities.alerts import AlertActivities
from activities.invitations import InvitationActivities
from activities.messages import MessageActivities
from activities.offers import OfferActivities
from activities.onboarding import OnboardingActivities
from activities.outbound import OutboundActivities
from activities.pages import PageActivities
from activities.people import PeopleActivities
from activities.plan_reviews import PlanReviewActivities
from activities.questions import question
from activities.recovery import RecoveryActivities
from activities.renewals import RenewalActivities
from activities.reviews import ReviewActivities
from activities.surveys import SurveyActivities
from activities.tasks import TaskActivities
from models.enums import Role
from models.ids import effect_key
from models.play import PlayStart, StepInput
from models.playbook import ActStep, EscalateStep, Playbook, Step
from models.run import RunState, StepResult
from rules import asking

StepActivity = Callable[..., Awaitable[StepResult]]

READ_VALUES = ("create_expansion_opp", "prepare_proposal")
"""Verbs that need to know what the run is about; the others are not sent it (docs/benchmarks.md)."""

ACTIVITIES: dict[str, StepActivity] = {
    "send_message": MessageActivities.send_message,
    "celebrate_milestone": MessageActivities.celebrate_milestone,
    "assign_csm": PeopleActivities.assign_csm,
    "create_success_plan": PeopleActivities.create_success_plan,
    "propose_meeting": TaskActivities.propose_meeting,
    "create_task": TaskActivities.create_task,
    "call": TaskActivities.call,
    "meeting": TaskActivities.meeting,
    "request_approval": TaskActivities.request_approval,
    "confirm_recovery": RecoveryActivities.confirm_recovery,
    "write_page": PageActivities.write_page,
    "notify_csm": PeopleActivities.notify_csm,
    "schedule_review": PeopleActivities.schedule_review,
    "escalate": PeopleActivities.escalate_step,
    "check_first_value": OnboardingActivities.check_first_value,
    "emit_webhook": OutboundActivities.emit_webhook,
    "raise_alert": AlertActivities.raise_alert,
    "calculate_renewal_health": RenewalActivities.calculate_renewal_health,
    "create_renewal_opp": RenewalActivities.create_renewal_opp,
    "record_renewal": RenewalActivities.record_renewal,
    "create_expansion_opp": OfferActivities.create_expansion_opp,
    "prepare_proposal": OfferActivities.prepare_proposal,
    "prepare_save_offer": OfferActivities.prepare_save_offer,
    "prepare_qbr": ReviewActivities.prepare_qbr,
    "send_nps_survey": SurveyActivities.send_nps_survey,
    "remind_survey": SurveyActivities.remind_survey,
    "close_survey": SurveyActivities.close_survey,
    "add_to_advocacy_pipeline": AdvocateActivities.add_to_advocacy_pipeline,
    "invite_advocate": AdvocateActivities.invite_advocate,
    "invite_referred": InvitationActivities.invite_referred,
    "record_plan_review": PlanReviewActivities.record_plan_review,
}


def step_input(
    start: PlayStart,
    generation: int,
    state: RunState,
    step: ActStep | EscalateStep,
    due: datetime,
    now: datetime,
    key: str = "",
) -> StepInput:
    """What the step's activity is asked: the step, its key, and the conditions it re-checks first.

    ``key``: the name its effect is kept under, where that is not the step's own: it was moved, or is retried.
    """
    playbook = start.playbook
    params = _escalation(step) if isinstance(step, EscalateStep) else _params(step, playbook)
    return StepInput(
        key=effect_key(start.workflow_id, generation, key or step.id),
        customer=start.customer,
        playbook=playbook.id,
        step_id=step.id,
        params=params,
        when=step.when,
        goals=tuple((goal.when, goal.reason or goal.event) for goal in playbook.goals if goal.when),
        exits=tuple((exit_.when, exit_.reason or exit_.event) for exit_ in playbook.exits if exit_.when),
        cycle=start.cycle,
        started=start.started,
        due=due,
        now=now,
        clock=start.clock,
        values=state.values if isinstance(step, EscalateStep) or step.do in READ_VALUES else {},
        priority=playbook.priority,
    )


def activity_of(step: ActStep | EscalateStep) -> StepActivity:
    """The activity that carries the step out."""
    return ACTIVITIES["escalate" if isinstance(step, EscalateStep) else step.do]


def title(step: Step) -> str:
    """What Temporal UI shows beside the activity."""
    return step.title or step.id


def _escalation(step: EscalateStep) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {"role": Role(step.role).value, "reason": step.reason}
    if step.text is not None:
        told["text"] = {language.value: text for language, text in step.text.items()}
    return told


def _params(step: ActStep, playbook: Playbook) -> dict[str, JsonValue]:
    """The step's own parameters; a celebration also gets its words, from the program frozen into the run.

    A question to a person also gets the answers it may have.
    """
    if step.do == "celebrate_milestone" and playbook.program is not None:
        milestone = next(one for one in playbook.program.milestones if one.id == step.params["milestone"])
        words: dict[str, JsonValue] = {language.value: text for language, text in milestone.celebration.items()}
        names: dict[str, JsonValue] = {language.value: text for language, text in milestone.names.items()}
        return {**step.params, "name": milestone.name, "names": names, "celebration": words}
    awaiting = asking.answered_by(playbook, step) if step.do in asking.ASKING else None
    return step.params if awaiting is None else {**step.params, **question(awaiting.id, awaiting.outcomes)}
