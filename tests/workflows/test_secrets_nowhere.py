"""No secret is anywhere that something is kept or shown: logs, inputs, histories, rows, errors; all are searched.

Every outside system is connected to one vendor that says again whatever it is asked, credentials and all; mail and
n8n too. What Temporal keeps is decoded first: in base64 no secret would be found.
"""

import asyncio
import base64
import contextlib
import dataclasses
import io
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from temporalio.client import Client

from activities.connected import Connected
from activities.telling import Telling
from activities.told_store import ToldStore
from composition import mailing, pulling, vendors, worker_outside
from intake.vendor_dispatch import VendorDispatcher
from integrations.webhook_sender import WebhookSender
from models.clock import REAL, utc_now
from models.events import Event, EventCustomer, EventType
from models.ids import new_id, vendor_outbox_id
from models.outside import PostChat, SavePage, ShowInApp, System
from models.pull import PullInput, pull_queue
from models.records import Customer
from models.vendor_delivery import VendorDelivery
from persistence.tables.metadata import METADATA
from settings import Settings
from settings_integrations import NEEDS, IntegrationSettings
from tests.harness import Company, company
from tests.integrations.test_smtp import Server
from tests.integrations.vendor_double import ECHO, Double, Reply, double
from tests.test_settings_integrations import EVERYTHING
from tests.workflows.calls import ask_for_calls
from workflows.pull import SourcePull

UP = Reply(200, {"id": "1", "ok": True, "channel": "C", "ts": "1", "results": [{"id": "1"}], "data": [{"id": "c"}]})
ANSWERS = (UP, Reply(400, ECHO), Reply(401, ECHO))
SMTP_PASSWORD, N8N_PASSWORD, SIGNING = "smtp-secret-password", "n8n-secret-in-address", "webhook-signing-secret-key"


def needed() -> dict[str, str]:
    """A value for every setting of a system; what is secret says of which setting it is."""
    fields = IntegrationSettings.model_fields
    wanted = {name for names in NEEDS.values() for name in names}
    wanted |= {"customerio_site_id", "customerio_track_key", "mixpanel_token", "totango_service", "churnzero_key"}
    secret = {name for name in wanted if "SecretStr" in str(fields[name].annotation)}
    plain = dict.fromkeys(wanted - secret, "7")
    return plain | {name: f"{name.replace('_', '-')}-secret-value" for name in secret}


@dataclass
class Everything:
    """A company whose every outside system is one vendor, its mail server and its n8n."""

    here: Company
    store: ToldStore
    vendor: Double
    post: Server
    connected: Connected
    settings: Settings
    secrets: tuple[str, ...]
    kept: list[str]

    async def history(self, workflow_id: str) -> None:
        """Keep what Temporal holds of it, decoded."""
        handle = self.here.client.get_workflow_handle(workflow_id)
        found = (await handle.fetch_history()).to_json_dict()
        self.kept += [json.dumps(found), *_payloads(found), str(await handle.describe())]


def _payloads(found: Any) -> Iterator[str]:
    """Every payload in it, in plain text."""
    if isinstance(found, dict):
        if isinstance(found.get("data"), str) and "metadata" in found:
            yield base64.b64decode(found["data"]).decode("utf-8", "replace")
        for inner in found.values():
            yield from _payloads(inner)
    elif isinstance(found, list):
        for inner in found:
            yield from _payloads(inner)


@contextlib.contextmanager
def listening(kept: list[str]) -> Iterator[None]:
    """Everything that is logged, as our processes log it, and as it comes before any redaction."""
    raw, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(raw)
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    # As telemetry sets the first: its lines carry addresses. The second tells of each statement of SQLite.
    quiet = {name: logging.getLogger(name).level for name in ("httpx", "aiosqlite")}
    for name in quiet:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        for name, level in quiet.items():
            logging.getLogger(name).setLevel(level)
        kept.append(raw.getvalue())


@pytest.fixture
async def everything(
    dev_client: Client, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Everything]:
    server = Server({"AUTH": f"535 5.7.8 wrong: {SMTP_PASSWORD}"})
    async with double(UP) as vendor, server.running() as port:
        values = needed()
        bases = [
            name
            for name in IntegrationSettings.model_fields
            if name.endswith(("_base", "_push", "_rest", "_collector"))
        ]
        told = {**EVERYTHING, "MAIL_BY": "smtp", **{name.upper(): value for name, value in values.items()}}
        told |= {name.upper(): vendor.base for name in bases}
        for name, value in told.items():
            monkeypatch.setenv(f"STEADFAST_{name}", value)
        secret = "whsec_" + base64.b64encode(SIGNING.encode()).decode()
        address = vendor.base.replace("http://", f"http://bot:{N8N_PASSWORD}@")
        more: dict[str, Any] = {
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_username": "bot",
            "smtp_password": SecretStr(SMTP_PASSWORD),
            "webhook_secret": SecretStr(secret),
            "n8n_cs_webhook_url": f"{address}/webhook/cs",
        }
        given = IntegrationSettings()
        async with company(dev_client, sqlite_url, tmp_path, **more) as here, vendors.client(given) as http:
            connected = vendors.connect(given, http)
            store = ToldStore(here.store, Telling(connected, wall=utc_now))
            here.given = dataclasses.replace(
                here.given,
                store=store,
                outside=connected,
                mailer=mailing.smtp(here.settings),
                poster=WebhookSender(http, secret=secret),
                booking=worker_outside.booking(store, connected, SecretStr(secret)),
                visits=worker_outside.visits(store, connected, here.settings.language),
            )
            secrets = [value for value in values.values() if value.endswith("-secret-value")]
            all_ = (*secrets, SMTP_PASSWORD, N8N_PASSWORD, SIGNING, secret)
            yield Everything(
                here, store, vendor, server, connected, here.settings, all_, [repr(given), repr(connected)]
            )


async def _ask(all_: Everything, name: str) -> None:
    """Something for every system that is told anything."""
    now = utc_now()
    async with all_.store.begin() as tx:
        await tx.customers.put(Customer(id="C-1", name="Núñez", email="ana@nunez.example"))
        await ask_for_calls(tx, "C-1", 2, name)
        page = SavePage(number=f"C-1/{name}", title="Page", paragraphs=("Text",))
        for system, operation in (
            (System.SLACK, PostChat(title="Title")),
            (System.INTERCOM, ShowInApp(title="Title", text="Text")),
            (System.NOTION, page),
        ):
            await tx.vendor_outbox.add(
                VendorDelivery(
                    key=f"{name}>{system}", customer="C-1", system=system, operation=operation,
                    created_at=now, next_try=now,
                )
            )  # fmt: skip


async def _deliver(all_: Everything) -> None:
    here = all_.here
    dispatcher = VendorDispatcher(
        all_.store,
        here.client,
        REAL,
        task_queue=here.task_queue,
        configured=frozenset(all_.connected.written),
        wall=utc_now,
    )
    for system in await dispatcher.once():
        outbox = vendor_outbox_id(here.task_queue, system)
        await here.client.get_workflow_handle(outbox).result()
        await all_.history(outbox)
    async with all_.store.begin() as tx:
        for system in all_.connected.written:
            await tx.vendor_outbox.again(system, utc_now(), [])


async def _read(all_: Everything) -> None:
    """Every source, refused."""
    here = all_.here
    names = all_.settings.model_copy(update={"task_queue": here.task_queue, "usage_events": "Login"})
    async with pulling.build_worker(here.client, here.store, all_.connected, names, REAL):
        for source in pulling.sources(all_.connected, ("Login",)):
            for reply in (Reply(401, ECHO), Reply(400, ECHO)):
                all_.vendor.replies = [reply]
                pull = new_id("pull")
                with contextlib.suppress(Exception):
                    await here.client.execute_workflow(
                        SourcePull.run, PullInput(source=source), id=pull, task_queue=pull_queue(here.task_queue)
                    )
                await all_.history(pull)


async def _live(all_: Everything, customer: str) -> None:
    """A customer signs up: mail whose login is refused, n8n that says everything again, plays that go on."""
    said = EventCustomer(id=customer, name="Sol", email="ana@sol.example", plan="starter", locale="es-ES")
    now = utc_now()
    event = Event(event_id=new_id("e"), type=EventType.SUBSCRIPTION_CREATED, occurred_at=now, customer=said)
    await all_.here.tell(event, now)


async def _until(all_: Everything, done: str, found: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(600):
        if await found():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"never {done}")


async def test_no_secret_is_kept_or_shown(everything: Everything) -> None:
    all_, here = everything, everything.here
    all_.vendor.replies = [Reply(400, ECHO)]

    async def refused_login() -> bool:
        return "AUTH" in {command.split()[0] for command in all_.post.commands}

    async def refused_by_n8n() -> bool:
        async with all_.store.begin() as tx:
            rows = await tx.outbox.of("C-live")
        return bool(rows) and all(row.status == "failed" for row in rows)

    with listening(all_.kept):
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(here.worker())
            for each in worker_outside.workers(here.client, all_.store, all_.connected, task_queue=here.task_queue):
                await stack.enter_async_context(each)
            await _live(all_, "C-live")
            await _until(all_, "asked for a login", refused_login)
            await _until(all_, "refused by n8n", refused_by_n8n)
            for number, reply in enumerate(ANSWERS):
                all_.vendor.replies = [reply]
                await _ask(all_, f"{number}-")
                await _deliver(all_)
            await _read(all_)
            async for one in here.client.list_workflows(f"TaskQueue = '{here.task_queue}'"):
                await all_.history(one.id)
            all_.kept += [repr(await check.check()) for check in all_.connected.checks.values()]
            all_.kept.append(repr(await mailing.smtp(all_.settings).check()))

    async with here.store.database.read() as connection:
        for table in METADATA.sorted_tables:
            all_.kept.append(f"{table.name}: {(await connection.execute(select(table))).all()!r}")
    asked = repr(all_.vendor.asked)
    everywhere = "\n".join(all_.kept)
    for word in ("CustomerLifecycle", "VendorOutbox", "SourcePull", "WebhookDelivery", "535 5.7.8"):
        assert word in everywhere, f"{word}: it was not searched"
    left = [secret for secret in all_.secrets if secret in asked or base64.b64encode(secret.encode()).decode() in asked]
    assert len(left) >= len(System) - 2, "the secrets did leave, where they should"
    credentials = {one.headers.get("authorization", "").partition(" ")[2] for one in all_.vendor.asked} - {""}
    assert any(base64.b64encode(f"bot:{N8N_PASSWORD}".encode()).decode() == one for one in credentials)
    for secret in (*all_.secrets, *credentials):
        for text in all_.kept:
            at = text.find(secret)
            assert at < 0, f"{secret}: {text[max(0, at - 300) : at + 100]}"
