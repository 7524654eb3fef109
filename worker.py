"""Composition root of the worker: settings, clients, activities, Worker. Run it as often as you need hands."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

import judging
import telemetry
import telemetry_metrics
from activities.advocates import AdvocateActivities
from activities.alerts import AlertActivities
from activities.house import House
from activities.interceptor import ActivityFrame
from activities.lifecycle import LifecycleActivities
from activities.message_values import MessageValues
from activities.messages import MessageActivities
from activities.offers import OfferActivities
from activities.onboarding import OnboardingActivities
from activities.outbound import OutboundActivities
from activities.people import PeopleActivities
from activities.ports import Mailer, Playbooks, Renderer, Store, Unsubscriber, WebhookPoster
from activities.ports_deals import ApprovedList
from activities.ports_surveys import SurveyLinks
from activities.renewals import RenewalActivities
from activities.review_maker import ReviewMaker
from activities.reviews import ReviewActivities
from activities.runs import RunActivities
from activities.surveys import SurveyActivities
from activities.validation import Judge, ValidationActivities
from activities.values_answers import AnswerValues
from activities.values_figures import FigureValues
from activities.values_growth import GrowthValues
from activities.values_subscription import SubscriptionValues
from analysis.review import agenda
from company import house as house
from deciding import Deciding
from intake.deliver import Deliverer
from intake.survey_links import OwnSurveyLinks
from intake.unsubscribe import Unsubscribe
from integrations.smtp import SmtpMailer
from integrations.webhook_sender import WebhookSender
from models.clock import utc_now
from models.errors import Misconfigured, Refused, Retryable, SteadfastError
from persistence.keys import CustomerKeyStore
from persistence.lease import RENEW_EVERY, WorkerLease
from persistence.store import SqlStore
from playbooks.catalog import Catalog
from rendering import approved
from rendering.catalogue import Templates
from rendering.mail import build
from settings import Settings, load
from stack import clock_file
from stack.client import connect
from workflows.delivery import WebhookDelivery
from workflows.kinds import PLAYS
from workflows.lifecycle import CustomerLifecycle
from workflows.metrics_validation import MetricsValidation
from workflows.schedule import ensure_schedule
from workflows.sweep import PortfolioSweep
from workflows.validation_schedule import ensure_weekly_validation

WORKFLOWS: tuple[type, ...] = (CustomerLifecycle, *PLAYS.values(), WebhookDelivery, PortfolioSweep, MetricsValidation)

# Graceful shutdown waits this long for activities in flight; a mail under way is usually through by then.
GRACE = timedelta(seconds=20)


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
    deciding: Deciding = field(default_factory=Deciding.of)
    judge: Judge = field(default_factory=judging.judge)


def runner() -> SandboxedWorkflowRunner:
    """The sandbox, set once: values and activities keep one identity, rules are reloaded and watched."""
    passed = SandboxRestrictions.default.with_passthrough_modules("models", "activities", "cel")
    return SandboxedWorkflowRunner(restrictions=passed)


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
        ],
    )
    messages = MessageActivities(given.store, given.house, given.renderer, given.mailer, values, given.unsubscriber)
    people = PeopleActivities(given.store, given.house)
    onboarding = OnboardingActivities(given.store)
    outbound = OutboundActivities(given.store, given.house, given.poster, given.urls)
    renewals = RenewalActivities(given.store)
    offers = OfferActivities(given.store, given.house, given.approved)
    surveys = SurveyActivities(given.store, messages)
    advocates = AdvocateActivities(given.store, messages)
    lifecycle = LifecycleActivities(given.store, given.house, given.playbooks, evaluator=given.deciding.evaluator())
    sweep = given.deciding.sweep(given.store)
    return [
        messages.send_message,
        messages.celebrate_milestone,
        people.assign_csm,
        people.create_success_plan,
        people.propose_meeting,
        people.create_task,
        people.notify_csm,
        people.schedule_review,
        people.escalate_step,
        people.escalate,
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
        surveys.record_followup,
        advocates.add_to_advocacy_pipeline,
        advocates.invite_advocate,
        ReviewActivities(given.store, given.house, ReviewMaker(given.store, given.house, agenda)).prepare_qbr,
        lifecycle.decide,
        sweep.begin_sweep,
        sweep.sweep_pages,
        sweep.end_sweep,
        ValidationActivities(given.store, given.judge).validate_metrics,
        RunActivities(given.store).close_run,
    ]


def build_worker(client: Client, given: Collaborators, *, task_queue: str, build_id: str = "") -> Worker:
    """A worker for every workflow and activity; with a build id it takes part in Worker Versioning."""
    # The behaviour is said here and not on the workflows: a server refuses one from a worker without a build.
    versioned = None
    if build_id:
        versioned = WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(deployment_name="steadfast", build_id=build_id),
            use_worker_versioning=True,
            default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
        )
    return Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=activities(given),
        workflow_runner=runner(),
        interceptors=[ActivityFrame(), telemetry_metrics.StepMetrics()],
        deployment_config=versioned,
        graceful_shutdown_timeout=GRACE,
    )


def collaborators(settings: Settings, store: Store, http: httpx.AsyncClient) -> Collaborators:
    """The real ones.

    Raises:
        Misconfigured: a secret is missing.
        BadInput: a playbook or template is wrong; every problem is listed.
    """
    if settings.events_secret is None:
        raise Misconfigured("set it: it signs unsubscribe links and verifies events", field="STEADFAST_EVENTS_SECRET")
    templates = Templates.load()
    host, port = settings.smtp
    return Collaborators(
        store=store,
        house=house(settings),
        renderer=templates,
        mailer=SmtpMailer(
            host,
            port,
            build,
            tls=settings.smtp_tls,
            username=settings.smtp_username,
            password=settings.smtp_password.get_secret_value() if settings.smtp_password else "",
            timeout=15,
            content_timeout=60,
        ),
        playbooks=Catalog.load(templates=templates),
        unsubscriber=Unsubscribe(settings.console_url, settings.events_secret),
        poster=WebhookSender(
            http, secret=settings.webhook_secret.get_secret_value() if settings.webhook_secret else None
        ),
        urls=settings.webhook_urls,
        approved=approved.load(),
        surveys=OwnSurveyLinks(settings.console_url, settings.events_secret),
        deciding=Deciding.of(currency=settings.currency, zone=settings.business_zone, health=settings.health_file),
        judge=judging.judge(settings.business_zone, settings.health_file),
    )


async def main(settings: Settings) -> None:
    """Work until told to stop."""
    log = structlog.stdlib.get_logger("steadfast.worker")
    store = SqlStore.open(settings.database)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, stop.set)
    stop_metrics = telemetry_metrics.serve(settings)
    lease, host = WorkerLease(store.database), socket.gethostname()
    try:
        await lease.acquire(host, utc_now())
        client = await connect(settings, CustomerKeyStore(store.database), runtime=telemetry.runtime(settings))
        async with (
            httpx.AsyncClient() as http,
            build_worker(
                client,
                collaborators(settings, store, http),
                task_queue=settings.task_queue,
                build_id=settings.build_id,
            ),
        ):
            clock = clock_file.read(settings.home)
            deliverer = Deliverer(
                store,
                client,
                clock,
                currency=settings.currency,
                task_queue=settings.task_queue,
                wall=utc_now,
            )
            delivering = asyncio.create_task(deliverer.run_forever())
            renewing = asyncio.create_task(_keep(lease, host, stop))
            for ensure in (ensure_schedule, ensure_weekly_validation):
                await ensure(client, clock, zone=settings.business_zone, task_queue=settings.task_queue)
            log.info("worker started", task_queue=settings.task_queue, namespace=client.namespace)
            await stop.wait()
            log.info("worker stops")
            for task in (delivering, renewing):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
    finally:
        stop_metrics()
        await store.close()


async def _keep(lease: WorkerLease, host: str, stop: asyncio.Event) -> None:
    """Renew the right to work on a SQLite file; a host that lost it to another stops working."""
    while True:
        await asyncio.sleep(RENEW_EVERY.total_seconds())
        try:
            await lease.acquire(host, utc_now())
        except Refused as error:
            structlog.stdlib.get_logger("steadfast.worker").error("worker stops", reason=str(error))
            stop.set()
        except Retryable as error:
            structlog.stdlib.get_logger("steadfast.worker").warning("lease not renewed", reason=str(error))


def run() -> int:
    """Start from the environment; 1 when it cannot."""
    try:
        settings = load()
        telemetry.setup(settings, "worker")
        asyncio.run(main(settings))
    except SteadfastError as error:
        structlog.stdlib.get_logger("steadfast.worker").error("worker cannot start", reason=str(error))
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(run())
