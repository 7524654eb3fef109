"""Composition root of the console: settings, database, Temporal client, pages. ``python -m console.app``.

It starts while Temporal is down (events are stored, and delivered later) and stops in order.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog
import uvicorn

import codec
import telemetry
from activities.connected import NOTHING, Connected
from composition.leaving import leave
from composition.telling_store import by_hand
from console.counters import Counters
from console.deps import Deps
from console.probes import TemporalProbes
from console.prompt import PromptDelivery
from console.web import create_app
from intake import lexicon
from intake.answers import Answers
from intake.deliver import Deliverer
from intake.signature import Verifier
from intake.vendors.doors import Doors, doors
from intake.vendors.staff import Staff
from intake.vendors.taking import House
from intake.vendors.vendor import Terms
from models.clock import Clock, utc_now
from models.errors import Misconfigured, SteadfastError
from persistence import migrate
from persistence.backlog import Backlog
from persistence.caught_mail import CaughtMailStore
from persistence.in_app_feed import InAppFeed
from persistence.keys import CustomerKeyStore
from persistence.portfolio import Portfolio
from persistence.store import SqlStore
from playbooks.catalog import Catalog
from settings import Settings, load
from stack import clock_file
from stack.client import connect


@dataclass
class DatabaseCheck:
    """Readiness of the database: reachable, and at the schema of this code (asked until it once was)."""

    store: SqlStore
    url: str
    migrated: bool = False

    async def __call__(self) -> str:
        """How it stands.

        Raises:
            Misconfigured: it is at another schema.
        """
        if not self.migrated:
            self.migrated = await asyncio.to_thread(migrate.is_current, self.url)
        if not self.migrated:
            raise Misconfigured("the database is not at this release's schema; run starter.py migrate")
        async with self.store.read() as transaction:
            await transaction.inbox.get(0)
        return "answers, schema is current"


@asynccontextmanager
async def compose(settings: Settings) -> AsyncIterator[Deps]:
    """What the pages need, opened; closed in order afterwards.

    Raises:
        Misconfigured: a secret or key is not one.
    """
    verifier = Verifier(settings.events_secret) if settings.events_secret else None
    opened = SqlStore.open(settings.database)
    keys = CustomerKeyStore(opened.database)
    clock = clock_file.read(settings.home)
    counters = Counters()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(opened.close)
        store, connected = await stack.enter_async_context(by_hand(opened, settings))
        client = await connect(settings, keys, lazy=True)
        deliverer = Deliverer(
            store, client, clock, settings.currency, settings.task_queue, wall=utc_now, told=counters.delivered
        )
        delivery = PromptDelivery(deliverer)
        probes = TemporalProbes(client, settings.task_queue, utc_now)
        decoder = codec.codec(settings, keys)
        yield Deps(
            store=store,
            delivery=delivery,
            clock=clock,
            wall=utc_now,
            currency=settings.currency,
            portfolio=Portfolio(store.database),
            mailbox=CaughtMailStore(store.database),
            feed=InAppFeed(store.database),
            undelivered=Backlog(store.database).undelivered,
            counters=counters,
            secret=settings.events_secret,
            verifier=verifier,
            max_event_bytes=settings.max_event_bytes,
            doors=vendor_doors(settings, clock, connected),
            checks={
                "database": DatabaseCheck(store, settings.database),
                "temporal": probes.temporal,
                "worker": probes.worker,
            },
            decode=partial(codec.decode_for_ui, decoder) if decoder else None,
            ui_origins=frozenset(f"http://{name}:{settings.temporal_ui_port}" for name in ("127.0.0.1", "localhost")),
            hosts=_hosts(settings),
            zone=ZoneInfo(settings.business_zone),
            product=settings.product_name,
            product_origin=_origin(settings.product_url),
            answers=Answers(store, client),
            language=settings.language,
            playbooks=Catalog.load(),
        )
        await delivery.close()


def vendor_doors(settings: Settings, clock: Clock, connected: Connected = NOTHING) -> Doors:
    """The vendors that may come in; of those that are connected, one may be asked who pressed a button.

    Raises:
        Misconfigured: a secret is none.
    """
    staff = Staff(settings.people, next(iter(connected.people.values()), None))
    house = House(clock, settings.currency, lexicon.read(), settings.events_secret, Terms(settings.plans), staff)
    return doors(settings.webhook_secrets, settings.console_url, house)


async def serve(settings: Settings) -> None:
    """Answer until told to stop; requests under way are finished first."""
    async with compose(settings) as deps:
        config = uvicorn.Config(
            create_app(deps),
            host=settings.console_host,
            port=settings.console_port,
            log_config=None,
            access_log=settings.log_level == "debug",
            server_header=False,
            timeout_graceful_shutdown=10,
            timeout_keep_alive=15,
            lifespan="off",
        )
        log = structlog.stdlib.get_logger("steadfast.console")
        log.info("console starts", host=settings.console_host, port=settings.console_port)
        await uvicorn.Server(config).serve()


def _origin(url: str) -> str:
    """Scheme and host of the product, as a browser says them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _hosts(settings: Settings) -> frozenset[str]:
    public = urlsplit(settings.console_url).hostname or ""
    return frozenset(name.lower() for name in (public, settings.console_host) if name)


def run() -> int:
    """Start from the environment; 1 when it cannot."""
    try:
        settings = load()
        telemetry.setup(settings, "console")
        asyncio.run(serve(settings))
    except SteadfastError as error:
        structlog.stdlib.get_logger("steadfast.console").error("console cannot start", reason=str(error))
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    leave(run())
