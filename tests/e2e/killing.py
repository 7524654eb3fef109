"""A worker that dies at a chosen point, as if its power was cut: SIGKILL to itself, nothing flushed, nothing closed.

The points lie between any two steps of what the worker does to the world: around each transaction's commit (named by
what was written in it), around each conversation with the mail server, the webhook's receiver and Temporal.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from pydantic import JsonValue
from temporalio.client import Client, WorkflowHandle

import starter
import worker
from activities.sweep import PAGE, SweepActivities
from composition.deciding import Deciding
from intake.answer_links import SignedAnswers
from intake.deliver import Deliverer
from intake.survey_links import OwnSurveyLinks
from intake.unsubscribe import Unsubscribe
from integrations.calendars import LibraryCalendars
from integrations.smtp import SmtpMailer
from integrations.webhook_sender import WebhookSender
from models.clock import utc_now
from models.message import OutgoingMail, SendReceipt
from persistence.keys import CustomerKeyStore
from persistence.store import SqlStore
from playbooks.catalog import Catalog, Entry
from rendering import approved
from rendering.catalogue import Templates
from rendering.mail import build
from settings import load
from stack import clock_file
from stack.client import connect
from tests.e2e.rescue_play import RESCUE

# Read once, in the process that the dying ones are forked from: they start in a fraction of the time.
_TEMPLATES = Templates.load()
_OTHERS = [one for one in Catalog.load(templates=_TEMPLATES).entries() if one.playbook.id != RESCUE.id]
_PLAYBOOKS = Catalog([*_OTHERS, Entry(RESCUE, RESCUE.fingerprint(), "rescue")])


class Switch:
    """Kills this process when ``point`` is reached for the ``nth`` time."""

    def __init__(self, point: str, nth: int) -> None:
        self._point, self._left = point, nth

    def reached(self, point: str) -> None:
        """The worker is here."""
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class _Heard:
    """A repository that remembers what was called: ``REPOSITORY.METHOD``, and for a mail ``STEP STATUS``."""

    def __init__(self, name: str, inner: object, calls: set[str]) -> None:
        self._name, self._inner, self._calls = name, inner, calls

    def __getattr__(self, method: str) -> Any:
        called = getattr(self._inner, method)
        if (self._name, method) != ("communications", "mark"):
            self._calls.add(f"{self._name}.{method}")
            return called

        def mark(key: str, status: str, **more: Any) -> Any:
            self._calls.add(f"{key.rpartition('|')[2]} {status}")
            return called(key, status, **more)

        return mark


class _HeardTransaction:
    def __init__(self, inner: object, calls: set[str]) -> None:
        self._inner, self._calls = inner, calls

    def __getattr__(self, repository: str) -> Any:
        return _Heard(repository, getattr(self._inner, repository), self._calls)


class DyingStore:
    """Points ``before CALL`` and ``after CALL``: around the commit of the transaction with that call."""

    def __init__(self, inner: SqlStore, switch: Switch) -> None:
        self._inner, self._switch = inner, switch

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        """A transaction."""
        calls: set[str] = set()
        async with self._inner.begin() as tx:
            yield _HeardTransaction(tx, calls)
            for call in sorted(calls):
                self._switch.reached(f"before {call}")
        for call in sorted(calls):
            self._switch.reached(f"after {call}")

    def read(self) -> Any:
        """A transaction that only reads: nothing is there to be lost."""
        return self._inner.read()


class DyingMailer:
    """Points ``STEP connecting``, ``STEP before DATA``, ``STEP accepted``."""

    def __init__(self, inner: Any, switch: Switch) -> None:
        self._inner, self._switch = inner, switch

    async def send(
        self, mail: OutgoingMail, *, date: datetime, before_data: Callable[[], Awaitable[None]]
    ) -> SendReceipt:
        """Send, if there is time."""
        step = mail.key.rpartition("|")[2]
        self._switch.reached(f"{step} connecting")

        async def noted() -> None:
            await before_data()
            self._switch.reached(f"{step} before DATA")

        receipt: SendReceipt = await self._inner.send(mail, date=date, before_data=noted)
        self._switch.reached(f"{step} accepted")
        return receipt


class DyingPoster:
    """Points ``webhook posting`` and ``webhook taken``."""

    def __init__(self, inner: Any, switch: Switch) -> None:
        self._inner, self._switch = inner, switch

    async def post(self, url: str, envelope: Mapping[str, JsonValue], *, delivery_id: str) -> str:
        """Post, if there is time."""
        self._switch.reached("webhook posting")
        answer: str = await self._inner.post(url, envelope, delivery_id=delivery_id)
        self._switch.reached("webhook taken")
        return answer


class DyingClient:
    """Points ``signalling`` and ``signalled``: the deliverer's call to Temporal."""

    def __init__(self, inner: Client, switch: Switch) -> None:
        self._inner, self._switch = inner, switch

    async def start_workflow(self, *args: Any, **named: Any) -> WorkflowHandle[Any, Any]:
        """Signal with start."""
        self._switch.reached("signalling")
        handle: WorkflowHandle[Any, Any] = await self._inner.start_workflow(*args, **named)
        self._switch.reached("signalled")
        return handle


@dataclass(frozen=True)
class _Pages(Deciding):
    """Sweeps in pages of so many ``customers``."""

    customers: int = PAGE

    def sweep(self, store: Any, *, page: int = PAGE) -> SweepActivities:
        """In such pages."""
        return super().sweep(store, page=self.customers)


async def _work(switch: Switch, page: int) -> None:
    """As ``worker.main``, with collaborators that die; with small pages it only sweeps, and delivers nothing."""
    settings = load()
    database = SqlStore.open(settings.database)
    store: Any = DyingStore(database, switch)
    client = await connect(settings, CustomerKeyStore(database.database))
    secret = settings.events_secret
    assert secret is not None
    async with httpx.AsyncClient() as http:
        given = worker.Collaborators(
            store=store,
            house=worker.house(settings),
            renderer=_TEMPLATES,
            mailer=DyingMailer(SmtpMailer(*settings.smtp, build), switch),
            playbooks=_PLAYBOOKS,
            unsubscriber=Unsubscribe(settings.console_url, secret),
            poster=DyingPoster(WebhookSender(http, secret=secret.get_secret_value()), switch),
            urls=settings.webhook_urls,
            approved=approved.load(),
            surveys=OwnSurveyLinks(settings.console_url, secret),
            deciding=_Pages(**vars(Deciding.of()), customers=page),
            calendars=LibraryCalendars(),
            links=SignedAnswers(settings.console_url, secret),
        )
        if page != PAGE:
            async with worker.build_worker(client, given, task_queue=settings.task_queue):
                await asyncio.Event().wait()
        async with worker.build_worker(client, given, task_queue=settings.task_queue):
            deliverer = Deliverer(
                store,
                DyingClient(client, switch),  # type: ignore[arg-type]  # the one call that the deliverer makes
                clock_file.read(settings.home),
                currency=settings.currency,
                task_queue=settings.task_queue,
                wall=utc_now,
            )
            await deliverer.run_forever()


def run(environment: dict[str, str], log: str, point: str = "", nth: int = 1, page: int = PAGE) -> None:
    """The process: killed at the point; without one it works until it is killed from outside."""
    _become(environment, log)
    asyncio.run(_work(Switch(point, nth), page))


def command(environment: dict[str, str], log: str, *arguments: str) -> None:
    """``starter.py ARGUMENTS`` as a process that can be killed; what it says, and its errors, go to ``log``."""
    _become(environment, log)
    sys.exit(starter.main(arguments))


def _become(environment: dict[str, str], log: str) -> None:
    os.environ.update(environment)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
