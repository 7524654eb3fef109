"""What the worker does by hand: collaborators, and every activity bound to them. Part of its composition root."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from activities.advocates import AdvocateActivities
from activities.alerts import AlertActivities
from activities.calendars import CalendarActivities
from activities.connected import NOTHING, Connected
from activities.house import House
from activities.internal_mail import AnswerLinks, InternalPost
from activities.invitations import InvitationActivities
from activities.lifecycle import LifecycleActivities
from activities.mail_links import MailLinks
from activities.meeting_links import MeetingLinks
from activities.message_values import MessageValues
from activities.messages import MessageActivities
from activities.offers import OfferActivities
from activities.onboarding import OnboardingActivities
from activities.outbound import OutboundActivities
from activities.pages import PageActivities
from activities.people import PeopleActivities
from activities.places import Places
from activities.plan_reviews import PlanReviewActivities
from activities.ports import Mailer, Playbooks, Renderer, Store, Unsubscriber, WebhookPoster
from activities.ports_calendar import Calendars
from activities.ports_deals import ApprovedList
from activities.ports_surveys import SurveyLinks
from activities.recovery import RecoveryActivities
from activities.renewals import RenewalActivities
from activities.review_maker import ReviewMaker
from activities.reviews import ReviewActivities
from activities.runs import RunActivities
from activities.starting import Starting
from activities.surveys import SurveyActivities
from activities.tasks import TaskActivities
from activities.telling import Telling
from activities.validation import Judge, ValidationActivities
from activities.values_answers import AnswerValues
from activities.values_figures import FigureValues
from activities.values_growth import GrowthValues
from activities.values_referral import ReferralValues
from activities.values_subscription import SubscriptionValues
from activities.vendor_deliveries import VendorActivities
from activities.visits import Visits
from analysis.review import agenda
from composition import judging
from composition.deciding import Deciding
from models.clock import utc_now


@dataclass(frozen=True)
class Collaborators:
    """What the activities are given."""

    store: Store
    house: House
    renderer: Renderer
    mailer: Mailer
    playbooks: Playbooks
    unsubscriber: Unsubscriber
    poster: WebhookPoster
    urls: dict[str, str]
    approved: ApprovedList
    surveys: SurveyLinks
    calendars: Calendars
    links: AnswerLinks
    deciding: Deciding = field(default_factory=Deciding.of)
    judge: Judge = field(default_factory=judging.judge)
    outside: Connected = NOTHING
    booking: MeetingLinks | None = None
    mail_links: MailLinks | None = None
    visits: Visits | None = None


def activities(given: Collaborators) -> Sequence[Any]:
    """Every activity, bound to its collaborators."""
    values = MessageValues(
        given.house,
        given.playbooks,
        given.renderer,
        [
            SubscriptionValues(given.house, given.approved),
            FigureValues(given.house),
            GrowthValues(given.house, given.approved, given.surveys),
            AnswerValues(),
            ReferralValues(given.house),
        ],
    )
    places = Places(given.house, given.calendars)
    messages = MessageActivities(
        given.store, given.house, given.renderer, given.mailer, values, given.unsubscriber, places, given.mail_links
    )
    renewals = RenewalActivities(given.store)
    offers = OfferActivities(given.store, given.house, given.approved)
    surveys = SurveyActivities(given.store, messages)
    advocates = AdvocateActivities(given.store, messages)
    sweep = given.deciding.sweep(given.store)
    post = InternalPost(given.store, given.house, given.renderer, given.mailer, given.links)
    people = PeopleActivities(given.store, given.house, post, given.playbooks)
    tasks = TaskActivities(given.store, given.house, places, post, given.booking, given.visits)
    onboarding = OnboardingActivities(given.store, places, given.house, given.playbooks)
    outbound = OutboundActivities(given.store, given.house, given.poster, given.urls)
    starting = Starting(given.playbooks, places)
    lifecycle = LifecycleActivities(given.store, given.house, starting, evaluator=given.deciding.evaluator())
    runs = RunActivities(given.store)
    calendars = CalendarActivities(given.store, places)
    return [
        messages.send_message,
        messages.celebrate_milestone,
        people.assign_csm,
        people.create_success_plan,
        people.notify_csm,
        people.schedule_review,
        people.escalate_step,
        people.escalate,
        tasks.create_task,
        tasks.call,
        tasks.meeting,
        tasks.propose_meeting,
        tasks.request_approval,
        tasks.record_outcome,
        RecoveryActivities(given.store).confirm_recovery,
        PageActivities(given.store, given.house, Telling(given.outside, wall=utc_now)).write_page,
        onboarding.save,
        onboarding.refuse_step,
        onboarding.check_first_value,
        outbound.emit_webhook,
        outbound.deliver,
        AlertActivities(given.store, given.house).raise_alert,
        renewals.calculate_renewal_health,
        renewals.create_renewal_opp,
        renewals.record_renewal,
        offers.create_expansion_opp,
        offers.prepare_proposal,
        offers.prepare_save_offer,
        surveys.send_nps_survey,
        surveys.remind_survey,
        surveys.close_survey,
        advocates.add_to_advocacy_pipeline,
        advocates.invite_advocate,
        InvitationActivities(given.store, given.house, messages).invite_referred,
        PlanReviewActivities(given.store, given.house).record_plan_review,
        ReviewActivities(given.store, given.house, ReviewMaker(given.store, given.house, agenda)).prepare_qbr,
        lifecycle.decide,
        sweep.begin_sweep,
        sweep.sweep_pages,
        sweep.end_sweep,
        ValidationActivities(given.store, given.judge, given.house).validate_metrics,
        runs.close_run,
        calendars.renew_calendar,
        runs.moved,
        VendorActivities(given.store, given.outside, utc_now).due_vendor_deliveries,
    ]
