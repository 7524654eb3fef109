"""A small company for tests: real store, real texts, real SMTP; only the outside is listened to instead of reached."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import httpx
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.worker import Worker

import worker
from intake.answer_links import SignedAnswers
from intake.deliver import Deliverer
from intake.inbox import receive
from intake.survey_links import OwnSurveyLinks
from intake.unsubscribe import Unsubscribe
from integrations.calendars import LibraryCalendars
from integrations.smtp import SmtpMailer
from integrations.webhook_sender import WebhookSender
from models.clock import REAL, utc_now
from models.events import Event
from models.ids import new_id
from models.records import Csm
from persistence.store import SqlStore
from playbooks.catalog import Catalog
from rendering import approved
from rendering.catalogue import Templates
from rendering.mail import build
from settings import Settings
from tests import stuck

SECRET = "whsec_c3RlYWRmYXN0LXRlc3RzLW9ubHktMzItYnl0ZXM="


@dataclass
class Mailbox:
    """An SMTP server that keeps what it is given."""

    mails: list[EmailMessage] = field(default_factory=list)
    refuse: str | None = None
    host: str = "127.0.0.1"
    port: int = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep it, or answer as told."""
        if self.refuse is not None:
            return self.refuse
        assert isinstance(envelope.content, bytes)
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        return "250 kept"

    def subjects(self) -> list[str]:
        """Subjects in order of arrival."""
        return [str(mail["Subject"]) for mail in self.mails]


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """A mailbox on a free port."""
    box = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop), box.host, 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class Company:
    """What a test works with."""

    client: Client
    store: SqlStore
    mail: Mailbox
    settings: Settings
    task_queue: str
    given: worker.Collaborators
    clock: Callable[[], Awaitable[datetime]]

    async def now(self) -> datetime:
        """The present moment of this company's server."""
        return await self.clock()

    def worker(self) -> Worker:
        """A worker of this company."""
        return worker.build_worker(self.client, self.given, task_queue=self.task_queue)

    async def catch_up(self, now: datetime) -> None:
        """Everything in the inbox is delivered."""
        deliverer = Deliverer(
            self.store, self.client, REAL, currency="EUR", task_queue=self.task_queue, wall=lambda: now
        )
        await deliverer.sweep(grace=-timedelta.resolution)

    async def tell(self, event: Event, now: datetime) -> None:
        """An event reaches the inbox and is delivered."""
        receipt = await receive(self.store, event, source="events", now=now)
        deliverer = Deliverer(
            self.store, self.client, REAL, currency="EUR", task_queue=self.task_queue, wall=lambda: now
        )
        assert await deliverer.deliver(receipt.row, now)


async def _wall() -> datetime:
    return utc_now()


@asynccontextmanager
async def company(
    client: Client, url: str, home: Path, *, clock: Callable[[], Awaitable[datetime]] = _wall, **overrides: object
) -> AsyncIterator[Company]:
    """A company on a migrated database; its worker is the test's to run. ``clock``: the server's, if not the wall's."""
    settings = Settings(home=home, events_secret=SecretStr(SECRET)).model_copy(update=overrides)
    store = SqlStore.open(url)
    templates = Templates.load()
    async with mailbox() as box, httpx.AsyncClient() as http:
        given = worker.Collaborators(
            store=store,
            house=worker.house(settings),
            renderer=templates,
            mailer=SmtpMailer(box.host, box.port, build, timeout=5, content_timeout=5),
            playbooks=Catalog.load(templates=templates),
            unsubscriber=Unsubscribe(settings.console_url, SecretStr(SECRET)),
            poster=WebhookSender(http, secret=SECRET),
            urls=settings.webhook_urls,
            approved=approved.load(),
            surveys=OwnSurveyLinks(settings.console_url, SecretStr(SECRET)),
            calendars=LibraryCalendars(),
            links=SignedAnswers(settings.console_url, SecretStr(SECRET)),
        )
        try:
            with stuck.told():
                yield Company(client, store, box, settings, new_id("queue"), given, clock)
        finally:
            await store.close()


async def hire(store: SqlStore, csm: Csm) -> None:
    """A manager joins."""
    async with store.begin() as tx:
        await tx.customers.put_csm(csm)
