"""A console on a real database, asked over ASGI, and the events that tests send it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from standardwebhooks import Webhook
from temporalio.client import Client

from console.counters import Counters
from console.deps import Deps
from console.prompt import PromptDelivery
from console.web import create_app
from intake.deliver import Deliverer
from intake.signature import Verifier
from intake.vendors.doors import Doors
from models.clock import Clock
from persistence.backlog import Backlog
from persistence.caught_mail import CaughtMailStore
from persistence.in_app_feed import InAppFeed
from persistence.portfolio import Portfolio
from persistence.store import SqlStore
from playbooks.catalog import Catalog

SECRET = SecretStr("whsec_" + base64.b64encode(bytes(range(32))).decode())
WALL = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
VIRTUAL = datetime(2031, 1, 6, 9, 0, tzinfo=UTC)
CATALOG = Catalog.load()
CLOCK = Clock(real_epoch=WALL, virtual_epoch=VIRTUAL, factor=43_200.0)
"""A day in two seconds, and years away from the wall clock: where the two are mixed up, a test fails."""

NOBODY = "127.0.0.1:1"


@dataclass
class Hands:
    """The wall clock, moved by hand."""

    wall: datetime = WALL

    def __call__(self) -> datetime:
        return self.wall


@dataclass
class Console:
    """An application and what a test needs around it."""

    app: FastAPI
    deps: Deps
    store: SqlStore
    deliverer: Deliverer
    hands: Hands
    http: httpx.AsyncClient
    headers: Mapping[str, str] = field(default_factory=dict)

    async def post(self, body: object, **more: str) -> httpx.Response:
        """Post an event, rightly signed now, with headers changed as told."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.http.post("/events", content=raw, headers={**signed(raw, self.hands.wall), **more})

    async def undelivered(self) -> int:
        """Rows that wait."""
        return await Backlog(self.store.database).undelivered()


def signed(raw: bytes, wall: datetime, *, secret: SecretStr = SECRET) -> dict[str, str]:
    """Headers as a producer with the standard library makes them."""
    signature = Webhook(secret.get_secret_value()).sign("msg_1", wall, raw.decode())
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(wall.timestamp())),
        "webhook-signature": signature,
    }


def signup(**changed: object) -> dict[str, object]:
    """A right event, with top-level fields changed (or left out where None)."""
    event: dict[str, object] = {
        "event_id": "evt-1",
        "type": "subscription_created",
        "occurred_at": (VIRTUAL - timedelta(hours=1)).isoformat(),
        "customer": {"id": "C-1", "name": "Panadería Sol", "email": "ana@sol.example", "plan": "starter"},
        "data": {},
        **changed,
    }
    return {name: value for name, value in event.items() if value is not None}


def customer(**fields: object) -> dict[str, object]:
    """A right event whose customer has these fields besides an id."""
    return signup(customer={"id": "C-1", "plan": "starter", **fields})


def make(
    store: SqlStore,
    client: Client,
    *,
    secret: SecretStr | None = SECRET,
    most: int = 4096,
    vendors: Doors | None = None,
) -> Console:
    """A console on that store and that Temporal."""
    hands = Hands()
    counters = Counters()
    deliverer = Deliverer(store, client, CLOCK, "EUR", "steadfast-tests", wall=hands, told=counters.delivered)
    deps = Deps(
        store=store,
        delivery=PromptDelivery(deliverer),
        clock=CLOCK,
        wall=hands,
        currency="EUR",
        portfolio=Portfolio(store.database),
        mailbox=CaughtMailStore(store.database),
        feed=InAppFeed(store.database),
        undelivered=Backlog(store.database).undelivered,
        counters=counters,
        secret=secret,
        verifier=Verifier(secret) if secret else None,
        max_event_bytes=most,
        doors=vendors,
        playbooks=CATALOG,
        hosts=frozenset({"console.example.com"}),
        product="Chatbots & Co",
    )
    app = create_app(deps)
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")
    return Console(app, deps, store, deliverer, hands, http)
