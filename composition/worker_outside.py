"""The worker's part that reaches outside systems: their adapters, the store that tells them, one worker for each."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial

from pydantic import SecretStr
from temporalio.client import Client
from temporalio.worker import Worker

import settings_integrations
import telemetry_metrics
from activities.circuits import Circuits
from activities.connected import Connected
from activities.interceptor import ActivityFrame
from activities.mail_links import MailLinks
from activities.meeting_links import MeetingLinks
from activities.ports import Mailer, Store
from activities.vendor_deliveries import VendorActivities
from activities.visits import Visits
from composition import mailing, vendors
from composition.telling_store import telling
from intake.links import customer_token
from intake.vendor_dispatch import VendorDispatcher
from models.clock import utc_now
from models.enums import Language
from models.ids import vendor_queue
from models.message import OutgoingMail, SendReceipt
from models.outside import System
from settings import Settings
from stack import clock_file

AT_ONCE = 5


class GuardedMailer:
    """A mailer behind the circuit of the system that it hands mail to."""

    def __init__(self, inner: Mailer, system: System, circuits: Circuits) -> None:
        self._inner, self._system, self._circuits = inner, system, circuits

    async def send(
        self, mail: OutgoingMail, *, date: datetime, before_data: Callable[[], Awaitable[None]]
    ) -> SendReceipt:
        """Send it, or say how long the system is left in peace."""

        async def attempt() -> SendReceipt:
            return await self._inner.send(mail, date=date, before_data=before_data)

        return await self._circuits.call(self._system, attempt, step=mail.key)


@asynccontextmanager
async def outside(settings: Settings, store: Store, client: Client) -> AsyncIterator[tuple[Connected, Store]]:
    """What is connected, and the store that tells it; its workers and its dispatcher work until the block ends.

    Raises:
        Misconfigured: one line for every wrong or missing value.
    """
    given = settings_integrations.load()
    queue = settings.task_queue
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(vendors.client(given))
        secret = settings.events_secret
        connected = vendors.connect(given, http, partial(customer_token, secret) if secret is not None else None)
        told = telling(store, connected, settings)
        for each in workers(client, told, connected, task_queue=queue):
            await stack.enter_async_context(each)
        dispatcher = VendorDispatcher(
            store,
            client,
            clock_file.read(settings.home),
            task_queue=queue,
            configured=frozenset(connected.written),
            wall=utc_now,
        )
        dispatching = asyncio.create_task(dispatcher.run_forever())
        try:
            yield connected, told
        finally:
            dispatching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await dispatching


def mailer(settings: Settings, connected: Connected, store: Store) -> Mailer:
    """What hands mail over: SMTP, or the system that the settings name, behind its circuit."""
    if connected.mailer is not None:
        system, theirs = connected.mailer
        return GuardedMailer(theirs, system, Circuits(store, utc_now, vendors.RATES))
    return mailing.smtp(settings)


def booking(store: Store, connected: Connected, secret: SecretStr) -> MeetingLinks | None:
    """Who makes links for one booking; None: the managers' own links are used."""
    if connected.meetings is None:
        return None
    system, scheduler = connected.meetings
    return MeetingLinks(
        store, Circuits(store, utc_now, vendors.RATES), system, scheduler, partial(customer_token, secret)
    )


def visits(store: Store, connected: Connected, language: Language) -> Visits | None:
    """Who knows of recorded visits; None: nobody does."""
    if connected.sessions is None:
        return None
    system, reader = connected.sessions
    return Visits(store, Circuits(store, utc_now, vendors.RATES), system, reader, connected.share, language)


def mail_links(store: Store, connected: Connected, secret: SecretStr) -> MailLinks | None:
    """Who makes links for mails; None: nobody outside does."""
    made = booking(store, connected, secret)
    if made is None and connected.billing is None:
        return None
    return MailLinks(store, Circuits(store, utc_now, vendors.RATES), made, connected.billing)


def workers(client: Client, store: Store, connected: Connected, *, task_queue: str) -> list[Worker]:
    """One for each system that is told anything: the server limits the rate of its queue for all of them together."""
    told = VendorActivities(store, connected, utc_now)
    return [
        Worker(
            client,
            task_queue=vendor_queue(task_queue, system),
            activities=[told.deliver_to_vendor],
            interceptors=[ActivityFrame(), telemetry_metrics.StepMetrics()],
            max_concurrent_activities=AT_ONCE,
            max_task_queue_activities_per_second=vendors.RATES[system],
        )
        for system in connected.written
    ]
