"""What a product's backend says in the end-to-end tests."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx
from standardwebhooks import Webhook

from models.events import Event, EventType
from models.ids import new_id
from tests.harness import SECRET

STEPS = (
    "profile_completed",
    "chatbot_created",
    "chatbot_customized",
    "widget_installed",
    "first_conversation_completed",
)
"""The required steps of the self-serve program, by criterion, in order."""


def event(kind: EventType, customer: str, at: datetime, data: Mapping[str, str] | None = None) -> Event:
    """An event of a self-serve customer."""
    return Event.model_validate(
        {
            "event_id": new_id("e"),
            "type": kind,
            "occurred_at": at,
            "customer": {
                "id": customer,
                "name": "Panadería Sol",
                "first_name": "Ana",
                "email": f"{customer}@sol.example",
                "plan": "starter",
                "timezone": "Europe/Madrid",
            },
            "data": dict(data or {}),
        }
    )


def signup(customer: str, at: datetime) -> Event:
    """A subscription begins."""
    return event(EventType.SUBSCRIPTION_CREATED, customer, at)


def steps(customer: str, at: datetime) -> list[Event]:
    """Every required step is done, a virtual minute apart."""
    return [
        event(EventType.ONBOARDING_STEP_COMPLETED, customer, at + timedelta(minutes=n), {"criterion": criterion})
        for n, criterion in enumerate(STEPS)
    ]


def line(said: Event) -> bytes:
    """The event as JSON."""
    return json.dumps(said.model_dump(mode="json", exclude_none=True), ensure_ascii=False).encode()


async def post(http: httpx.AsyncClient, said: Event, *, secret: str = SECRET) -> httpx.Response:
    """``POST /events``, signed as the standard library of the producers does it."""
    body, now = line(said), datetime.now(UTC)
    headers = {
        "content-type": "application/json",
        "webhook-id": said.event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(said.event_id, now, body.decode()),
    }
    return await http.post("/events", content=body, headers=headers)
