"""Composition root of the worker: settings, clients, activities, Worker. Run it as often as you need hands."""

import asyncio
import contextlib
import signal
import socket
from datetime import datetime, timedelta

import httpx
import structlog
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

import settings_integrations
import telemetry
import telemetry_metrics
from activities.connected import NOTHING, Connected
from activities.interceptor import ActivityFrame
from activities.ports import Store
from composition import judging, pulling, vendors, worker_outside, worker_versions
from composition.acting import Collaborators as Collaborators
from composition.acting import activities as activities
from composition.company import house as house
from composition.deciding import Deciding
from composition.leaving import leave
from intake.answer_links import SignedAnswers
from intake.deliver import Deliverer
from intake.survey_links import OwnSurveyLinks
from intake.unsubscribe import Unsubscribe
from integrations.calendars import LibraryCalendars
from integrations.webhook_sender import WebhookSender
from models.clock import utc_now
from models.errors import Misconfigured, Refused, Retryable, SteadfastError
from persistence.keys import CustomerKeyStore
from persistence.lease import RENEW_EVERY, WorkerLease
from persistence.store import SqlStore
from playbooks.catalog import Catalog
from playbooks.live import Live, deployed
from rendering import approved
from rendering.catalogue import Templates
from settings import Settings, load
from stack import clock_file
from stack.client import connect
from workflows.delivery import WebhookDelivery
from workflows.kinds import PLAYS
from workflows.lifecycle import CustomerLifecycle
from workflows.metrics_validation import MetricsValidation
from workflows.pull import SourcePull
from workflows.schedule import ensure_schedule
from workflows.sweep import PortfolioSweep
from workflows.validation_schedule import ensure_weekly_validation
from workflows.vendor_outbox import VendorOutbox

WORKFLOWS: tuple[type, ...] = (
    CustomerLifecycle,
    *PLAYS.values(),
    WebhookDelivery,
    PortfolioSweep,
    MetricsValidation,
    VendorOutbox,
    SourcePull,
)

FOLLOW_EVERY = timedelta(seconds=2)
"""Real time between two looks for releases."""

# Temporal takes a task back after ten seconds, and a task is held while its decision waits for a turn to write. Python
# runs one at a time, and one costs up to half a second on a busy machine: with the hundred of the library's default, a
# sweep that wakes hundreds of customers let every task run out, and none was ever done.
WORKFLOW_TASKS_AT_ONCE = 10

# Graceful shutdown waits this long for activities in flight; a mail under way is usually through by then.
GRACE = timedelta(seconds=20)


def runner() -> SandboxedWorkflowRunner:
    """The sandbox, set once: values and activities keep one identity, rules are reloaded and watched."""
    passed = SandboxRestrictions.default.with_passthrough_modules("models", "activities", "cel")
    return SandboxedWorkflowRunner(restrictions=passed)


def build_worker(client: Client, given: Collaborators, *, task_queue: str, build_id: str = "") -> Worker:
    """A worker for every workflow and activity; with a build id it takes part in Worker Versioning."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=worker_versions.of_build(WORKFLOWS, build_id),
        activities=activities(given),
        workflow_runner=runner(),
        interceptors=[ActivityFrame(), telemetry_metrics.StepMetrics()],
        deployment_config=worker_versions.deployment(build_id),
        max_concurrent_workflow_tasks=WORKFLOW_TASKS_AT_ONCE,
        graceful_shutdown_timeout=GRACE,
    )


def playbooks() -> Live:
    """Those of the checkout, checked against the texts; releases are taken from the database.

    Raises:
        BadInput: a playbook or template is wrong; every problem is listed.
    """
    return Live(Catalog.load(templates=Templates.load()))


def collaborators(
    settings: Settings,
    store: Store,
    http: httpx.AsyncClient,
    outside: Connected = NOTHING,
    live: Live | None = None,
) -> Collaborators:
    """The real ones; ``live``: the playbooks in force, those of the checkout if absent.

    Raises:
        Misconfigured: a secret is missing.
        BadInput: a playbook or template is wrong; every problem is listed.
    """
    if settings.events_secret is None:
        raise Misconfigured("set it: it signs unsubscribe links and verifies events", field="STEADFAST_EVENTS_SECRET")
    templates = Templates.load()
    return Collaborators(
        store=store,
        house=house(settings),
        renderer=templates,
        mailer=worker_outside.mailer(settings, outside, store),
        playbooks=live or playbooks(),
        unsubscriber=Unsubscribe(settings.console_url, settings.events_secret),
        poster=WebhookSender(
            http, secret=settings.webhook_secret.get_secret_value() if settings.webhook_secret else None
        ),
        urls=settings.webhook_urls,
        approved=approved.load(),
        surveys=outside.surveys or OwnSurveyLinks(settings.console_url, settings.events_secret),
        deciding=Deciding.of(
            currency=settings.currency,
            zone=settings.business_zone,
            country=settings.business_country,
            health=settings.health_file,
        ),
        judge=judging.judge(settings.business_zone, settings.health_file),
        calendars=LibraryCalendars(),
        links=SignedAnswers(settings.console_url, settings.events_secret),
        outside=outside,
        booking=worker_outside.booking(store, outside, settings.events_secret),
        mail_links=worker_outside.mail_links(store, outside, settings.events_secret),
        visits=worker_outside.visits(store, outside, settings.language),
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
        live = playbooks()
        await _deploy(store, live, clock_file.read(settings.home).virtual(utc_now()))
        await _take_releases(store, live)
        client = await connect(settings, CustomerKeyStore(store.database), runtime=telemetry.runtime(settings))
        async with (
            vendors.client(settings_integrations.load()) as http,
            worker_outside.outside(settings, store, client) as (outside, told),
            pulling.reading(client, told, outside, settings, clock_file.read(settings.home)),
            build_worker(
                client,
                collaborators(settings, told, http, outside, live),
                task_queue=settings.task_queue,
                build_id=settings.build_id,
            ),
        ):
            clock = clock_file.read(settings.home)
            deliverer = Deliverer(
                told,
                client,
                clock,
                currency=settings.currency,
                task_queue=settings.task_queue,
                wall=utc_now,
            )
            delivering = asyncio.create_task(deliverer.run_forever())
            renewing = asyncio.create_task(_keep(lease, host, stop))
            following = asyncio.create_task(_follow(store, live))
            for ensure in (ensure_schedule, ensure_weekly_validation):
                await ensure(client, clock, zone=settings.business_zone, task_queue=settings.task_queue)
            log.info("worker started", task_queue=settings.task_queue, namespace=client.namespace)
            if idle := await worker_versions.idle_because(client, settings.build_id):
                log.warning(idle)
            await stop.wait()
            log.info("worker stops")
            for task in (delivering, renewing, following):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
    finally:
        stop_metrics()
        await store.close()


async def _deploy(store: SqlStore, live: Live, now: datetime) -> None:
    """The files of this checkout that are newer than what was released."""
    async with store.begin() as tx:
        made, unversioned = deployed(live.files, await tx.releases.all(), now)
        for release in made:
            await tx.releases.add(release)
    for file in unversioned:
        log = structlog.stdlib.get_logger("steadfast.worker")
        log.warning("playbook edited without raising its version: not in force", file=file)


async def _take_releases(store: SqlStore, live: Live) -> None:
    async with store.read() as tx:
        if live.take(await tx.releases.all()):
            structlog.stdlib.get_logger("steadfast.worker").info("releases taken", playbooks=len(live.all()))


async def _follow(store: SqlStore, live: Live) -> None:
    """Take what is released while we work; a database that is away is asked again."""
    while True:
        await asyncio.sleep(FOLLOW_EVERY.total_seconds())
        try:
            await _take_releases(store, live)
        except Retryable as error:
            structlog.stdlib.get_logger("steadfast.worker").warning("releases not read", reason=str(error))


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
        for line in str(error).splitlines():
            structlog.stdlib.get_logger("steadfast.worker").error("worker cannot start", reason=line)
        return 1
    return 0


if __name__ == "__main__":
    leave(run())
